"""The passes from a file to a graph, in their order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from archc.errors import ArchcError, Diagnostic, Source
from archc.language import elaborate, overrides, reader, validate
from archc.language.overrides import Override
from archc.language.spec import Spec
from archc.language.validate import Unfinished
from archc.network import build, check, collector, slips
from archc.network.graph import Graph


def passes(changes: Sequence[Override]) -> tuple[Callable[[Any], Any], ...]:
    """Text → values → values with `changes` → layers → models.

    `build` and `check` follow: the graph of the models, and the models against the graph.
    """
    change = partial(overrides.apply, overrides=changes)
    return (reader.parse, change, elaborate.elaborate, validate.validate)


@dataclass(frozen=True)
class Compiled:
    """A spec and its network, with its text and the overrides that changed it."""

    stem: str
    spec: Spec
    graph: Graph
    text: str
    changes: tuple[str, ...]

    def check(self) -> list[Diagnostic]:
        """A diagnostic for each published figure that does not hold."""
        return check.check(self.spec, self.graph)

    def warnings(self) -> list[Diagnostic]:
        """What is valid but probably a slip, and not allowed by the spec, in file order."""
        return slips.warnings(self.spec, self.graph, self._unchanged())

    def _unchanged(self) -> Graph | None:
        """The network without the overrides; None without overrides, or if it is invalid."""
        if not self.changes:
            return None
        try:
            return compile_text(self.text, self.spec.root.span.source.name).graph
        except ArchcError:
            return None


def compile_text(text: str, name: str = "spec.yaml", changes: Sequence[Override] = ()) -> Compiled:
    """The network that `text` describes; `name` is what diagnostics cite. Raises ArchcError."""
    return _compile(Source(name, text), changes)


def compile_file(path: Path, changes: Sequence[Override] = ()) -> Compiled:
    """The network that a file describes. Raises ArchcError."""
    return _compile(reader.read(path), changes)


def compile_stream(stream: BinaryIO, name: str, changes: Sequence[Override] = ()) -> Compiled:
    """The network that an open binary file describes; `name` is what diagnostics cite."""
    return _compile(reader.receive(stream, name), changes)


def _compile(text: Source, changes: Sequence[Override]) -> Compiled:
    value: Any = text
    with collector.paused():
        try:
            for step in passes(changes):
                value = step(value)
        except Unfinished as error:
            raise error.beside(build.faults(error)) from None
        assert isinstance(value, Spec)
        if changes:  # published figures are those of the unchanged network
            value = value.model_copy(update={"expect": (), "errata": ()})
        arguments = tuple(change.source.text for change in changes)
        graph = replace(build.build(value), changes=arguments)
        return Compiled(Path(text.name).stem, value, graph, text.text, arguments)
