"""What all tests share: Hypothesis profiles, the repository's folders, one pool of proofs."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
settings.register_profile(
    "archc", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("archc")


@pytest.fixture
def root() -> Path:
    """The repository."""
    return ROOT
