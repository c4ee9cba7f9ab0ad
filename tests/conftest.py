"""What all tests share: the Hypothesis profile and the repository's folder."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

ROOT = Path(__file__).resolve().parent.parent
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
