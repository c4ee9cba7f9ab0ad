"""Lengths as people write them, in pixels of a picture."""

import re
from dataclasses import dataclass
from math import ceil, inf, isfinite
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
LENGTHS = f"write a number and one of {', '.join(PIXELS)}; a number alone counts pixels"
FRAMES = "write a ratio, 16:9, or a width and a height, 120mmx60mm"
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


@dataclass(frozen=True, slots=True)
class Frame:
    """What a picture is to fit: a size, or if `ratio` only its shape."""

    width: Length
    height: Length
    ratio: bool = False

    def __str__(self) -> str:
        if self.ratio:
            return f"{self.width.number:g}:{self.height.number:g}"
        return f"{self.width}x{self.height}".replace("px", "")

    def grown(self, share: float) -> "Frame":
        """A frame of the same shape, in whole units at least so much larger."""
        width, height = (
            Length(ceil(side.number * share), side.unit) for side in (self.width, self.height)
        )
        return Frame(width, height)


def frame(given: object, field: str) -> Frame:
    """`120mmx60mm`, or a ratio such as `16:9`; `field` is what messages call it.

    A side without a unit has that of the other; without any, both are pixels. Raises
    EnvironmentProblem if it is neither.
    """
    text = given.strip() if isinstance(given, str) else ""
    number, unit = r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)", f"({'|'.join(PIXELS)})?"
    ratio = re.fullmatch(rf"{number}\s*:\s*{number}", text)
    size = re.fullmatch(rf"{number}\s*{unit}\s*[x×]\s*{number}\s*{unit}", text)
    if ratio:
        sides = Length(float(ratio[1])), Length(float(ratio[2]))
    elif size:
        wide, high = size[2] or size[4] or "px", size[4] or size[2] or "px"
        sides = Length(float(size[1]), wide), Length(float(size[3]), high)
    else:
        _refuse("E203", field, "a ratio or a size", shown(given), FRAMES)
    for side in sides:
        if not isfinite(side.pixels) or not side.number:
            _refuse("E204", field, "finite" if side.number else "above 0", text, FRAMES)
    return Frame(*sides, ratio=bool(ratio))


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


def _refuse(code: str, field: str, expected: str, value: str, hint: str = LENGTHS) -> NoReturn:
    value = value if len(value) <= 40 else f"{value[:39]}…"
    facts = {"field": field, "expected": expected, "value": value, "hint": hint}
    raise EnvironmentProblem([diagnostic(code, **facts)])
