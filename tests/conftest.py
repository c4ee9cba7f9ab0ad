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

# Proofs, browsers, the site; frameworks, LaTeX and shells; and what takes seconds otherwise.
SLOW = (
    "cli/test_encoding.py",
    "counts/test_conventions.py",
    "docs",
    "files/test_interrupts.py",
    "language/test_fuzz.py",
    "pages/test_browser.py",
    "pages/test_explain.py",
    "pages/test_print.py",
    "picture/test_canvas.py",
    "picture/test_fit.py",
    "picture/test_fonts.py",
    "picture/test_labels.py",
    "picture/test_widths.py",
    "picture/test_written.py",
    "proof",
    "targets/test_generated.py",
    "targets/test_init_weights.py",
    "targets/test_safety.py",
    "targets/test_scopes.py",
    "targets/test_targets.py",
    "targets/test_training.py",
    "test_api.py",
    "test_package.py",
    "weights",
)


def _slow(path: Path) -> bool:
    return path.relative_to(ROOT / "tests").as_posix().startswith(SLOW)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where slow tests are left out, do not import what they import."""
    return True if config.option.markexpr == "not slow" and _slow(collection_path) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow ones, which `make check` leaves out."""
    for item in items:
        if _slow(item.path):
            item.add_marker(pytest.mark.slow)


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
        monkeypatch.setattr("archc.targets.isolation.environment", pools.environment)


@pytest.fixture(scope="session")
def readers() -> Iterator[Any]:
    """The warm processes of a session that read files of others."""
    from support.warm_readers import WarmReaders

    found = WarmReaders()
    yield found
    found.stop()


@pytest.fixture(autouse=True)
def _warm_readers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of weights share them, but one that is marked `cold`."""
    if request.path.parent.name == "weights" and not request.node.get_closest_marker("cold"):
        monkeypatch.setattr("archc.weights.importing.start", request.getfixturevalue("readers"))
