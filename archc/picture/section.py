"""Which section of a network is drawn: all of it, or the layers between two of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce

from archc.errors import EnvironmentProblem, diagnostic, did_you_mean
from archc.network.graph import INPUT, Graph, Node
from archc.ops.tensor import FREE, Cost, Shape
from archc.picture.styles import WHOLE, View


@dataclass(frozen=True)
class Section:
    """Layers in their order; `sources` are the values from outside that they take as input."""

    title: str
    sources: Mapping[str, Shape]
    nodes: tuple[Node, ...]

    @cached_property
    def readers(self) -> dict[str, list[str]]:
        """The names of the layers here that take each value as an input."""
        found: dict[str, list[str]] = {
            name: [] for name in (*self.sources, *(node.name for node in self.nodes))
        }
        for node in self.nodes:
            for name in node.inputs:
                found[name].append(node.name)
        return found

    @property
    def totals(self) -> Cost:
        return reduce(Cost.__add__, (node.cost for node in self.nodes), FREE)

    @property
    def weighted(self) -> int:
        """How many of the layers have neurons: those that papers count as a network's."""
        return sum(node.op.traits.neurons for node in self.nodes)


def section_of(graph: Graph, view: View = WHOLE) -> Section:
    """The layers on the ways from `view.first` to `view.last`, both included.

    Raises EnvironmentProblem if there is no such layer, or no way from the one to the other.
    """
    names = [node.name for node in graph.nodes]
    unknown = [
        diagnostic("E205", what="layer", value=name, suggestion=did_you_mean(str(name), names))
        for name in (view.first, view.last)
        if name is not None and name not in names
    ]
    if unknown:
        raise EnvironmentProblem(unknown)
    if view.first is None and view.last is None:
        return Section(graph.name, {INPUT: graph.input}, graph.nodes)
    first, last = view.first or INPUT, view.last or graph.output.name
    between = _after(graph, first) & _before(graph, last)
    if not between:
        back = bool(_after(graph, last) & _before(graph, first))
        hint = (
            "swap the two"
            if back
            else f"'{first}' is on another branch; draw from an earlier layer"
        )
        raise EnvironmentProblem([diagnostic("E521", first=first, last=last, suggestion=hint)])
    nodes = tuple(node for node in graph.nodes if node.name in between)
    outside = (name for node in nodes for name in node.inputs if name not in between)
    sources = {name: graph.shapes[name] for name in outside}
    return Section(f"{graph.name}: {nodes[0].name} to {last}", sources, nodes)


def _after(graph: Graph, first: str) -> set[str]:
    """The layers to which a value gets, itself included."""
    found = {first}
    for node in graph.nodes:
        if found.intersection(node.inputs):
            found.add(node.name)
    return found - {INPUT}


def _before(graph: Graph, last: str) -> set[str]:
    """The layers from which a value comes, itself included."""
    found = {last}
    for node in reversed(graph.nodes):
        if node.name in found:
            found.update(node.inputs)
    return found - {INPUT}
