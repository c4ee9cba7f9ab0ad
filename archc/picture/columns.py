"""Figures in columns, their captions above and below."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod

from archc.network.graph import Graph
from archc.picture import captions, legend
from archc.picture.captions import Row, height, stack_captions
from archc.picture.figure import Figure, Style, arrow
from archc.picture.items import Item, strand_count
from archc.picture.layout import Chain, Slot, arrange
from archc.picture.links import covered, link, patches
from archc.picture.page import PAGE, Page, Strand
from archc.picture.scene import MARGIN, Group, Parts, Path, Point, Scene
from archc.picture.section import Section
from archc.picture.styles import WHOLE, View

AIR, WORDS = 26.0, 9.0
"""Between two figures at least, and between two columns of captions."""
CLEAR = 5.0
"""Between a figure and its captions."""
APART = 12.0
"""Between two items of one rank."""
SIDE_BY_SIDE = 5.0
"""Between the lines of towers that pass a rank together."""
NARROWEST = 330.0
"""What the legend needs to read well."""


class Columns:
    """A network's picture in one of the styles that draw figures."""

    def __init__(
        self,
        graph: Graph,
        section: Section,
        style: Style,
        items: Sequence[Item],
        width: float = PAGE,
        view: View = WHOLE,
    ) -> None:
        self._graph, self._section, self._view = graph, section, view
        self._items, self._style = items, style
        self._drawn = {item.name: style.figure(item) for item in items}
        self._above = {item.name: style.above(item) for item in items}
        self._below = {item.name: style.below(item) for item in items}
        self._halves = {name: figure.height / 2 + CLEAR for name, figure in self._drawn.items()}
        sizes = {item.name: self._reach(item.name) for item in items}
        self._layers = arrange(items, sizes, APART)
        self._page = Page(self._layers, self._wide, width)
        if self._page.chain:
            self._align()
        self._page.settle(legend.top(view), APART)

    def scene(self) -> Scene:
        """The whole picture."""
        theme, style = self._style.theme, self._style
        known = captions.summary_rows(self._graph)
        rulers = [legend.ruler(scale, what, theme) for scale, what in style.rulers()]
        notes = [legend.note(text, theme) for text in style.notes()]
        return legend.frame(
            self._section,
            theme,
            self._view,
            (
                *(self._figure(item, known) for item in self._items),
                *(self._link(chain, known) for chain in self._edges()),
                *(self._words(item, known) for item in self._items),
            ),
            right=max(self._page.right, (MARGIN + NARROWEST) * self._view.legend),
            bottom=self._page.bottom,
            apart=12,
            entries=(legend.swatches(self._items, theme), rulers, notes),
        )

    def _reach(self, name: str) -> tuple[float, float]:
        """How far an item and its captions reach above and below the middle of its figure."""
        half = self._halves[name]
        return half + height(self._above[name]), half + height(self._below[name])

    def _align(self) -> None:
        """Let the captions of a row begin in one line."""
        for row in range(len(self._page.rows)):
            found = [(slot, slot.item.name) for slot in self._page.slots(row) if slot.item]
            most = max(self._halves[name] for _, name in found)
            for slot, name in found:
                self._halves[name] = most
                slot.before, slot.after = self._reach(name)

    def _wide(self, slot: Slot) -> float:
        if slot.item is None:
            return AIR
        name = slot.item.name
        words = [caption.width for caption in (*self._above[name], *self._below[name])]
        return max(self._drawn[name].width + AIR, max(words, default=0) + WORDS)

    def _figure_at(self, slot: Slot) -> Figure:
        assert slot.item is not None
        column, figure = self._page.columns[slot.rank], self._drawn[slot.item.name]
        left = (column.left + column.right - figure.width) / 2
        return figure.moved(left, self._page.middles[slot])

    def _figure(self, item: Item, known: dict[str, Row]) -> Group:
        figure = self._figure_at(self._layers.slots[item.name])
        return Group(figure.parts, item.name, captions.tip(item, known), item.layers)

    def _words(self, item: Item, known: dict[str, Row]) -> Group:
        return Group(self._captions(item), item.name, captions.tip(item, known), item.layers)

    def _captions(self, item: Item) -> Parts:
        slot, name = self._layers.slots[item.name], item.name
        column = self._page.columns[slot.rank]
        x, y = (column.left + column.right) / 2, self._page.middles[slot]
        half, theme = self._halves[name], self._style.theme
        top = y - half - height(self._above[name])
        above = stack_captions(self._above[name], x, top, theme)
        return (*above, *stack_captions(self._below[name], x, y + half, theme))

    def _link(self, chain: Chain, known: dict[str, Row]) -> Group:
        _, reader = _ends(chain)
        tip = captions.tip(reader, known)
        return Group(self._edge_parts(chain), tip=tip, layers=reader.layers)

    def _edges(self) -> list[Chain]:
        """All edges; of those that leave one item, the smallest patch comes last and on top."""
        places = {item.name: place for place, item in enumerate(self._items)}

        def key(chain: Chain) -> tuple[int, int]:
            first, last = _ends(chain)
            return places[first.name], -prod(covered(first, last))

        return sorted(self._layers.edges, key=key)

    def _edge_parts(self, chain: Chain) -> Parts:
        """An edge: a projection or a fan if its ends are neighbours, else an arrow."""
        page, (first, last) = self._page, (chain[0], chain[-1])
        beside = len(chain) == 2 and page.columns[first.rank].row == page.columns[last.rank].row
        level = abs(page.middles[first] - page.middles[last]) < 0.5
        source, reader = _ends(chain)
        before, after = (source, self._figure_at(first)), (reader, self._figure_at(last))
        if beside and level:
            parts = link(before, after, self._style)
            if parts and not self._cut(parts, (source, reader)):
                return parts
        starts, stops = before[1].rights, after[1].lefts
        lines = strand_count(source, reader)
        ways = [
            way
            for place in range(lines)
            for way in self._ways(
                chain,
                _share(starts, place, lines),
                _share(stops, place, lines),
                Strand(source.name, place, lines),
            )
        ]
        arrows = (part for way in ways for part in arrow(way, self._style.theme.quiet))
        return (*arrows, *patches(before, reader, self._style))

    def _cut(self, parts: Parts, items: tuple[Item, ...]) -> bool:
        """Whether a line runs through a caption: it may where captions are not in one line."""
        if self._page.chain:
            return False
        words = [part.box for item in items for part in self._captions(item)]
        lines = [part for part in parts if isinstance(part, Path)]
        return any(box.cut(*step) for box in words for line in lines for step in _steps(line))

    def _ways(
        self, chain: Chain, starts: Sequence[Point], stops: Sequence[Point], strand: Strand
    ) -> Iterator[list[Point]]:
        """The corners of a strand, from and to each tower that it bundles, at their middle height.

        It is level beside figures, and turns only between columns.
        """
        aside = SIDE_BY_SIDE * (strand.place - (strand.of - 1) / 2)
        leave, reach = (
            {slot: self._page.middles[slot] + aside for slot in chain} for _ in range(2)
        )
        leave[chain[0]], reach[chain[-1]] = _middle(starts), _middle(stops)
        points: list[Point] = []
        for one, other in pairwise(chain):
            here, there = self._page.columns[one.rank], self._page.columns[other.rank]
            points.append(Point(here.right, leave[one]))
            if here.row != there.row:
                points += self._page.turn(strand, one, other, leave[one], reach[other])
            points.append(Point(there.left, reach[other]))
        count = max(len(starts), len(stops))
        for first, last in zip(
            _repeat_last(starts, count), _repeat_last(stops, count), strict=True
        ):
            yield [first, *points, last]


def _ends(chain: Chain) -> tuple[Item, Item]:
    first, last = chain[0].item, chain[-1].item
    assert first is not None and last is not None
    return first, last


def _steps(line: Path) -> Iterator[tuple[Point, Point]]:
    """The straight pieces of an outline."""
    return pairwise((*line.points, line.points[0]))


def _share(points: Sequence[Point], place: int, count: int) -> Sequence[Point]:
    """One of `count` equal shares of some points."""
    size = len(points) // count
    return points[place * size : (place + 1) * size]


def _middle(points: Sequence[Point]) -> float:
    return (points[0].y + points[-1].y) / 2


def _repeat_last(points: Sequence[Point], count: int) -> list[Point]:
    """As many points as are asked for, the last one repeated."""
    return [*points, *[points[-1]] * (count - len(points))]
