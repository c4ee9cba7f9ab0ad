"""Bitmaps of X and dots as small matrices: connection tables and the codes of RBF outputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from archc.ops.bitmaps import Bitmap
from archc.picture.items import Item
from archc.picture.scene import Parts, Path, rectangle
from archc.picture.theme import Theme

MOST = 4096
"""The most pixels that are drawn: more could not be told apart."""
LARGEST = 64.0
"""A matrix's larger side at most, in pixels of the picture."""
AIR = 2.5
"""Above a matrix and below it."""
MOST_BESIDE = 5
"""How many codes stand beside each other, as in figure 3 of LeCun et al. 1998."""


def matrix(item: Item) -> "Table | Codes | None":
    """The bitmaps of an item's operation; None where it has none, or more than can be seen."""
    found = item.node.op.drawings if item.node else ()
    if not found or len(found) * len(found[0]) * len(found[0][0]) > MOST:
        return None
    return Codes(found) if item.kind == "fixed codes" else Table(found[0])


@dataclass(frozen=True, slots=True)
class Table:
    """A connection table: a row an input map, a column a filter (Table I of the 1998 paper)."""

    rows: Bitmap

    @property
    def cell(self) -> float:
        return min(4.0, LARGEST / len(self.rows[0]), LARGEST / len(self.rows))

    @property
    def width(self) -> float:
        return self.cell * len(self.rows[0])

    @property
    def height(self) -> float:
        return self.cell * len(self.rows) + 2 * AIR

    def draw(self, x: float, top: float, theme: Theme) -> Parts:
        """The matrix, its middle at `x`."""
        left, top, cell = x - self.width / 2, top + AIR, self.cell
        high = cell * len(self.rows)
        frame = rectangle(left, top, self.width, high, fill=None, stroke=theme.quiet)
        first, size = cell * 0.14, cell * 0.72
        dots = [
            rectangle(
                left + cell * column + first, top + cell * row + first, size, size, fill=theme.ink
            )
            for row, line in enumerate(self.rows)
            for column, pixel in enumerate(line)
            if pixel == "X"
        ]
        return (frame, *dots)


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of RBF outputs: bitmaps in rows, the first at the upper left."""

    bitmaps: tuple[Bitmap, ...]

    @property
    def _cell(self) -> float:
        beside, below = self._many
        wide, high = self._steps
        return min(1.1, LARGEST / (beside * wide), LARGEST / (below * high))

    @property
    def _many(self) -> tuple[int, int]:
        beside = min(len(self.bitmaps), MOST_BESIDE)
        return beside, ceil(len(self.bitmaps) / beside)

    @property
    def _steps(self) -> tuple[int, int]:
        """From one bitmap to the next, across and down, in pixels."""
        return len(self.bitmaps[0][0]) + 2, len(self.bitmaps[0]) + 2

    @property
    def width(self) -> float:
        return self._cell * (self._many[0] * self._steps[0] - 2)

    @property
    def height(self) -> float:
        return self._cell * (self._many[1] * self._steps[1] - 2) + 2 * AIR

    def draw(self, x: float, top: float, theme: Theme) -> Parts:
        """The bitmaps, their middle at `x`."""
        left, cell, (wide, high) = x - self.width / 2, self._cell, self._steps
        parts: list[Path] = []
        for number, bitmap in enumerate(self.bitmaps):
            row, column = divmod(number, self._many[0])
            for line, text in enumerate(bitmap):
                y = top + AIR + cell * (row * high + line)
                for start, length in _runs(text):
                    run = left + cell * (column * wide + start)
                    parts.append(rectangle(run, y, cell * length, cell, fill=theme.ink))
        return tuple(parts)


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Where each stretch of X begins, and how long it is."""
    start = 0
    for pixel, stretch in groupby(text):
        length = len([*stretch])
        if pixel == "X":
            yield start, length
        start += length
