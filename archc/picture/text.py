"""How wide text is: the widths of the font in which PNG and PDF draw it, which are Helvetica's.

Liberation Sans ships with archc (fonts/), so that no picture depends on the fonts of a machine. Its
letters are as wide as those of Helvetica, Arial and Nimbus Sans, LaTeX's own; a browser without any
of them is told the width of every text (svg.py).
"""

import json
from functools import cache
from pathlib import Path

from archc.errors import printable

FAMILY = "Helvetica, Arial, 'Liberation Sans', 'Nimbus Sans', sans-serif"
_FOLDER = Path(__file__).parent / "fonts"
FONTS = {
    "regular": _FOLDER / "LiberationSans-Regular.ttf",
    "bold": _FOLDER / "LiberationSans-Bold.ttf",
}
ASCENT, DESCENT = 0.76, 0.23
"""How far letters reach above and below the line they stand on, in their size, with a little air."""

WIDEST = 1015
"""What a character counts that the font lacks: another font draws it."""


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line of text in the units of `size`; control characters count as escapes."""
    known = thousandths(bold)
    return sum(known.get(character, WIDEST) for character in printable(text)) * size / 1000


def shorten(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text, or as much of it as fits into `room`, and an ellipsis."""
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(text + "…", size, bold=bold) > room:
        text = text[:-1]
    return text + "…"


@cache
def thousandths(bold: bool) -> dict[str, int]:
    """The width of every character of the font, in thousandths of its size."""
    faces = json.loads((_FOLDER / "widths.json").read_text(encoding="ascii"))
    widths: dict[str, str] = faces["bold" if bold else "regular"]
    return {
        character: int(width) for width, characters in widths.items() for character in characters
    }
