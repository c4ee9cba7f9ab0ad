"""The passes from a file to a graph, in their order."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archc import elaborate, expectations, graph, source, spec
from archc.errors import Diagnostic, Source
from archc.graph import Graph
from archc.spec import Spec

PASSES: tuple[Callable[[Any], Any], ...] = (source.parse, elaborate.elaborate, spec.validate)
"""Text → values → layers → models. `graph.build` and `expectations.check` follow, which need the
models as well as each other's result."""


@dataclass(frozen=True)
class Compiled:
    """A spec and its network."""

    stem: str
    spec: Spec
    graph: Graph

    def check(self) -> list[Diagnostic]:
        """The published figures that do not hold."""
        return expectations.check(self.spec, self.graph)


def compile_text(text: str, name: str = "spec.yaml") -> Compiled:
    """The network that `text` describes; `name` is what findings cite. Raises ArchcError."""
    return _compile(Source(name, text))


def compile_file(path: Path) -> Compiled:
    """The network that a file describes. Raises ArchcError."""
    return _compile(source.read(path))


def _compile(text: Source) -> Compiled:
    value: Any = text
    with _no_collector():
        for step in PASSES:
            value = step(value)
        assert isinstance(value, Spec)
        return Compiled(Path(text.name).stem, value, graph.build(value))


@contextmanager
def _no_collector() -> Iterator[None]:
    """Pause the cyclic garbage collector.

    All that the passes make is kept and none of it is a cycle; walking it again and again, as it
    grows, would make the time of a long spec grow with the square of its length.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
