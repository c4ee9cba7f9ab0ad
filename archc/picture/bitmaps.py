"""Drawings of X and dots as small matrices: tables of connections and the codes of RBF outputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from archc.ops.conv2d import Conv2d
from archc.ops.rbf import Rbf
from archc.picture.items import Item
from archc.picture.scene import Parts, Path, rectangle
from archc.picture.theme import Theme

MOST = 4096
"""The most signs that are drawn: more could not be told apart."""
LARGEST = 64.0
"""A matrix's larger side at most, in pixels of the picture."""
AIR = 2.5
"""Above a matrix and below it."""
MOST_BESIDE = 5
"""How many codes stand beside each other, as in figure 3 of LeCun et al. 1998."""


def matrix(item: Item) -> "Table | Codes | None":
    """What an item's operation has of such drawings, if it can be seen."""
    op = item.node.op if item.node else None
    if isinstance(op, Conv2d) and op.connections is not None:
        signs = len(op.connections) * len(op.connections[0])
        return Table(op.connections) if signs <= MOST else None
    if isinstance(op, Rbf):
        signs = len(op.codes) * len(op.codes[0]) * len(op.codes[0][0])
        return Codes(op.codes) if signs <= MOST else None
    return None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of connections: a row an input map, a column a filter (Table I of the 1998 paper)."""

    rows: tuple[str, ...]

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
            for column, sign in enumerate(line)
            if sign == "X"
        ]
        return (frame, *dots)


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of RBF outputs: bitmaps in rows, the first at the upper left."""

    bitmaps: tuple[tuple[str, ...], ...]

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
        """From one bitmap to the next, across and down, in signs."""
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
    for sign, stretch in groupby(text):
        length = len([*stretch])
        if sign == "X":
            yield start, length
        start += length
