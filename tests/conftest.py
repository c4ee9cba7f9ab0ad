"""What all tests share: the Hypothesis profile, the repository's folder, a shell."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from support.shell import ROOT, Shell, shell_in

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
    return shell_in(tmp_path)
