"""Which frameworks must be installed for which file."""

from importlib.util import find_spec

from archc.errors import EnvironmentProblem, diagnostic

PACKAGES = {"tensorflow": "tensorflow-cpu", "jax": "jax"}
"""Module → what `pip install` calls it, where that is another name."""


def require(*modules: str) -> None:
    """Raise EnvironmentProblem with the command that installs what is missing."""
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise EnvironmentProblem(
            diagnostic("E504", what=m, install=f"pip install {PACKAGES.get(m, m)}") for m in missing
        )
