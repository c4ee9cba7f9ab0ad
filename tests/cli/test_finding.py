"""SPEC as a folder, a pattern, or what pyproject.toml lists."""

from pathlib import Path

import pytest
from support.command import SPEC, run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two specs, one below them, and files that are none."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nets" / "old").mkdir(parents=True)
    for name in ("nets/b.yaml", "nets/a.yml", "nets/old/c.yaml"):
        (tmp_path / name).write_text(SPEC)
    (tmp_path / "nets" / "ci.yaml").write_text("on: push\njobs: {}\n")
    (tmp_path / "nets" / "d.txt").write_text(SPEC)
    (tmp_path / "nets" / ".hidden.yaml").write_text(SPEC)
    return tmp_path


def names(output: str) -> list[str]:
    return [line.partition(":")[0] for line in output.splitlines()]


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("nets", ["a", "b"]),
        ("nets/", ["a", "b"]),
        ("nets/*.yaml", ["b"]),
        ("nets/**/*.y*ml", ["a", "b", "c"]),
        ("nets/old/c.yaml", ["c"]),
    ],
)
def test_a_folder_or_a_pattern_means_the_specs_in_it(argument: str, expected: list[str]) -> None:
    code, output, _ = run("check", argument)
    assert (code, names(output)) == (0, expected)


def test_a_spec_is_read_once_in_however_many_folders_and_patterns_it_is() -> None:
    assert names(run("check", "nets", "nets/*")[1]) == ["a", "b"]


def test_a_wrong_spec_in_a_folder_is_not_passed_over(folder: Path) -> None:
    for text in (SPEC.replace("archc: 1", "arhcc: 1"), SPEC.replace("layers:", "lyers:"), "{archc"):
        (folder / "nets" / "b.yaml").write_text(text)
        code, _, errors = run("check", "nets")
        assert (code, "nets/b.yaml:" in errors) == (1, True)


@pytest.mark.parametrize("command", ["check", "summary", "compile", "verify"])
def test_a_folder_without_specs_is_an_error_of_every_command(command: str, folder: Path) -> None:
    (folder / "empty").mkdir()
    code, output, errors = run(command, "empty", "none/*.yaml")
    assert (code, output) == (2, "")
    assert "error E530 [no-specs]: there are no specs in empty\n" in errors
    assert "error E530 [no-specs]: there are no specs in none/*.yaml\n" in errors


def test_a_command_for_one_spec_takes_no_folder() -> None:
    code, _, errors = run("draw", "nets", "-o", "x.svg")
    assert (code, "that is a folder; name a file in it" in errors) == (2, True)


def test_summary_and_compile_take_folders(folder: Path) -> None:
    assert run("summary", "nets", "--totals")[0] == 0
    code, output, _ = run("compile", "nets", "-t", "torch")
    assert (code, output.split()) == (0, ["generated/a_torch.py", "generated/b_torch.py"])


def test_without_specs_a_command_says_what_to_pass() -> None:
    code, _, errors = run("check")
    assert code == 2
    assert "list specs under [tool.archc]" in " ".join(errors.replace("│", " ").split())
