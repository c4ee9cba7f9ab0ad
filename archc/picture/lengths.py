"""Lengths as people write them, in pixels of a picture."""

import re
from math import isfinite

PIXELS = {
    "px": 1.0,
    "pt": 96 / 72.27,  # TeX's point; PostScript's is a bp
    "bp": 96 / 72,
    "mm": 96 / 25.4,
    "cm": 96 / 2.54,
    "in": 96.0,
}
"""How many pixels, of 1/96 inch, a unit has."""


def pixels(text: str) -> float:
    """`345pt` as pixels; raises ValueError if it is no length above 0."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)", text.strip())
    unit = PIXELS.get(found[2] or "px") if found else None
    length = float(found[1]) * unit if found and unit else 0.0
    if not (isfinite(length) and length > 0):
        raise ValueError(f"{text!r} is no length such as 345pt: a number and {', '.join(PIXELS)}")
    return length
