"""What all tests share: the Hypothesis profile, the repository's folder, a shell."""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from support.shell import ROOT, Shell

# Shrinking is left to whoever looks into a failure: here it would only cost time.
settings.register_profile(
    "archc",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile("archc")


@pytest.fixture
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Runs commands in `tmp_path`, where `archc` is the one under test."""
    commands = tmp_path / ".bin"
    commands.mkdir()
    (commands / "archc").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m archc "$@"\n')
    (commands / "archc").chmod(0o755)
    places = (str(commands), str(Path(sys.executable).parent), os.environ["PATH"])
    environment = {**os.environ, "PATH": os.pathsep.join(places)}

    def run(lines: Iterable[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-ec", "\n".join(lines)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
