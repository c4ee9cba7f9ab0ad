"""Standard streams that are closed, full, or of another encoding change no exit code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ARCHC = f"{sys.executable} -m archc"
WRONG = (
    "archc: 1\nname: Net\ninput: {channels: 3, height: 8, width: 8}\nlayers:\n  - a: {type: rleu}\n"
)


def shell(line: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
    (folder / "bad.yaml").write_text(WRONG)
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        capture_output=True,
        cwd=folder,
        env={**os.environ, **variables},
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("check bad.yaml", 1),
        ("check bad.yaml --format json", 1),
        ("check bad.yaml --format sarif", 1),
        ("check alexnet", 0),
        ("compile alexnet --stdout", 0),
        ("--help", 0),
        ("--version", 0),
        ("nosuch", 2),
    ],
)
@pytest.mark.parametrize("tail", ["| true", ">&-", "2>&-", "2> /dev/full", "<&- >&- 2>&-"])
def test_the_exit_code_is_the_commands_own(
    command: str, code: int, tail: str, tmp_path: Path
) -> None:
    done = shell(f"{ARCHC} {command} {tail}", tmp_path)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command", ["--help", "--version", "check alexnet", "weights --help", "schema"]
)
def test_what_cannot_be_written_is_said(command: str, tmp_path: Path) -> None:
    done = shell(f"{ARCHC} {command} > /dev/full", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(
        b"error E507 [unwritable-file]: cannot write standard output: no space left on device\n"
    )
    assert shell(f"{ARCHC} {command} > /dev/full 2> /dev/full", tmp_path).returncode == 2


@pytest.mark.parametrize("form", ["csv", "json", "markdown", "latex", "html"])
def test_documents_depend_on_no_locale(form: str, tmp_path: Path) -> None:
    line = f"{ARCHC} summary alexnet --format {form}"
    outputs = {
        shell(line, tmp_path, LC_ALL=locale, PYTHONUTF8="0", PYTHONIOENCODING=encoding).stdout
        for locale, encoding in (("C", "ascii"), ("C.UTF-8", "utf-8"), ("C", "latin-1"))
    }
    assert len(outputs) == 1
    text = outputs.pop().decode("utf-8")
    assert ("96×55×55" in text) == (form in ("csv", "markdown", "html"))


def test_a_full_temporary_folder_is_the_culprit(tmp_path: Path) -> None:
    """Where no file may grow beyond 20 KiB; the shell's limit stands in for a full disk."""
    done = shell(f"ulimit -f 20; {ARCHC} verify lenet5 -t torch", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(b"error E507 [unwritable-file]: cannot write a temporary file: ")


def test_pages_are_whole_without_docstrings(tmp_path: Path) -> None:
    """As Python is told to leave them out."""
    for arguments in ("explain lrn", "explain conv2d", "schema"):
        plain, bare = (
            shell(f"{sys.executable} {flag} -m archc {arguments}", tmp_path)
            for flag in ("-O", "-OO")
        )
        assert (bare.returncode, bare.stderr) == (0, b"")
        assert bare.stdout == plain.stdout
