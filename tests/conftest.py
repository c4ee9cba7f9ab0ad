"""What all tests share: the Hypothesis profile, the repository's folder, a shell."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


@pytest.fixture(scope="session")
def pools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The warm workers of a session, in the place of `Pool`."""
    from support.warm import WarmPools

    found = WarmPools(tmp_path_factory.mktemp("workers"))
    yield found
    found.stop()


@pytest.fixture
def warm(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, pools: Any) -> None:
    """Proofs share workers, but in a test that is marked `cold`."""
    if request.node.get_closest_marker("cold") is None:
        monkeypatch.setattr("archc.proof.verify.Pool", pools)
