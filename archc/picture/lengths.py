"""Lengths as people write them, in pixels of a picture."""

import re
from dataclasses import dataclass
from math import inf, isfinite
from numbers import Real
from typing import NoReturn

from archc.errors import EnvironmentProblem, diagnostic, shown

PIXELS = {
    "px": 1.0,
    "pt": 96 / 72.27,  # TeX's point; PostScript's is a bp
    "bp": 96 / 72,
    "mm": 96 / 25.4,
    "cm": 96 / 2.54,
    "in": 96.0,
}
"""How many pixels, of 1/96 inch, a unit has."""
FORM = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))\s*([a-z]*)")


@dataclass(frozen=True, slots=True)
class Length:
    """A length in its unit."""

    number: float
    unit: str = "px"

    @property
    def pixels(self) -> float:
        return self.number * PIXELS[self.unit]

    def of(self, pixels: float) -> "Length":
        """Another length in the same unit."""
        return Length(pixels / PIXELS[self.unit], self.unit)

    def __str__(self) -> str:
        return f"{round(self.number, 1):g}{self.unit}"


def length(given: object, field: str) -> Length:
    """`345pt` or a number of pixels as a length; `field` is what messages call it.

    Raises EnvironmentProblem if it is no length above 0.
    """
    found = _read(given)
    if found is None:
        _refuse("E203", field, "a length such as 345pt", shown(given))
    if not isfinite(found.pixels):
        _refuse("E204", field, "finite", str(given))
    if found.number <= 0:
        _refuse("E204", field, "above 0", str(given))
    return found


def _read(given: object) -> Length | None:
    if isinstance(given, str):
        found = FORM.fullmatch(given.strip())
        unit = (found[2] or "px") if found else ""
        return Length(float(found[1]), unit) if found and unit in PIXELS else None
    if isinstance(given, bool) or not isinstance(given, Real):
        return None
    try:
        return Length(float(given))
    except OverflowError:
        return Length(inf)


def _refuse(code: str, field: str, expected: str, value: str) -> NoReturn:
    hint = f"write a number and one of {', '.join(PIXELS)}; a number alone counts pixels"
    value = value if len(value) <= 40 else f"{value[:39]}…"
    facts = {"field": field, "expected": expected, "value": value, "hint": hint}
    raise EnvironmentProblem([diagnostic(code, **facts)])
