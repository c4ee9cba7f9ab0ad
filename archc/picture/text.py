"""How wide text is: Helvetica's own widths, so that nothing is measured by a program that draws.

Source: Adobe's metrics of the standard PostScript fonts (Helvetica.afm, Helvetica-Bold.afm). Arial,
Liberation Sans and Nimbus Sans have the same widths.
"""

from archc.errors import printable

FAMILY = "Helvetica, Arial, 'Liberation Sans', 'Nimbus Sans', sans-serif"
ASCENT, DESCENT = 0.76, 0.23
"""How far letters reach above and below the line they stand on, in their size, with a little air."""

# A thousandth of the size for each character from the space to the tilde.
_REGULAR = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
)  # fmt: skip
_BEYOND = {"×": 584, "·": 278, "–": 556, "…": 1000, "−": 584}
WIDEST = 1015
"""What a character counts that Helvetica may not have: another font will draw it."""


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line of text in the units of `size`; control characters count as escapes."""
    return sum(_thousandths(character, bold) for character in printable(text)) * size / 1000


def shorten(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text, or as much of it as fits into `room`, and an ellipsis."""
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(text + "…", size, bold=bold) > room:
        text = text[:-1]
    return text + "…"


def _thousandths(character: str, bold: bool) -> int:
    place = ord(character) - 32
    table = _BOLD if bold else _REGULAR
    return table[place] if 0 <= place < len(table) else _BEYOND.get(character, WIDEST)
