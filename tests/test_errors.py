"""Wrong specs: each fixture's leading comments pin the code, line, column and message."""

import re
from pathlib import Path

import pytest
from support.messages import FIXTURES, commands, diagnose, matches, pinned, pins, rewrite, run
from support.shell import Shell

import archc
from archc.catalogue import CATALOGUE
from archc.errors import ArchcError, diagnostic, nearest, quoted, shortened

HEAD = "archc: 1\nname: Net\ninput: {channels: 3, height: 8, width: 8}\nlayers:\n"


@pytest.mark.parametrize(
    "path",
    [path for path in FIXTURES if not commands(path.read_text())],
    ids=lambda path: path.stem,
)
def test_a_fixture_has_exactly_the_diagnostics_that_it_pins(path: Path) -> None:
    text = path.read_text()
    assert pins(text)
    assert pinned(diagnose(text)) == pins(text), "if that is meant, run `make messages`"


@pytest.mark.parametrize(
    "path", [path for path in FIXTURES if commands(path.read_text())], ids=lambda path: path.stem
)
def test_the_commands_of_a_fixture_fail_with_the_diagnostics_that_it_pins(
    path: Path, shell: Shell, tmp_path: Path
) -> None:
    text = path.read_text()
    code, found = run(path.name, text, shell, tmp_path)
    assert code in (1, 2)
    assert len(found) == len(pins(text)), found
    for pin, one in zip(pins(text), found, strict=True):
        assert matches(pin, one), f"{one}: if that is meant, run `make messages`"


@pytest.mark.parametrize("pin", ["# E201 9:1 a message of old\n", "", "# E1 1:1 a\n# E2 1:1 b\n"])
def test_pins_are_rewritten_to_what_is_reported(pin: str, tmp_path: Path) -> None:
    path = tmp_path / "E201_wrong.yaml"
    path.write_text(f"# Why.\n{pin}{HEAD}  - a: {{type: relu, slop: 1}}\n")
    text = rewrite(path)
    assert pins(text) == ["E201 7:21 relu has no field 'slop'"]
    assert text.endswith("layers:\n  - a: {type: relu, slop: 1}\n")


def test_numbers_left_open_in_a_pin_stay_open(tmp_path: Path) -> None:
    path = tmp_path / "E510_large.yaml"
    command = "archc verify E510_large.yaml --target torch"
    spec = HEAD.replace("height: 8", "height: 1000000000000")
    path.write_text(f"# $ {command}\n# E510 … of old\n{spec}  - a: {{type: relu}}\n")
    assert pins(rewrite(path)) == [
        "E510 proving Net needs at least … bytes of memory, but only … are free"
    ]


def test_every_code_has_a_fixture_and_every_fixture_a_code() -> None:
    shown = {path: [finding.split()[0] for finding in pins(path.read_text())] for path in FIXTURES}
    assert {code for codes in shown.values() for code in codes} == set(CATALOGUE)
    for path, codes in shown.items():
        assert path.stem.split("_")[0] in {*codes, "several", "wide"}, path


@pytest.mark.parametrize(
    ("word", "choices", "meant", "sentence"),
    [
        ("kernl", ("kernel", "stride"), "kernel", "did you mean 'kernel'?"),
        ("Linear", ("dense", "relu"), "dense", "archc calls it 'dense'"),
        ("linear", ("relu", "linears"), "linears", "did you mean 'linears'?"),
        ("x", ("relu", "tanh"), None, "known: relu, tanh"),
        ("x", (), None, "there is none"),
    ],
)
def test_what_an_unknown_name_may_mean(
    word: str, choices: tuple[str, ...], meant: str | None, sentence: str
) -> None:
    suggestion = nearest(word, choices, {"linear": "dense"})
    assert (suggestion.meant, str(suggestion)) == (meant, sentence)


def test_a_finding_shows_its_line_and_a_caret_under_its_place() -> None:
    (finding,) = diagnose(HEAD + "  - a: {type: conv2d, filters: 4, kernl: 3}\n")
    assert str(finding) == (
        "spec.yaml:5:35: error E201 [unknown-field]: conv2d has no field 'kernl'\n"
        " 5 |   - a: {type: conv2d, filters: 4, kernl: 3}\n"
        "   |                                   ^^^^^\n"
        "  help: did you mean 'kernel'?"
    )


@pytest.mark.parametrize("before", ['"字字": 1', '"\N{ROCKET}": 1', '"b":\t1'])
def test_the_caret_stands_under_the_place_after_wide_characters_and_tabs(before: str) -> None:
    line = f"  - a: {{type: relu, {before}, typo: 1}}"
    found = diagnose(HEAD + line + "\n")[-1]
    prefix = line[: line.index("typo")]
    margin = "".join("\t" if c == "\t" else "  " if ord(c) > 127 else " " for c in prefix)
    assert str(found).splitlines()[2] == f"   | {margin}^^^^"


def test_long_lines_are_clipped_around_the_place() -> None:
    layers = (
        "layers: [" + ", ".join(f"a{i}: {{type: relu}}" for i in range(2000)) + ", b: {type: x}]"
    )
    (finding,) = diagnose(HEAD.replace("layers:\n", layers + "\n"))
    lines = str(finding).splitlines()
    assert max(len(line) for line in lines[:3]) < 140
    assert lines[1][lines[2].index("^")] == "x"


def test_control_characters_never_reach_a_message() -> None:
    for d in diagnose(
        HEAD.replace("name: Net", 'name: "a\\e[31mb\\r\\0"') + "  - a: {type: relu}\n"
    ):
        assert all(c.isprintable() or c == "\n" for c in str(d))
    assert d.code == "E207"


@pytest.mark.parametrize(
    ("raw", "code", "line", "column"),
    [
        (b"archc: 1\nname: \xff\n", "E102", 2, 7),
        (b"archc: 1\nname: a\x07\n", "E111", 2, 8),
        (b"archc: [1", "E101", 1, 10),
        (b"[" * 65 + b"]" * 65, "E107", 1, 65),
        (b"[" * 100_000, "E107", 1, 65),
        (b"#" * (16 * 2**20 + 1), "E108", 1, 1),
    ],
)
def test_text_that_is_no_yaml_for_people(
    tmp_path: Path, raw: bytes, code: str, line: int, column: int
) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(raw)
    with pytest.raises(ArchcError) as caught:
        archc.load(path)
    (finding,) = caught.value.diagnostics
    assert finding.span is not None
    assert (finding.code, finding.span.line, finding.span.column) == (code, line, column)


def test_a_lone_surrogate_is_a_character_that_may_not_stand_in_a_spec() -> None:
    (finding,) = diagnose(HEAD.replace("Net", "N\ud800"))
    assert finding.code == "E111"
    assert finding.message == "the character U+D800 is not allowed"


def test_yaml_is_read_as_1_2() -> None:
    line = "  - a: {type: lrn, size: 011, k: +1, alpha: 1e-4, beta: .5, over: sum}\n"
    net = archc.parse(HEAD.replace("Net", "no") + line)
    assert net.name == "no"
    op = net.graph.nodes[0].op
    assert op.model_dump() == {
        "type": "lrn",
        "size": 11,
        "k": 1.0,
        "alpha": 1e-4,
        "beta": 0.5,
        "over": "sum",
    }


def test_a_shape_error_shows_how_the_input_came_to_its_shape() -> None:
    layers = (
        "  - c1: {type: conv2d, filters: 4, kernel: 3, stride: [1, 2]}\n"
        "  - p1: {type: max_pool, kernel: 2}\n"
        "  - r1: {type: relu}\n"
        "  - r2: {type: relu}\n"
        "  - r3: {type: relu}\n"
        "  - c2: {type: conv2d, filters: 4, kernel: 5}\n"
        "  - sum: {type: add, from: [c1, r1]}\n"
    )
    unread, kernel, shapes = diagnose(HEAD + layers)
    assert (unread.code, unread.notes) == ("E303", ())
    assert kernel.notes == ("… → p1 2×2/2 4×3×1 → r1 4×3×1 → r2 4×3×1 → r3 4×3×1 → c2",)
    assert shapes.notes == (
        "input 3×8×8 → c1 3×3/1×2 4×6×3 → sum",
        "input 3×8×8 → c1 3×3/1×2 4×6×3 → p1 2×2/2 4×3×1 → r1 4×3×1 → sum",
    )
    assert f"\n  note: {kernel.notes[0]}\n  help: " in str(kernel)


def test_a_finding_of_a_field_shows_no_shapes() -> None:
    (finding,) = diagnose(HEAD + "  - a: {type: conv2d, filters: 4, kernl: 3}\n")
    assert finding.notes == ()


PATHS = ["\n::error::x.yaml", "a\x1b[31mb.yaml", "\ud800.yaml", "x" * 3000 + ".yaml"]


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("kind", [str, Path])
@pytest.mark.parametrize(
    "code", [c for c, e in CATALOGUE.items() if "{path}" in e.message + e.help]
)
def test_a_path_is_printable_and_short_in_every_message(code: str, kind: type, name: str) -> None:
    entry = CATALOGUE[code]
    fields = {*re.findall(r"\{(\w+)", entry.message + entry.help)}
    found = diagnostic(code, **dict.fromkeys(fields, "x") | {"path": kind(name)})
    assert str(found).isprintable() or str(found).replace("\n  help: ", "").isprintable()
    assert len(str(found)) < 2000


@pytest.mark.parametrize(
    "value",
    [10**5000, -(10**5000), "x" * 10**6, Path("p" * 4000), ["a" * 9999], [10**5000]],
    ids=["large", "negative", "text", "path", "list", "list of a large one"],
)
def test_no_fact_fills_a_screen(value: object) -> None:
    """A screen has about 1,900 characters."""
    for code, entry in CATALOGUE.items():
        fields = {*re.findall(r"\{(\w+)", entry.message + entry.help)}
        grouped = {*re.findall(r"\{(\w+):,\}", entry.message + entry.help)}
        facts = dict.fromkeys(fields - grouped, value) | dict.fromkeys(grouped, 10**5000)
        assert len(str(diagnostic(code, **facts))) < 1900


def test_the_middle_of_a_long_text_is_left_out() -> None:
    assert shortened("abcdefghij", 10) == "abcdefghij"
    assert shortened("abcdefghijk", 10) == "abcdef…ijk"
    assert (
        quoted(["a\n::b", "x" * 100, "c", "d"])
        == f"'a\\n::b', '{'x' * 39}…{'x' * 20}', 'c' and 1 more"
    )
    assert str(nearest("zzz", [f"name{i}" for i in range(50)])).endswith("name11 and 38 more")
