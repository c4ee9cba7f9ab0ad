"""The page: columns in as many rows as they need, and the routes of edges between rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from archc.picture.items import strand_count
from archc.picture.layout import Layers, Slot, tighten
from archc.picture.scene import MARGIN, Point

PAGE = 820.0
"""The default maximum width of a picture, in pixels: beyond it, columns wrap to a further row."""
BEND = 16.0
"""Between two ranks, where edges change their height; a chain has none that do."""
LANE, GUTTER = 6.0, 14.0
"""Between edges that turn to the next row, and between rows without any."""

TRIES = 4
"""How often rows are broken anew because edges that turn at their ends took too much room."""


@dataclass(frozen=True, slots=True)
class Column:
    """One rank on the page."""

    left: float
    right: float
    row: int


class Strand(NamedTuple):
    """One of the lines, counted from 0 and from above, that carry a value to a reader."""

    value: str
    place: int = 0
    of: int = 1


class Page:
    """The place of each rank across the page, and each slot down it; `wide` is what a slot needs.

    It is `width` wide or less, margins included, where each rank alone is.
    """

    def __init__(self, layers: Layers, wide: Callable[[Slot], float], width: float = PAGE) -> None:
        self._layers = layers
        self.chain = all(len(rank) == 1 for rank in layers.ranks)
        self._bend = 0 if self.chain else BEND
        self._widths = [max(map(wide, rank)) + self._bend for rank in layers.ranks]
        room = width - 2 * MARGIN
        for _ in range(TRIES):
            self.rows = break_into_rows(self._widths, room)
            self._turning = self._lanes()
            self.columns = self._place_columns()
            over = ceil(self.right + MARGIN) - width
            if over <= 0:
                break
            widest = max(sum(self._widths[rank] for rank in row) for row in self.rows)
            room = min(room, widest + 2 * LANE) - over
        self.middles: dict[Slot, float] = {}
        self.bottom = 0.0

    def _place_columns(self) -> list[Column]:
        """One column for each rank."""
        found = []
        for row, ranks in enumerate(self.rows):
            left = MARGIN + self._margin
            for rank in ranks:
                found.append(Column(left, left + self._widths[rank] - self._bend, row))
                left += self._widths[rank]
        return found

    @property
    def right(self) -> float:
        """Where everything ends."""
        return max(column.right for column in self.columns) + self._margin

    def slots(self, row: int) -> list[Slot]:
        return [slot for rank in self.rows[row] for slot in self._layers.ranks[rank]]

    def settle(self, top: float, gap: float) -> None:
        """Give each slot its `middles`, row below row from `top`; `bottom` is where the last ends.

        In a rank, slots stand `gap` apart at least.
        """
        for row, ranks in enumerate(self.rows):
            tighten([self._layers.ranks[rank] for rank in ranks], gap)
            slots = self.slots(row)
            shift = top - min(slot.place - slot.before for slot in slots)
            self.middles |= {slot: slot.place + shift for slot in slots}
            self.bottom = self._end(row)
            top = self.bottom + GUTTER + LANE * len(self._turning.get(ranks[-1], ()))

    def turn(
        self, strand: Strand, one: Slot, other: Slot, leave: float, reach: float
    ) -> list[Point]:
        """The way of a value from the end of a row, below all of it, to the start of the next."""
        lanes = self._turning[one.rank]
        place = lanes.index(strand)
        # The upper of two strands goes around the lower, and is the inner one where they arrive.
        out, back = LANE * (len(lanes) - place) - 2, LANE * (place + 1) - 2
        row = self.columns[one.rank].row
        low = self._end(row) + out
        right = max(self.columns[rank].right for rank in self.rows[row]) + out
        left = self.columns[other.rank].left - back
        return [Point(right, leave), Point(right, low), Point(left, low), Point(left, reach)]

    def _end(self, row: int) -> float:
        return max(self.middles[slot] + slot.after for slot in self.slots(row))

    def _lanes(self) -> dict[int, list[Strand]]:
        """What goes on beyond the end of a row, from above, by its last rank: each has a lane."""
        ends = {ranks[-1] for ranks in self.rows}
        found: dict[int, dict[Strand, float]] = {}
        for chain in self._layers.edges:
            first, last = chain[0].item, chain[-1].item
            assert first is not None and last is not None
            count = strand_count(first, last)
            for slot in chain[:-1]:
                if slot.rank in ends:
                    lanes = found.setdefault(slot.rank, {})
                    lanes |= {Strand(first.name, i, count): slot.place for i in range(count)}
        # Sorting is stable: the strands of one slot stay in their order.
        return {rank: sorted(lanes, key=lanes.__getitem__) for rank, lanes in found.items()}

    @property
    def _margin(self) -> float:
        """How much room the lanes need at either side."""
        return LANE * max(map(len, self._turning.values()), default=0)


def break_into_rows(widths: Sequence[float], page: float) -> list[list[int]]:
    """Places of `widths` in rows: as few rows as there can be, and all of about one width."""

    def rows(room: float) -> list[list[int]]:
        found: list[list[int]] = []
        left = 0.0
        for place, width in enumerate(widths):
            if not found or width > left:
                found.append([])
                left = room
            found[-1].append(place)
            left -= width
        return found

    low, high = max(widths), max(page, *widths)
    if len(rows(high)) > 1:  # then edges turn in the margins
        high = max(page - 2 * LANE, *widths)
    fewest = len(rows(high))
    for _ in range(16):
        middle = (low + high) / 2
        low, high = (low, middle) if len(rows(middle)) == fewest else (middle, high)
    return rows(high)
