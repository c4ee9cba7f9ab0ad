"""archc: one declarative description of a network → PyTorch, Keras and ONNX, shown to agree.

>>> import archc
>>> net = archc.load("alexnet")
>>> net.graph.totals.parameters
60965224
"""

from importlib import import_module

from archc.version import VERSION

TYPE_CHECKING = False  # what type checkers take for true; `typing` itself is slow to import
if TYPE_CHECKING:
    from typing import Any

    from archc.api import Network, load, parse
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


def __getattr__(name: str) -> "Any":
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'archc' has no attribute '{name}'")
