"""The repository's folder, and a shell in which `archc` is the one under test."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The repository."""
Shell = Callable[[Iterable[str]], subprocess.CompletedProcess[str]]


def shell_in(folder: Path) -> Shell:
    """A shell that runs lines in `folder`; it puts the command `archc` into `folder`/.bin."""
    commands = folder / ".bin"
    commands.mkdir()
    (commands / "archc").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m archc "$@"\n')
    (commands / "archc").chmod(0o755)
    places = (str(commands), str(Path(sys.executable).parent), os.environ["PATH"])
    environment = {**os.environ, "PATH": os.pathsep.join(places)}

    def run(lines: Iterable[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-ec", "\n".join(lines)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
