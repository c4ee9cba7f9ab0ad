"""Where generated code runs: an interpreter of its own with a clean environment."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

from archc.files.locations import PACKAGE
from archc.targets.processes import MARK

# This very archc, wherever it was imported from, and nothing else from there.
_START = (
    "import sys; sys.path.insert(0, {root!r}); import archc; sys.path.pop(0); "
    "sys.path += filter(None, [{elsewhere!r}]); from archc.targets import processes; processes.bind(); "
    "from {module} import main; main({argument!r})"
)
_KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "LANG")


def command(module: str, argument: str, root: Path = PACKAGE.parent) -> list[str]:
    """The command that calls `main(argument)` of one of archc's modules.

    Another `root` than archc's own is where that module imports what `argument` names.
    """
    elsewhere = root if root != PACKAGE.parent else ""
    code = _START.format(
        root=str(PACKAGE.parent), elsewhere=str(elsewhere), module=module, argument=argument
    )
    return [sys.executable, "-I", "-c", code]


def environment(home: Path, backend: str) -> dict[str, str]:
    """The variables of such a process, whose own files go to `home`; Keras runs on `backend`."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | {
        "HOME": str(home),
        "TMPDIR": str(home),
        MARK: str(home),
        "KERAS_HOME": str(home),
        "KERAS_BACKEND": backend,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "JAX_PLATFORMS": "cpu",
        "JAX_ENABLE_X64": "1",
    }


def generated(path: Path) -> ModuleType:
    """A generated file as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
