"""Style `lenet`: maps as stacked squares, as in LeCun et al. 1998, figure 2."""

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

LARGEST, TALLEST = 78.0, 110.0
"""The largest map's side and the longest vector, in pixels of the picture."""
LEAST_SIDE, LEAST_BAR = 6.0, 6.0
MOST_MAPS = 16
"""How many maps of one layer are drawn; the 1998 figure has 16 as well."""
STEP = 2.8
"""From one map to the one before it, right and down."""
BAR, SLANT = 5.0, 9.0
BETWEEN_TOWERS = 12.0
WORDS = {"dense": "full connection", "rbf": "distance to codes"}
"""What the figure calls an operation, where that is not its label."""


class Stacks:
    """The figures of one network, all at its scales."""

    def __init__(self, items: Sequence[Item], theme: Theme, share: float = 1) -> None:
        """`share` is how large figures are, of their usual size."""
        self.theme = theme
        maps = [item for item in items if len(item.shape) == 3]
        self._vectors = [item.shape[0] for item in items if len(item.shape) == 1]
        self._clipped = any(item.shape[0] // item.towers > MOST_MAPS for item in maps)
        self.pixels = Scale.fit((n for i in maps for n in i.shape[1:]), LARGEST * share, LEAST_SIDE)
        self.units = Scale.fit(self._vectors, TALLEST * share, LEAST_BAR)

    def figure(self, item: Item) -> Figure:
        if len(item.shape) == 1:
            return self._bar(item)
        return stack([self._maps(item)] * item.towers, BETWEEN_TOWERS)

    def _maps(self, item: Item) -> Figure:
        count = min(item.shape[0] // item.towers, MOST_MAPS)
        high, wide = (self.pixels.length(n) for n in item.shape[1:])
        run = STEP * (count - 1)
        top, bottom, right = -(high + run) / 2, (high + run) / 2, wide + run
        fill, edge = self.theme.face(item.kind, 0.55), self.theme.edge(item.kind)
        squares = tuple(
            rectangle(STEP * i, top + STEP * i, wide, high, fill=fill, stroke=edge)
            for i in range(count)
        )
        # Plain edges run at the middle height, where it is on the first and the last map at all.
        level = 0.0 if high > run else bottom - high / 2
        middle = Point(right - wide / 2, bottom - high / 2)
        return Figure(
            width=right,
            height=high + run,
            parts=squares,
            faces=(Face(middle, Point(1, 0), Point(0, 1)),),
            targets=(Point(right - wide * 0.8, bottom - high * 0.3),),
            lefts=(Point(0, -level),),
            rights=(Point(right, level),),
            ends=(
                Point(right, bottom - high),
                Point(right, bottom),
                Point(0, top),
                Point(run, bottom),
            ),
        )

    def _bar(self, item: Item) -> Figure:
        high, colour = self.units.length(item.shape[0]), item.kind
        slant = SLANT * high / TALLEST
        corners = (
            Point(0, -high / 2), Point(BAR, -high / 2),
            Point(BAR + slant, high / 2), Point(slant, high / 2),
        )  # fmt: skip
        bar = Path(corners, self.theme.face(colour), self.theme.edge(colour))
        return Figure(
            width=BAR + slant,
            height=high,
            parts=(bar,),
            faces=(),
            targets=(Point(slant / 2, 0),),
            lefts=(Point(slant / 2, 0),),
            rights=(Point(slant / 2 + BAR, 0),),
            ends=(corners[1], corners[2], corners[0], corners[3]),
        )

    def above(self, item: Item) -> list[Caption]:
        count, *size = item.shape
        shape = f"{count}@{show(tuple(size))}" if size else str(count)
        return [Line(item.name, LARGE, bold=True, quiet=False), Line(shape, quiet=False)]

    def below(self, item: Item) -> list[Caption]:
        lines: list[Caption] = []
        if item.node:
            lines.append(Line(WORDS.get(item.node.op.type, label(item.node.op)), quiet=False))
            lines += captions.window_lines(item.node, item.towers, quiet=False)
        drawn = matrix(item)
        lines += [drawn] if drawn else []
        return [*lines, *captions.mark_lines(item), *captions.stored_lines(item)]

    def rulers(self) -> list[tuple[Scale, str]]:
        return [(self.pixels, "pixel"), *([(self.units, "unit")] if self._vectors else [])]

    def notes(self) -> Sequence[str]:
        about = (
            "Above: name and maps@size; below: what makes it, what follows, trainable parameters."
        )
        return (about, f"No more than {MOST_MAPS} maps are drawn.") if self._clipped else (about,)
