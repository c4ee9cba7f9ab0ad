"""`compile --check`: missing, outdated and orphaned files, a line each, and what mends them."""

from pathlib import Path

import pytest
import yaml
from support.command import SPEC, run
from support.shell import ROOT


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two specs and their files for PyTorch."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nets").mkdir()
    for name in ("a", "b"):
        (tmp_path / "nets" / f"{name}.yaml").write_text(SPEC)
    run("compile", "nets", "-t", "torch", "-q")
    return tmp_path


CHECK = ("compile", "nets", "--check", "-t", "torch")


def test_files_up_to_date_are_counted() -> None:
    assert run(*CHECK) == (0, "2 generated files are up to date\n", "")
    assert run("compile", "nets/a.yaml", "--check", "-t", "torch") == (
        0,
        "1 generated file is up to date\n",
        "",
    )
    assert run(*CHECK, "-q") == (0, "", "")


def test_an_edited_file_is_shown_with_its_difference_and_the_rest_by_name(folder: Path) -> None:
    made = folder / "generated"
    (made / "b_torch.py").unlink()
    edited = made / "a_torch.py"
    edited.write_text(edited.read_text().replace("class Net", "class Nest"))
    code, output, errors = run(*CHECK)
    assert (code, errors) == (1, "")
    assert "\n-class Nest(nn.Module):\n+class Net(nn.Module):\n" in output
    assert output.endswith(
        "generated/a_torch.py: out of date\n"
        "generated/b_torch.py: missing\n"
        "2 of 2 generated files differ; to mend: archc compile nets --target torch\n"
    )
    assert "/dev/null" not in output


def test_a_generated_file_whose_spec_is_gone_is_an_orphan(folder: Path) -> None:
    (folder / "nets" / "b.yaml").unlink()
    (folder / "generated" / "mine_torch.py").write_text("print('mine')\n")
    assert run(*CHECK) == (
        1,
        "generated/b_torch.py: there is no spec for it\n"
        "1 generated file without a spec; to mend: rm generated/b_torch.py\n",
        "",
    )


@pytest.mark.parametrize("spec", ["nets/a.yaml", "nets/a*.yaml"])
def test_a_file_of_a_spec_that_is_not_checked_is_no_orphan(spec: str) -> None:
    assert run("compile", spec, "--check", "-t", "torch")[0] == 0


def test_quiet_prints_one_line_on_failure(folder: Path) -> None:
    (folder / "generated" / "a_torch.py").unlink()
    assert run(*CHECK, "--quiet") == (
        1,
        "",
        "1 of 2 generated files differs; to mend: archc compile nets --target torch\n",
    )


def test_the_command_that_mends_has_all_options_and_mends(folder: Path) -> None:
    options = ("-t", "torch", "-o", "other dir", "--set", "name=A B")
    output = run("compile", "nets/a.yaml", "--check", *options)[1]
    line = output.splitlines()[-1]
    assert line == (
        "1 of 1 generated file differs; to mend: archc compile nets/a.yaml --target torch "
        "--output 'other dir' --set 'name=A B'"
    )
    assert run("compile", "nets/a.yaml", *options)[0] == 0
    assert run("compile", "nets/a.yaml", "--check", *options)[0] == 0


@pytest.mark.parametrize("change", ["edit", "delete"])
def test_the_hooks_hold_generated_files_whatever_is_staged(folder: Path, change: str) -> None:
    """They run on every commit and choose the files themselves."""
    (folder / "pyproject.toml").write_text('[tool.archc]\nspecs = ["nets"]\ntargets = ["torch"]\n')
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [(hook["id"], hook["always_run"], hook["pass_filenames"]) for hook in hooks] == [
        ("archc-check", True, False),
        ("archc-compile", True, False),
    ]
    entries = [hook["entry"].split()[1:] for hook in hooks]
    assert [run(*entry)[0] for entry in entries] == [0, 0]
    made = folder / "generated" / "b_torch.py"
    if change == "edit":
        made.write_text(made.read_text() + "# by hand\n")
    else:
        (folder / "nets" / "b.yaml").unlink()
    assert [run(*entry)[0] for entry in entries] == [0, 1]
