"""What ends a line in YAML 1.1 alone is refused: behind a comment it would hide a layer.

A text is as long as it may be, and not a byte longer, wherever it comes from.
"""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

import archc
from archc.errors import ArchcError, Source
from archc.language import reader

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


MOST = 16 * 2**20
"""Bytes of the longest text."""


def of_a_file(raw: bytes, folder: Path) -> Source:
    (folder / "net.yaml").write_bytes(raw)
    return reader.read(folder / "net.yaml")


def of_a_stream(raw: bytes, folder: Path) -> Source:
    return reader.receive(io.BytesIO(raw), "stdin")


@pytest.mark.parametrize("given", [of_a_file, of_a_stream])
def test_a_text_has_16_mebibytes_at_most(
    given: Callable[[bytes, Path], Source], tmp_path: Path
) -> None:
    assert given(b" " * MOST, tmp_path).text == " " * MOST
    with pytest.raises(ArchcError) as caught:
        given(b" " * (MOST + 1), tmp_path)
    (found,) = caught.value.diagnostics
    assert (found.code, found.message) == ("E108", "the file is larger than 16 MiB")
    assert found.span is not None
    assert (found.span.line, found.span.column) == (1, 1)


class Endless(io.RawIOBase):
    """A stream that never ends; it must be asked for a bounded part of it."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        assert 0 <= size <= MOST + 1
        self.taken += size
        return b" " * size


def test_a_stream_that_never_ends_is_read_no_further() -> None:
    stream = Endless()
    with pytest.raises(ArchcError, match="E108"):
        reader.receive(stream, "stdin")  # type: ignore[arg-type]
    assert stream.taken == MOST + 1
