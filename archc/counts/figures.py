"""Graph → every figure of every layer, computed on first use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

from archc.counts.conventions import CONVENTIONS, DEFAULT
from archc.counts.memory import BYTES, Memory, memory
from archc.counts.receptive import Field, receptive_fields
from archc.network.graph import Graph, Node
from archc.ops.arithmetic import KINDS, PURPOSES, Arithmetic, together

COSTS = ("parameters", "fixed", "weights", "biases", "connections", "macs")
"""The fields of `Cost`."""
COUNTED = (*KINDS, *(f"{purpose}_operations" for purpose in PURPOSES))
"""Operations by kind, and the same operations by purpose."""


@dataclass(frozen=True)
class Figures:
    """The figures of a network for one image, all exact integers."""

    graph: Graph
    convention: str = DEFAULT
    """The counter that `flops` follows: a key of CONVENTIONS."""

    def of(self, node: Node, name: str) -> int:
        """One of SUMS or PEAKS, of one layer."""
        return FIGURES[name](self, node)

    def total(self, name: str) -> int:
        """The sum over all layers of one of SUMS, or the largest of one of PEAKS."""
        if name not in self._totals:
            values = (self.of(node, name) for node in self.graph.nodes)
            self._totals[name] = max(values) if name in PEAKS else sum(values)
        return self._totals[name]

    def field(self, node: Node) -> Field:
        """The receptive field of a layer's values."""
        return self._fields[node.name]

    def operations(self, node: Node) -> Arithmetic:
        """All arithmetic of a layer, including its activation's."""
        return Arithmetic(*self._counts[node.name][: len(KINDS)])

    @cached_property
    def _totals(self) -> dict[str, int]:
        return {}

    @cached_property
    def _counts(self) -> Mapping[str, tuple[int, ...]]:
        # COUNTED as plain integers: for ten thousand layers, objects would cost more to store than to make.
        return {node.name: self._count(node) for node in self.graph.nodes}

    def _count(self, node: Node) -> tuple[int, ...]:
        work = dict(node.op.work(self.graph.inputs(node), node.shape))
        activation = node.activation
        if activation:
            work |= activation.work((node.shape,), node.shape)
        every = together(work.values())
        kinds = (getattr(every, kind) for kind in KINDS)
        return (*kinds, *(work[name].total if name in work else 0 for name in PURPOSES))

    def count(self, node: Node, index: int) -> int:
        """The operations of a layer in one of COUNTED, by its index."""
        return self._counts[node.name][index]

    @cached_property
    def memory(self) -> Memory:
        """Bytes that are live while each layer runs."""
        return memory(self.graph)

    @cached_property
    def _fields(self) -> Mapping[str, Field]:
        return receptive_fields(self.graph)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {node.name: index for index, node in enumerate(self.graph.nodes)}

    def live(self, node: Node) -> int:
        """Bytes that are live while a layer runs at inference."""
        return self.memory.inference[self._places[node.name]]

    def live_training(self, node: Node) -> int:
        """Bytes that are live while a layer runs backward in training."""
        return self.memory.training[self._places[node.name]]

    def layer(self, node: Node) -> dict[str, Any]:
        """All figures of a layer as plain values: part of the JSON contract."""
        found: dict[str, Any] = {name: self.of(node, name) for name in FIGURES}
        down, across = self.field(node)
        places = len(node.shape) == 3
        return found | {
            "receptive_field": [down.size, across.size],
            "receptive_field_exact": down.exact and across.exact,
            "jump": [down.jump, across.jump] if places else None,
            "start": [down.start, across.start],
        }

    def totals(self) -> dict[str, int]:
        """The totals of all figures: part of the JSON contract."""
        return {name: self.total(name) for name in FIGURES}


Figure = Callable[[Figures, Node], int]


def _cost(name: str) -> Figure:
    return lambda figures, node: int(getattr(node.cost, name))


def _count(index: int) -> Figure:
    return lambda figures, node: figures.count(node, index)


def _flops(figures: Figures, node: Node) -> int:
    return CONVENTIONS[figures.convention].rule(node)


def _neurons(figures: Figures, node: Node) -> int:
    return prod(node.shape) if node.op.traits.neurons else 0


def _as_dense(figures: Figures, node: Node) -> int:
    if not node.op.traits.neurons:
        return 0
    return (sum(map(prod, figures.graph.inputs(node))) + 1) * prod(node.shape)


SUMS: dict[str, Figure] = {
    **{name: _cost(name) for name in COSTS},
    "flops": _flops,
    "operations": lambda figures, node: figures.operations(node).total,
    **{name: _count(index) for index, name in enumerate(COUNTED)},
    "neurons": _neurons,
    "as_dense": _as_dense,
    "values": lambda figures, node: prod(node.shape),
    "activation_bytes": lambda figures, node: BYTES * prod(node.shape),
}
"""Figures that add up over the layers."""
PEAKS: dict[str, Figure] = {"live_bytes": Figures.live, "training_bytes": Figures.live_training}
"""Figures whose total is the largest of the layers'."""
FIGURES = SUMS | PEAKS
