"""Style `flow`: a labelled box for every layer, from top to bottom; it suits any graph."""

from collections.abc import Sequence
from itertools import pairwise

from archc.network.graph import Graph
from archc.ops.tensor import show
from archc.picture import captions, legend
from archc.picture.captions import LARGE, SMALL
from archc.picture.figure import arrow
from archc.picture.items import Item
from archc.picture.layout import Chain, Slot, arrange
from archc.picture.scene import MARGIN, Group, Part, Parts, Point, Scene, Text, rectangle
from archc.picture.text import width
from archc.picture.theme import Theme

HIGH, BETWEEN = 32.0, 19.0
"""A box, and the room between two of them, where edges turn."""
NARROWEST, STRIP, PAD, INSIDE, APART = 190.0, 4.0, 9.0, 14.0, 16.0
"""A box at least; its coloured strip; what stands around and between its words; between boxes."""
FIRST, SECOND = 13.5, 25.5
"""The two lines of a box, from its top."""


class Flow:
    """One network as boxes and arrows."""

    def __init__(self, graph: Graph, items: Sequence[Item], theme: Theme) -> None:
        self._graph, self._items, self._theme = graph, items, theme
        self._known = captions.summary_rows(graph)
        self._wide = max(NARROWEST, *(self._room(item) for item in items))
        half = self._wide / 2
        self._layers = arrange(items, {item.name: (half, half) for item in items}, APART)
        slots = [slot for rank in self._layers.ranks for slot in rank]
        self._shift = MARGIN - min(slot.place - slot.before for slot in slots)
        self._right = max(slot.place + slot.after for slot in slots) + self._shift

    def scene(self) -> Scene:
        """The whole picture."""
        notes = [
            legend.note(
                "Right: the output, and the trainable parameters and fixed numbers.", self._theme
            )
        ]
        return legend.frame(
            self._graph,
            self._theme,
            (
                *(Group(self._edge(chain)) for chain in self._layers.edges),
                *(self._box(item) for item in self._items),
            ),
            right=self._right,
            bottom=self._top(len(self._layers.ranks) - 1) + HIGH + BETWEEN,
            entries=(legend.swatches(self._items, self._theme), notes),
        )

    def _lines(self, item: Item) -> tuple[tuple[str, str], tuple[str, str]]:
        """The words of a box: left and right, twice."""
        if item.node is None:
            return (item.name, show(item.shape)), ("", "")
        cost = item.node.cost
        stored = [f"{cost.parameters:,}"] if cost.parameters else []
        stored += [f"{cost.fixed:,} fixed"] if cost.fixed else []
        counted = " + ".join(stored)
        return (item.name, show(item.shape)), (captions.operation_text(item.node), counted)

    def _room(self, item: Item) -> float:
        """How wide an item's box must be."""
        (name, shape), (operation, count) = self._lines(item)
        first = width(name, LARGE, bold=True) + width(shape, SMALL)
        second = width(operation, SMALL) + width(count, SMALL)
        return STRIP + 2 * PAD + INSIDE + max(first, second)

    def _top(self, rank: int) -> float:
        return MARGIN + legend.HEAD + rank * (HIGH + BETWEEN)

    def _box(self, item: Item) -> Group:
        slot, theme, colour = self._layers.slots[item.name], self._theme, item.kind
        left, top = slot.place + self._shift - self._wide / 2, self._top(slot.rank)
        right = left + self._wide
        edge = theme.edge(colour)
        parts: list[Part] = [
            rectangle(left, top, self._wide, HIGH, fill=theme.face(colour, 0.3), stroke=edge),
            rectangle(left, top, STRIP, HIGH, fill=theme.face(colour, 1.5), stroke=edge),
        ]
        (name, shape), (operation, count) = self._lines(item)
        start, end = left + STRIP + PAD, right - PAD
        first, second = top + FIRST, top + SECOND
        if item.node is None:
            first = top + (FIRST + SECOND) / 2
        parts += [
            Text(start, first, name, LARGE, theme.ink, bold=True),
            Text(end, first, shape, SMALL, theme.ink, anchor="end"),
        ]
        parts += [Text(start, second, operation, SMALL, theme.quiet)] if operation else []
        parts += [Text(end, second, count, SMALL, theme.ink, anchor="end")] if count else []
        return Group(tuple(parts), item.name, captions.tip(item, self._known), item.layers)

    def _edge(self, chain: Chain) -> Parts:
        """Upright beside boxes, and turning only between ranks."""
        points: list[Point] = []
        for one, other in pairwise(chain):
            low, high = self._top(one.rank) + HIGH, self._top(other.rank)
            points += [Point(self._x(one), low), Point(self._x(one), low + 3)]
            points += [Point(self._x(other), high - 8), Point(self._x(other), high)]
        return arrow(points, self._theme.quiet)

    def _x(self, slot: Slot) -> float:
        return slot.place + self._shift
