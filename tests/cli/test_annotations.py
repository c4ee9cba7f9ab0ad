"""`check`: warnings, their flags, and annotations for GitHub Actions."""

import json
from pathlib import Path

import pytest
from support.command import run

from archc.cli.annotations import commands
from archc.errors import Source, Span, diagnostic

SPEC = (
    "archc: 1\nname: Net\ninput: {channels: 3, height: 8, width: 8}\nlayers:\n"
    "  - a: {type: max_pool, kernel: 3}\n"
    "  - b: {type: batch_norm, epsilon: 1e-5, momentum: 0.1}\n"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(SPEC)
    return tmp_path


def test_warnings_are_printed_and_do_not_fail() -> None:
    code, output, errors = run("check", "net.yaml")
    assert (code, output) == (0, "net: ok, 2 layers, 0 published figures checked, 2 warnings\n")
    assert errors.startswith(
        "net.yaml:5:33: warning W301 [unseen-pixels]: no window of 'a' sees 2 "
    )
    assert "\nnet.yaml:6:52: warning W201 [inverted-momentum]: a momentum of 0.1 " in errors
    assert run("check", "net.yaml", "--quiet") == (0, "", "")


def test_strict_makes_them_errors() -> None:
    code, output, errors = run("check", "net.yaml", "--strict")
    assert (code, output, errors.count(": error W")) == (1, "", 2)
    assert run("check", "net.yaml", "--strict", "-q")[2] == errors
    first, _ = json.loads(run("check", "net.yaml", "--strict", "--format", "json")[1])
    assert (first["code"], first["severity"]) == ("W301", "error")


@pytest.mark.parametrize("name", ["W301", "w301", "unseen-pixels"])
def test_a_flag_leaves_one_out_by_code_or_name(name: str) -> None:
    allowed = ("--allow", name, "--allow", "W201")
    assert run("check", "net.yaml", "--strict", *allowed) == (
        0,
        "net: ok, 2 layers, 0 published figures checked\n",
        "",
    )
    assert run("check", "net.yaml", "--strict", *allowed[:2])[0] == 1


@pytest.mark.parametrize("name", ["E201", "W999", "W"])
def test_a_flag_for_what_is_no_warning_is_wrong(name: str) -> None:
    code, _, errors = run("check", "net.yaml", "--allow", name)
    assert (code, f"'{name}' is not a warning" in errors) == (2, True)


def test_sarif_and_json_say_what_is_a_warning() -> None:
    log = json.loads(run("check", "net.yaml", "--format", "sarif")[1])
    assert [result["level"] for result in log["runs"][0]["results"]] == ["warning", "warning"]
    code, output, _ = run("check", "net.yaml", "--format", "json")
    assert (code, [d["severity"] for d in json.loads(output)]) == (0, ["warning"] * 2)


def test_annotations_name_file_line_and_column(folder: Path) -> None:
    code, output, errors = run("check", "net.yaml", "--format", "github")
    assert (code, errors) == (0, "")
    assert output.splitlines()[0] == (
        "::warning file=net.yaml,line=5,col=33,endLine=5,endColumn=34,title=W301 [unseen-pixels]::"
        "no window of 'a' sees 2 rows and 2 columns of its 8×8 input%0A"
        "help: an input of 6×6 or 9×9 would be seen whole; or pad"
    )
    (folder / "net.yaml").write_text(SPEC.replace("kernel: 3", "kernel: 9"))
    assert run("check", "net.yaml", "--format", "github")[:2] == (
        1,
        "::error file=net.yaml,line=5,col=33,endLine=5,endColumn=34,title=E304 [kernel-too-large]::"
        "the kernel of 9×9 is larger than its input of 8×8%0Anote: input 3×8×8 → a%0A"
        "help: a kernel of at most 8×8 fits, or pad the input\n",
    )


def test_nothing_in_an_annotation_ends_it() -> None:
    span = Span(Source("a,b:c%\n::error::x.yaml", ""), 1, 1, 1, 2)
    (line,) = commands([diagnostic("E101", span, problem="100%\r\n::stop::", hint="a\nb")])
    assert line == (
        "::error file=a%2Cb%3Ac%25\\n%3A%3Aerror%3A%3Ax.yaml,line=1,col=1,endLine=1,endColumn=2,"
        "title=E101 [invalid-yaml]::invalid YAML: 100%25\\r\\n::stop::%0Ahelp: a\\nb"
    )
    (line,) = commands([diagnostic("E504", what="jax", install="pip install jax")])
    assert line == (
        "::error title=E504 [missing-package]::jax is not installed%0Ahelp: pip install jax"
    )
