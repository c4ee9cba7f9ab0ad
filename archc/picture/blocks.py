"""Style `blocks`: maps as boxes, as in Krizhevsky et al. 2012, figure 2.

A box is as high as its maps and as long as they are many; their width recedes, drawn at a share of
its length. Groups are towers, one above the other.
"""

from collections.abc import Sequence

from archc.ops.tensor import show
from archc.picture import captions
from archc.picture.bitmaps import matrix
from archc.picture.captions import LARGE, Caption, Line
from archc.picture.figure import Face, Figure, stack
from archc.picture.items import Item
from archc.picture.scale import Scale
from archc.picture.scene import Path, Point, rectangle
from archc.picture.theme import Theme
from archc.picture.words import label

HIGHEST, LONGEST, TALLEST = 112.0, 40.0, 130.0
"""The largest map's side, the most maps and the longest vector, in pixels of the picture."""
LEAST_SIDE, LEAST_LENGTH, LEAST_BAR = 7.0, 3.0, 6.0
RECEDING = 0.3
"""What the width of a map goes to the right and up, of its length."""
LEAST_DEPTH = 3.0
BAR = 9.0
BETWEEN_TOWERS = 12.0


class Blocks:
    """The figures of one network, all at its scales."""

    def __init__(self, items: Sequence[Item], theme: Theme, share: float = 1) -> None:
        """`share` is how large figures are, of their usual size."""
        self.theme = theme
        maps = [item for item in items if len(item.shape) == 3]
        self._vectors = [item.shape[0] for item in items if len(item.shape) == 1]
        self.pixels = Scale.fit((n for i in maps for n in i.shape[1:]), HIGHEST * share, LEAST_SIDE)
        counts = (item.shape[0] // item.towers for item in maps)
        self.maps = Scale.fit(counts, LONGEST * share, LEAST_LENGTH)
        self.units = Scale.fit(self._vectors, TALLEST * share, LEAST_BAR)

    def figure(self, item: Item) -> Figure:
        if len(item.shape) == 1:
            return self._bar(item)
        return stack([self._box(item)] * item.towers, BETWEEN_TOWERS)

    def _box(self, item: Item) -> Figure:
        count, rows, columns = item.shape
        long, high = self.maps.length(count // item.towers), self.pixels.length(rows)
        deep = max(LEAST_DEPTH, self.pixels.length(columns) * RECEDING)
        colour, edge = item.kind, self.theme.edge(item.kind)
        top, bottom = -(high + deep) / 2, (high + deep) / 2
        front = rectangle(0, top + deep, long, high, fill=self.theme.face(colour), stroke=edge)
        lid = Path(
            (
                Point(0, top + deep), Point(deep, top), Point(long + deep, top),
                Point(long, top + deep),
            ), self.theme.face(colour, 0.5), edge,
        )  # fmt: skip
        side = Path(
            (
                Point(long, top + deep), Point(long + deep, top),
                Point(long + deep, bottom - deep), Point(long, bottom),
            ), self.theme.face(colour, 0.72), edge,
        )  # fmt: skip
        # Plain edges run at the middle height, where it is on the box at all.
        level = 0.0 if high > deep else bottom - high / 2
        face = Face(Point(long + deep / 2, 0), Point(RECEDING, -RECEDING), Point(0, 1))
        return Figure(
            width=long + deep,
            height=high + deep,
            parts=(front, lid, side),
            faces=(face,),
            targets=(Point(0, bottom - high / 2),),
            lefts=(Point(0, level),),
            rights=(Point(long + deep, -level),),
            ends=(
                Point(long + deep, top), Point(long + deep, bottom - deep),
                Point(0, top + deep), Point(0, bottom),
            ),
        )  # fmt: skip

    def _bar(self, item: Item) -> Figure:
        high, colour = self.units.length(item.shape[0]), item.kind
        bar = rectangle(
            0, -high / 2, BAR, high, fill=self.theme.face(colour), stroke=self.theme.edge(colour)
        )
        middle = Point(0, 0)
        return Figure(
            width=BAR,
            height=high,
            parts=(bar,),
            faces=(),
            targets=(middle,),
            lefts=(middle,),
            rights=(Point(BAR, 0),),
            ends=(
                Point(BAR, -high / 2), Point(BAR, high / 2),
                Point(0, -high / 2), Point(0, high / 2),
            ),
        )  # fmt: skip

    def above(self, item: Item) -> list[Caption]:
        return []

    def below(self, item: Item) -> list[Caption]:
        lines: list[Caption] = [
            Line(item.name, LARGE, bold=True, quiet=False),
            Line(show(item.shape), quiet=False),
        ]
        if item.node:
            lines.append(Line(label(item.node.op)))
            lines += captions.window_lines(item.node, item.towers)
        drawn = matrix(item)
        lines += [drawn] if drawn else []
        return [*lines, *captions.mark_lines(item), *captions.stored_lines(item)]

    def rulers(self) -> list[tuple[Scale, str]]:
        found = [(self.pixels, "pixel"), (self.maps, "map")]
        return [*found, *([(self.units, "unit")] if self._vectors else [])]

    def notes(self) -> Sequence[str]:
        return (
            "A box's height and depth show the map size, its length the number of maps.",
            "Below: output, operation, window /stride, what follows, trainable parameters.",
        )
