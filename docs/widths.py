"""Writes archc/picture/fonts/widths.json: the widths of the letters of the shipped fonts.

python docs/widths.py > archc/picture/fonts/widths.json
"""

import json

from fontTools.ttLib import TTFont

from archc.picture.text import FONTS


def widths(path: str) -> dict[str, str]:
    """The characters of each width, in thousandths of the size."""
    font = TTFont(path)
    found: dict[int, list[str]] = {}
    for code, glyph in font.getBestCmap().items():
        if code >= ord(" "):
            thousandths = round(font["hmtx"][glyph][0] * 1000 / font["head"].unitsPerEm)
            found.setdefault(thousandths, []).append(chr(code))
    return {str(width): "".join(sorted(found[width])) for width in sorted(found)}


def text() -> str:
    """The file."""
    return json.dumps({face: widths(str(path)) for face, path in FONTS.items()}, indent=1) + "\n"


if __name__ == "__main__":
    print(text(), end="")
