"""What a network is: layers with their edges, shapes, weights and costs, frozen."""

from dataclasses import dataclass
from functools import cached_property, reduce

from archc.errors import Span
from archc.ops.activations import Activation
from archc.ops.base import Geometry, Op
from archc.ops.tensor import FREE, Cost, Shape, Weight

INPUT = "input"
"""What the network's own input is called; no layer may have the name."""


def identifier(layer: str) -> str:
    """A layer's name as a variable of generated code: `layer1.0.conv1` → `layer1_0_conv1`."""
    return layer.replace(".", "_")


@dataclass(frozen=True, slots=True)
class Node:
    """One layer, with all that follows from its place in the network."""

    name: str
    op: Op
    inputs: tuple[str, ...]
    shape: Shape
    geometry: Geometry
    weights: tuple[Weight, ...]
    cost: Cost
    scope: tuple[str, ...]
    span: Span

    @property
    def identifier(self) -> str:
        """The name as a variable of generated code."""
        return identifier(self.name)

    @property
    def activation(self) -> Activation | None:
        """The activation that the layer applies to its own output, if it has one."""
        found: Activation | None = getattr(self.op, "activation", None)
        return found

    @property
    def operations(self) -> tuple[Op, ...]:
        """The layer's operation, and its activation after it if it has one."""
        return (self.op, self.activation) if self.activation else (self.op,)


@dataclass(frozen=True)
class Graph:
    """A network in its author's order, which is topological; the last node is the output."""

    name: str
    cite: str | None
    input: Shape
    nodes: tuple[Node, ...]
    loss: str | None = None
    """The loss of its training recipe, where the spec has one."""
    changes: tuple[str, ...] = ()
    """The overrides that made it from its spec, as `path=value`."""

    @cached_property
    def by_name(self) -> dict[str, Node]:
        """Every layer by its name."""
        return {node.name: node for node in self.nodes}

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Every value's shape by name, including the input's."""
        return {INPUT: self.input, **{node.name: node.shape for node in self.nodes}}

    @cached_property
    def readers(self) -> dict[str, list[str]]:
        """The names of the layers that take each value as an input."""
        found: dict[str, list[str]] = {name: [] for name in self.shapes}
        for node in self.nodes:
            for name in node.inputs:
                found[name].append(node.name)
        return found

    @cached_property
    def totals(self) -> Cost:
        """The costs of all layers together."""
        return reduce(Cost.__add__, (node.cost for node in self.nodes), FREE)

    @property
    def output(self) -> Node:
        return self.nodes[-1]

    def inputs(self, node: Node) -> tuple[Shape, ...]:
        """The shapes of a node's inputs."""
        return tuple(self.shapes[name] for name in node.inputs)
