"""archc: one declarative description of a network → PyTorch, Keras and ONNX, shown to agree.

>>> import archc
>>> net = archc.load("alexnet")
>>> net.graph.totals.parameters
60965224
"""

from __future__ import annotations

from importlib import import_module

from archc.version import VERSION

TYPE_CHECKING = False  # what type checkers take for true; `typing` itself is slow to import
if TYPE_CHECKING:
    import builtins
    from typing import Any

    from archc.api import Network, load, parse
    from archc.api import list_specs as list  # noqa: F401
    from archc.errors import ArchcError, Diagnostic, EnvironmentProblem
    from archc.proof.verify import verify

__version__ = VERSION

# Imported when first asked for: `import archc` alone costs nothing.
_HOMES = {
    "Network": "archc.api",
    "load": "archc.api",
    "parse": "archc.api",
    "verify": "archc.proof.verify",
    "ArchcError": "archc.errors",
    "Diagnostic": "archc.errors",
    "EnvironmentProblem": "archc.errors",
}

__all__ = [
    "ArchcError",
    "Diagnostic",
    "EnvironmentProblem",
    "Network",
    "load",
    "parse",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name == "list":  # not in __all__: it would hide Python's own after `from archc import *`
        return import_module("archc.api").list_specs
    raise AttributeError(f"module 'archc' has no attribute '{name}'")


def __dir__() -> builtins.list[str]:
    """What the package offers, for completion; not its modules."""
    return sorted([*__all__, "list", "__all__", "__doc__", "__file__", "__version__"])
