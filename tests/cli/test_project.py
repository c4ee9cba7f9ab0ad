"""The settings of [tool.archc] in pyproject.toml."""

from pathlib import Path

import pytest
from support.command import SPEC, run

SETTINGS = '[tool.archc]\nspecs = ["nets", "lenet5"]\ntargets = ["torch"]\noutput = "src/made"\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "a.yaml").write_text(SPEC)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    return tmp_path


def test_commands_take_specs_targets_and_folder_from_it(folder: Path) -> None:
    assert run("check")[1].startswith("a: ok, 1 layer, 0 published figures checked\nlenet5: ok")
    assert run("compile")[1].split() == ["src/made/a_torch.py", "src/made/lenet5_torch.py"]
    assert run("compile", "--check")[:2] == (0, "2 generated files are up to date\n")
    assert "lenet5" not in run("summary", "nets/a.yaml", "--totals")[1]


def test_arguments_come_first(folder: Path) -> None:
    made = run("compile", "nets/a.yaml", "-t", "onnx", "-o", "here")[1]
    assert made == "here/a_onnx.py\n"
    assert len(run("compile", "nets/a.yaml", "-t", "all", "-o", "here")[1].split()) == 3


def test_its_paths_are_relative_to_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = folder / "nets"
    monkeypatch.chdir(below)
    assert run("compile", "-t", "torch")[1].split() == [
        "../src/made/a_torch.py",
        "../src/made/lenet5_torch.py",
    ]


@pytest.mark.parametrize(
    ("text", "message", "help"),
    [
        ('spec = ["x"]', "spec is not a setting", "did you mean 'specs'?"),
        ("specs = 3", "specs must be a list of texts", 'for example specs = ["specs"]'),
        ("specs = [3]", "specs must be a list of texts", 'for example specs = ["specs"]'),
        ('output = ["x"]', "output must be text", 'for example output = "generated"'),
        ('targets = ["tf"]', "targets has an unknown target 'tf'", "known: torch, keras, onnx"),
    ],
)
def test_a_wrong_setting_is_told(folder: Path, text: str, message: str, help: str) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.archc]\n{text}\n")
    assert run("check") == (
        2,
        "",
        f"error E531 [invalid-configuration]: [tool.archc] in pyproject.toml: {message}\n"
        f"  help: {help}\n",
    )


def test_a_file_that_is_not_toml_is_told_where_it_is_needed(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.archc\n")
    code, _, errors = run("check")
    assert code == 2
    assert errors.startswith("error E505 [unreadable-file]: cannot read pyproject.toml: Expected")
    assert run("check", "nets/a.yaml")[0] == 0


def test_a_project_without_the_section_has_the_usual_settings(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.ruff]\n")
    assert run("compile", "nets", "-t", "torch")[1] == "generated/a_torch.py\n"


def test_a_spec_that_is_gone_is_looked_for_in_the_settings(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.archc]\nspecs = ["networks", "nets"]\n')
    code, _, errors = run("check")
    assert code == 2
    assert errors == (
        "error E531 [invalid-configuration]: [tool.archc] in pyproject.toml: specs has 'networks', "
        "which does not exist\n  help: name files, folders, patterns, or specs that ship\n"
    )
    assert "E506 [unknown-spec]: no spec named 'networks'" in run("check", "networks")[2]
