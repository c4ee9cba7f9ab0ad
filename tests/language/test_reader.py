"""What ends a line in YAML 1.1 alone is refused: behind a comment it would hide a layer."""

import pytest

import archc
from archc.errors import ArchcError

HEAD = "archc: 1\nname: Net\ninput: {channels: 3, height: 8, width: 8}\nlayers:\n"


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("  - a: {type: relu}  # as published%s  - b: {type: relu}\n", 36),
        ("  - a: {type: relu}%s\n", 20),
        ("  - a: {type: relu}\n%s", 1),
    ],
)
def test_a_line_separator_hides_no_layer(line: str, column: int, sign: str) -> None:
    with pytest.raises(ArchcError) as caught:
        archc.parse(HEAD + line % sign)
    (found,) = caught.value.diagnostics
    assert found.code == "E111"
    assert found.message == f"the character U+{ord(sign):04X} is not allowed"
    assert found.span is not None
    assert (found.span.line, found.span.column) == (
        5 + line.startswith("  - a: {type: relu}\n"),
        column,
    )


@pytest.mark.parametrize("text", ['title: "a\u2028b"\n', "notes: ['a\x85b']\n"])
def test_nor_may_one_stand_in_quotes(text: str) -> None:
    with pytest.raises(ArchcError, match="E111"):
        archc.parse(HEAD.replace("layers", f"{text}layers") + "  - a: {type: relu}\n")


def test_a_carriage_return_ends_a_line() -> None:
    text = (HEAD + "  - a: {type: relu}  # x\r  - b: {type: rleu}\n").replace("\n", "\r\n")
    with pytest.raises(ArchcError) as caught:
        archc.parse(text)
    (found,) = caught.value.diagnostics
    assert found.span is not None
    assert (found.span.line, found.span.column) == (6, 15)
    assert "  - b: {type: rleu}" in str(found)
