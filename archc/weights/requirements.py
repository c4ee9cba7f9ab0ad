"""Work whose modules are not installed is refused, with the command that installs them."""

from importlib.util import find_spec

from archc.errors import EnvironmentProblem, diagnostic
from archc.targets import TARGETS


def require(*modules: str) -> None:
    """Raise EnvironmentProblem with the command that installs what is missing."""
    packages = {m: name for target in TARGETS.values() for m, name in target.packages.items()}
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise EnvironmentProblem(
            diagnostic("E504", what=m, install=f"pip install {packages.get(m, m)}") for m in missing
        )
