"""Style `flow`: a labelled box for every layer, from top to bottom; it suits any graph.

A long one goes on in further columns, where one value alone goes on.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from archc.network.graph import Graph
from archc.ops.tensor import show
from archc.picture import captions, legend
from archc.picture.captions import LARGE, SMALL
from archc.picture.figure import arrow
from archc.picture.items import Item
from archc.picture.layout import Chain, Layers, Slot, arrange
from archc.picture.scene import MARGIN, Group, Part, Parts, Point, Scene, Text, rectangle
from archc.picture.section import Section
from archc.picture.styles import WHOLE, View
from archc.picture.text import width
from archc.picture.theme import Theme

HIGH, BETWEEN = 32.0, 19.0
"""A box, and the room between two of them, where edges turn."""
NARROWEST, STRIP, PAD, INSIDE, APART = 190.0, 4.0, 9.0, 14.0, 16.0
"""A box at least; its coloured strip; what stands around and between its words; between boxes."""
FIRST, SECOND = 13.5, 25.5
"""The two lines of a box, from its top."""
GUTTER, TURN = 26.0, 8.0
"""Between two columns, and from a box to where an edge to the next column turns."""


class Flow:
    """One network as boxes and arrows."""

    def __init__(
        self,
        graph: Graph,
        section: Section,
        theme: Theme,
        items: Sequence[Item],
        columns: int = 1,
        view: View = WHOLE,
    ) -> None:
        """`columns` is how many there are at most."""
        self._section, self._items, self._theme, self._view = section, items, theme, view
        self._known = captions.summary_rows(graph)
        self._wide = max(NARROWEST, *(self._room(item) for item in items))
        half = self._wide / 2
        self._layers = arrange(items, {item.name: (half, half) for item in items}, APART)
        self._columns = _split(self._layers, columns)
        self._column = {rank: i for i, ranks in enumerate(self._columns) for rank in ranks}
        self._lefts: list[float] = []
        self._shifts: list[float] = []
        self._right = MARGIN - GUTTER
        for ranks in self._columns:
            slots = [slot for rank in ranks for slot in self._layers.ranks[rank]]
            self._lefts.append(self._right + GUTTER)
            least = min(slot.place - slot.before for slot in slots)
            self._shifts.append(self._lefts[-1] - least)
            self._right = max(slot.place + slot.after for slot in slots) + self._shifts[-1]

    def scene(self) -> Scene:
        """The whole picture."""
        notes = [
            legend.note(
                "Right: the output, and the trainable parameters and fixed numbers.", self._theme
            )
        ]
        return legend.frame(
            self._section,
            self._theme,
            self._view,
            (
                *(Group(self._edge(chain)) for chain in self._layers.edges),
                *(self._box(item) for item in self._items),
            ),
            right=self._right,
            bottom=max(self._top(ranks[-1]) for ranks in self._columns) + HIGH + self._turns,
            apart=BETWEEN,
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
        place = rank - self._columns[self._column[rank]].start
        return legend.top(self._view) + self._turns + place * (HIGH + BETWEEN)

    @property
    def _turns(self) -> float:
        """The room above and below columns for the edges between them."""
        return TURN * (len(self._columns) > 1)

    def _box(self, item: Item) -> Group:
        slot, theme, colour = self._layers.slots[item.name], self._theme, item.kind
        left, top = self._x(slot) - self._wide / 2, self._top(slot.rank)
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
        """Upright beside boxes, and turning only between ranks and between columns."""
        points: list[Point] = []
        for one, other in pairwise(chain):
            low, high = self._top(one.rank) + HIGH, self._top(other.rank)
            here, there = self._x(one), self._x(other)
            if self._column[one.rank] == self._column[other.rank]:
                points += [Point(here, low), Point(here, low + 3)]
                points += [Point(there, high - 8), Point(there, high)]
                continue
            aside = self._lefts[self._column[other.rank]] - GUTTER / 2
            points += [Point(here, low), Point(here, low + TURN), Point(aside, low + TURN)]
            points += [Point(aside, high - TURN), Point(there, high - TURN), Point(there, high)]
        return arrow(points, self._theme.quiet)

    def _x(self, slot: Slot) -> float:
        return slot.place + self._shifts[self._column[slot.rank]]


def _split(layers: Layers, columns: int) -> list[range]:
    """The ranks in columns of about one height, each broken where a single value goes on."""
    count = len(layers.ranks)
    sources: list[set[str]] = [set() for _ in range(count)]  # of what goes on below a rank
    for chain in layers.edges:
        assert chain[0].item is not None
        for slot in chain[:-1]:
            sources[slot.rank].add(chain[0].item.name)
    most, found, start = ceil(count / columns), [], 0
    while start < count:
        ends = range(min(start + most, count), start, -1)
        end = next((end for end in ends if end == count or len(sources[end - 1]) == 1), None)
        if end is None:  # it has to be higher
            later = range(start + most, count)
            end = next((end for end in later if len(sources[end - 1]) == 1), count)
        found.append(range(start, end))
        start = end
    return found
