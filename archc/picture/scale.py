"""How long a number of pixels, maps or units is drawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Self

LARGEST_UNIT = 6.0
"""What one pixel, map or unit is drawn as at most: ten units need no page."""
SEEN = 3.5
"""No length is shorter: the maps of a signal, 1 by thousands of pixels, would be hairlines."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Lengths in proportion to numbers or, with `root`, to their square roots.

    A network may begin with 227 pixels and end with 6: in proportion the last would not be seen.
    """

    unit: float
    root: bool
    largest: int

    @classmethod
    def fit(cls, numbers: Iterable[int], most: float, least: float) -> Self:
        """The scale that draws the largest as `most` or less.

        It is in proportion if nothing falls below `least`, but for a single pixel, map or unit.
        """
        found = sorted({1, *numbers})
        largest, smallest = found[-1], found[min(1, len(found) - 1)]
        most = min(most, largest * LARGEST_UNIT)
        root = most * smallest / largest < least
        return cls(most / (sqrt(largest) if root else largest), root, largest)

    def length(self, number: int) -> float:
        """How long `number` is drawn."""
        return max(SEEN, self.unit * (sqrt(number) if self.root else number))

    def round_number(self) -> int:
        """A number for the ruler that states the scale: 1, 2 or 5 and zeros, at most the largest."""
        power = int("1" + "0" * (len(str(self.largest)) - 1))
        return max(n * power for n in (1, 2, 5) if n * power <= self.largest)
