"""The docstrings of models, which are part of the schema and of the pages of `archc explain`."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel


def restore() -> None:
    """Read them from the source where Python was told to leave them out (`-OO`)."""
    if sys.flags.optimize < 2:
        return
    by_module: dict[str, list[type[BaseModel]]] = {}
    for model in _models(BaseModel):
        if model.__module__.startswith("archc.") and model.__doc__ is None:
            by_module.setdefault(model.__module__, []).append(model)
    for module, models in by_module.items():
        tree = ast.parse(Path(str(sys.modules[module].__file__)).read_text("utf-8"))
        texts = {
            node.name: ast.get_docstring(node, clean=False)
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
        }
        for model in models:
            model.__doc__ = texts.get(model.__name__)


def _models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)
