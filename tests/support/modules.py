"""Generated files as modules."""

import importlib.util
from pathlib import Path
from types import ModuleType

import archc


def module(net: archc.Network, target: str, folder: Path) -> ModuleType:
    """A generated file, imported."""
    path = folder / f"{net.stem}_{target}.py"
    path.write_text(net.compile(target))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made
