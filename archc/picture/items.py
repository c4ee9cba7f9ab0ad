"""Graph → items of a picture: one a value, and marks for layers that keep its shape."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd

from archc.network.graph import Graph, Node
from archc.ops.conv2d import Conv2d
from archc.ops.tensor import Shape
from archc.picture.section import Section, section_of
from archc.picture.theme import Kind

MOST_TOWERS = 4
"""Convolutions of more groups are drawn as one block: a figure with 64 towers shows none."""


@dataclass(frozen=True, slots=True)
class Item:
    """A value from outside or a layer, and the layers that are drawn as marks on it.

    `towers` is the number of groups its maps lie in, as in Krizhevsky et al. 2012, figure 2.
    """

    name: str
    node: Node | None
    shape: Shape
    reads: tuple[str, ...]
    marks: tuple[Node, ...] = ()
    towers: int = 1

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of all that the item shows."""
        return self.name, *(mark.name for mark in self.marks)

    @property
    def kind(self) -> Kind:
        """What is drawn: the network's input, or an operation of a family."""
        return self.node.op.family if self.node else "input"


def all_items(graph: Graph | Section) -> list[Item]:
    """What comes in, and every layer."""
    section = section_of(graph) if isinstance(graph, Graph) else graph
    first = [Item(name, None, shape, ()) for name, shape in section.sources.items()]
    return [*first, *(_item(node, dict.fromkeys(node.inputs)) for node in section.nodes)]


def items_with_marks(graph: Graph | Section) -> list[Item]:
    """The same, but a layer that keeps its input's shape, or only rearranges its values, is a mark on
    that input if nothing else reads it."""
    section = section_of(graph) if isinstance(graph, Graph) else graph
    shown_by = {name: name for name in section.sources}  # layer → the item that shows it
    marks: dict[str, list[Node]] = {}
    for node in section.nodes:
        before = node.inputs[0]
        mark = node.op.keeps_shape or node.op.traits.shares == "always"
        owner = shown_by[before] if mark and len(section.readers[before]) == 1 else node.name
        shown_by[node.name] = owner
        if owner != node.name:
            marks.setdefault(owner, []).append(node)
    nodes = [node for node in section.nodes if shown_by[node.name] == node.name]
    first = [
        Item(name, None, shape, (), tuple(marks.get(name, ())))
        for name, shape in section.sources.items()
    ]
    items = [
        _item(node, (shown_by[name] for name in node.inputs), tuple(marks.get(node.name, ())))
        for node in nodes
    ]
    return _with_towers([*first, *items])


def _item(node: Node, reads: Iterable[str], marks: tuple[Node, ...] = ()) -> Item:
    return Item(node.name, node, node.shape, tuple(dict.fromkeys(reads)), marks)


def _with_towers(items: list[Item]) -> list[Item]:
    """Split what a grouped convolution makes and reads, and what pools do to either."""
    towers: dict[str, int] = {}
    for item in items:
        if item.node and isinstance(item.node.op, Conv2d):
            towers[item.name] = item.node.op.groups
        elif _maps_one_to_one(item):
            towers[item.name] = towers.get(item.reads[0], 1)
    for item in reversed(items):
        count = towers.get(item.name, 1)
        if count > 1 and _keeps_towers(item):
            for name in item.reads:
                if towers.get(name) == 1:
                    towers[name] = count
    return [_split(item, towers.get(item.name, 1)) for item in items]


def _maps_one_to_one(item: Item) -> bool:
    """Whether each map of the output is made of one map of the input."""
    if item.node is None or len(item.reads) != 1 or len(item.shape) != 3:
        return False
    pools = item.node.geometry is not None and not item.node.op.traits.mixes
    return item.node.op.keeps_shape or pools


def _keeps_towers(item: Item) -> bool:
    """Whether each tower of the output is made of one tower of the input."""
    op = item.node.op if item.node else None
    return _maps_one_to_one(item) or (isinstance(op, Conv2d) and op.groups > 1)


def _split(item: Item, towers: int) -> Item:
    if towers > MOST_TOWERS or item.shape[0] % towers:
        towers = 1
    return Item(item.name, item.node, item.shape, item.reads, item.marks, towers)


def tower_pairs(before: Item, after: Item) -> list[tuple[int, int]]:
    """(tower of `before`, tower of `after` that takes it as input), counted from 0."""
    every = [(i, j) for i in range(before.towers) for j in range(after.towers)]
    if not _keeps_towers(after):
        return every
    # Both share out the same maps, in order: a tower reads those whose share its own overlaps.
    m, n = before.towers, after.towers
    return [(i, j) for i, j in every if i * n < (j + 1) * m and j * m < (i + 1) * n]


def strand_count(before: Item, after: Item) -> int:
    """How many lines lead from one to the other: of the towers, only those that mix share one."""
    return gcd(before.towers, after.towers) if _keeps_towers(after) else 1
