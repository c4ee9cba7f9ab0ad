"""Figures in columns, their captions above and below: a row, or as many as the page needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from archc.graph import Graph
from archc.picture import captions, legend
from archc.picture.captions import Row, height, stacked
from archc.picture.figure import Figure, Style, arrow
from archc.picture.items import Item
from archc.picture.layout import Chain, Slot, arrange
from archc.picture.links import link
from archc.picture.scene import Group, Parts, Path, Point, Scene
from archc.picture.theme import HUES, kind

PAGE = 820.0
"""How wide a picture may be, in pixels, before its columns go on in a further row."""
MARGIN = 18.0
AIR, WORDS = 26.0, 9.0
"""Between two figures at least, and between two columns of captions."""
CLEAR = 5.0
"""Between a figure and its captions."""
APART = 12.0
"""Between what stands in one rank."""
BEND = 16.0
"""Between two ranks, where edges change their height; a chain has none that do."""
LANE, GUTTER = 7.0, 14.0
"""Between edges that turn to the next row, and between rows without any."""


@dataclass(slots=True)
class Column:
    """One rank on the page."""

    left: float
    right: float
    row: int


class Columns:
    """A network's picture in one of the styles that draw figures."""

    def __init__(self, graph: Graph, items: Sequence[Item], style: Style) -> None:
        self._graph, self._items, self._style = graph, items, style
        self._drawn = {item.name: style.figure(item) for item in items}
        self._above = {item.name: style.above(item) for item in items}
        self._below = {item.name: style.below(item) for item in items}
        sizes = {item.name: self._reach(item.name, self._half(item)) for item in items}
        self._layers = arrange(items, sizes, APART)
        self._chain = all(len(rank) == 1 for rank in self._layers.ranks)
        self._rows = self._broken()
        self._halves = self._align()
        self._columns = self._placed()
        self._middles = self._heights()

    def scene(self) -> Scene:
        """The whole picture."""
        theme, style = self._style.theme, self._style
        known = captions.rows(self._graph)
        title = legend.head(self._graph, theme)
        bottom = self._bottom + 12
        right = max(column.right for column in self._columns) + self._lanes
        right = max(right, *(text.box.right + MARGIN for text in title), MARGIN + 330)
        kinds = {kind(item.type) for item in self._items}
        swatches = [legend.swatch(name, theme) for name in HUES if name in kinds]
        rulers = [legend.ruler(scale, what, theme) for scale, what in style.rulers()]
        notes = [legend.note(text, theme) for text in style.notes()]
        foot, wide, high = legend.foot((swatches, rulers, notes), right - MARGIN)
        return Scene(
            width=max(right, MARGIN + wide) + MARGIN,
            height=bottom + high + MARGIN,
            paper=theme.paper,
            name=self._graph.name,
            about=f"{title[1].text}.",
            groups=(
                Group(tuple(text.moved(MARGIN, MARGIN) for text in title)),
                *(self._figure(item, known) for item in self._items),
                *(Group(parts) for parts in self._links()),
                *(self._words(item, known) for item in self._items),
                Group(tuple(part.moved(MARGIN, bottom) for part in foot)),
            ),
        )

    def _half(self, item: Item) -> float:
        return self._drawn[item.name].height / 2 + CLEAR

    def _reach(self, name: str, half: float) -> tuple[float, float]:
        """How far an item reaches from the middle of its figure, whose half height is given."""
        return half + height(self._above[name]), half + height(self._below[name])

    def _align(self) -> dict[Slot, float]:
        """How far from the middle captions begin: in a chain all of a row in one line."""
        halves = {slot: self._half(slot.item) for slot in self._layers.slots.values() if slot.item}
        if self._chain:
            for ranks in self._rows:
                row = [slot for rank in ranks for slot in self._layers.ranks[rank]]
                most = max(halves[slot] for slot in row)
                for slot in row:
                    assert slot.item is not None
                    halves[slot] = most
                    slot.before, slot.after = self._reach(slot.item.name, most)
        return halves

    def _wide(self, slot: Slot) -> float:
        if slot.item is None:
            return AIR
        name = slot.item.name
        words = [caption.width for caption in (*self._above[name], *self._below[name])]
        return max(self._drawn[name].width + AIR, max(words, default=0) + WORDS)

    def _broken(self) -> list[list[int]]:
        """The ranks of each row: as few rows as there can be, and all of about one width."""
        bend = 0 if self._chain else BEND
        widths = [max(map(self._wide, rank)) + bend for rank in self._layers.ranks]

        def rows(room: float) -> list[list[int]]:
            found: list[list[int]] = []
            left = 0.0
            for rank, width in enumerate(widths):
                if not found or width > left:
                    found.append([])
                    left = room
                found[-1].append(rank)
                left -= width
            return found

        room = max(PAGE - 2 * MARGIN, *widths)
        fewest = len(rows(room))
        if fewest > 1:
            room -= 4 * LANE
            fewest = len(rows(max(room, *widths)))
        low, high = max(widths), max(room, *widths)
        for _ in range(16):
            middle = (low + high) / 2
            low, high = (low, middle) if len(rows(middle)) == fewest else (middle, high)
        return rows(high)

    @cached_property
    def _turning(self) -> dict[int, list[str]]:
        """The values that are read beyond the end of a row, by its last rank: each has a lane."""
        ends = {ranks[-1] for ranks in self._rows}
        found: dict[int, dict[str, None]] = {}
        for chain in self._layers.edges:
            assert chain[0].item is not None
            for slot in chain[:-1]:
                if slot.rank in ends:
                    found.setdefault(slot.rank, {})[chain[0].item.name] = None
        return {rank: list(names) for rank, names in found.items()}

    @property
    def _lanes(self) -> float:
        """How much room the lanes need at either side."""
        return LANE * max(map(len, self._turning.values()), default=0)

    def _placed(self) -> list[Column]:
        bend = 0 if self._chain else BEND
        columns = []
        for row, ranks in enumerate(self._rows):
            left = MARGIN + self._lanes
            for rank in ranks:
                width = max(map(self._wide, self._layers.ranks[rank]))
                columns.append(Column(left, left + width, row))
                left += width + bend
        return columns

    def _heights(self) -> dict[Slot, float]:
        """Where the middle of each slot is, row below row; `_bottom` is where the last row ends."""
        found: dict[Slot, float] = {}
        top = MARGIN + legend.HEAD
        for ranks in self._rows:
            slots = [slot for rank in ranks for slot in self._layers.ranks[rank]]
            shift = top - min(slot.place - slot.before for slot in slots)
            for slot in slots:
                found[slot] = slot.place + shift
            self._bottom = max(found[slot] + slot.after for slot in slots)
            top = self._bottom + GUTTER + LANE * len(self._turning.get(ranks[-1], ()))
        return found

    def _figure_at(self, slot: Slot) -> Figure:
        assert slot.item is not None
        column, figure = self._columns[slot.rank], self._drawn[slot.item.name]
        left = (column.left + column.right - figure.width) / 2
        return figure.moved(left, self._middles[slot])

    def _figure(self, item: Item, known: dict[str, Row]) -> Group:
        figure = self._figure_at(self._layers.slots[item.name])
        return Group(figure.parts, item.name, captions.tip(item, known))

    def _captions(self, item: Item) -> Parts:
        slot, name = self._layers.slots[item.name], item.name
        column = self._columns[slot.rank]
        x, y = (column.left + column.right) / 2, self._middles[slot]
        half, theme = self._halves[slot], self._style.theme
        top = y - half - height(self._above[name])
        above = stacked(self._above[name], x, top, theme)
        return (*above, *stacked(self._below[name], x, y + half, theme))

    def _words(self, item: Item, known: dict[str, Row]) -> Group:
        return Group(self._captions(item), item.name, captions.tip(item, known))

    def _links(self) -> Iterator[Parts]:
        for chain in self._layers.edges:
            way = self._way(chain)
            first, last = chain[0], chain[-1]
            rows = {self._columns[slot.rank].row for slot in chain}
            level = abs(self._middles[first] - self._middles[last]) < 0.5
            parts: Parts = ()
            if len(chain) == 2 and len(rows) == 1 and level and first.item and last.item:
                ends = (first.item, self._figure_at(first)), (last.item, self._figure_at(last))
                parts = link(*ends, self._style)
                if self._cuts(parts, (first.item, last.item)):
                    parts = ()
            yield parts or arrow(way, self._style.theme.quiet)

    def _cuts(self, parts: Parts, items: tuple[Item, ...]) -> bool:
        """Whether a line runs through a caption: it may where captions are not in one line."""
        if self._chain:
            return False
        words = [part.box for item in items for part in self._captions(item)]
        lines = [part for part in parts if isinstance(part, Path)]
        return any(
            box.cut(one, other)
            for box in words
            for line in lines
            for one, other in pairwise((*line.points, line.points[0]))
        )

    def _way(self, chain: Chain) -> list[Point]:
        """The corners of an edge: level beside figures, and turning only between columns."""
        first, last = self._figure_at(chain[0]).right, self._figure_at(chain[-1]).left
        leave = {slot: self._middles[slot] for slot in chain} | {chain[0]: first.y}
        reach = {slot: self._middles[slot] for slot in chain} | {chain[-1]: last.y}
        points = [first]
        for one, other in pairwise(chain):
            here, there = self._columns[one.rank], self._columns[other.rank]
            points.append(Point(here.right, leave[one]))
            if here.row != there.row:
                assert chain[0].item is not None
                lane = self._turning[one.rank].index(chain[0].item.name) + 1
                low, right, left = self._around(one, other, lane)
                points += [Point(right, leave[one]), Point(right, low)]
                points += [Point(left, low), Point(left, reach[other])]
            points.append(Point(there.left, reach[other]))
        return [*points, last]

    def _around(self, one: Slot, other: Slot, lane: int) -> tuple[float, float, float]:
        """Where an edge goes below all of a row, right of it, and left of the next one."""
        ends = [c.right for c in self._columns if c.row == self._columns[one.rank].row]
        row = self._rows[self._columns[one.rank].row]
        low = max(self._middles[s] + s.after for rank in row for s in self._layers.ranks[rank])
        left = self._columns[other.rank].left
        return low + lane * LANE - 2, max(ends) + lane * LANE - 2, left - lane * LANE + 2
