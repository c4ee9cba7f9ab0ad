"""The letters of the shipped fonts as outlines, so that no machine's fonts draw them.

Needs fontTools, and a canvas with the methods of a cairo context.
"""

from functools import cache
from typing import Any

from fontTools.pens.cairoPen import CairoPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from archc.picture.text import FONTS


@cache
def _font(bold: bool) -> Any:
    """A face, read once; its glyphs are read when they are used."""
    return TTFont(FONTS["bold" if bold else "regular"], lazy=True)


@cache
def _glyph(character: str, bold: bool) -> DecomposingRecordingPen:
    font = _font(bold)
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[font.getBestCmap()[ord(character)]].draw(pen)
    return pen


def units_per_em(bold: bool) -> int:
    """How many units of an outline the size of the font is."""
    return int(_font(bold)["head"].unitsPerEm)


def trace(context: Any, character: str, bold: bool) -> None:
    """Add the outline of a character to the path of a cairo context, in the font's units, upwards."""
    _glyph(character, bold).replay(CairoPen(None, context))
