"""Bitmaps of X and . in a spec: connection tables and codes."""

from typing import Any

from archc.ops.problem import Mismatch, UnevenDrawing

Bitmap = tuple[str, ...]
"""Its lines, top to bottom, all equally long."""
FORM = "lines of X and . (write | and draw below it)"


def rows(value: Any) -> tuple[str, ...]:
    """The lines of one drawing, all equally long; spaces are ignored."""
    lines = tuple("".join(line.split()) for line in _text(value).splitlines() if line.strip())
    _even(lines, 1)
    return lines


def bitmaps(value: Any) -> tuple[tuple[str, ...], ...]:
    """Bitmaps side by side, separated by spaces; an empty line begins the next row.

    They are returned row by row, left to right.
    """
    found: list[tuple[str, ...]] = []
    block: list[list[str]] = []
    for number, line in enumerate([*_text(value).splitlines(), ""], start=1):
        words = line.split()
        if words and block and len(words) != len(block[0]):
            shown = f"line {number} shows {len(words)} side by side"
            raise UnevenDrawing(f"{shown}, the one above {len(block[0])}")
        if words:
            block.append(words)
        elif block:
            found += zip(*block, strict=True)
            block = []
    for number, drawing in enumerate(found, start=1):
        _even(drawing, number)
        if _size(drawing) != _size(found[0]):
            wrong = f"drawing {number} is {_size(drawing)}"
            raise UnevenDrawing(f"{wrong}, the first is {_size(found[0])}")
    return tuple(found)


def _size(drawing: tuple[str, ...]) -> str:
    return f"{len(drawing)}x{len(drawing[0])}"


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or set(value) - set("X. \n"):
        raise Mismatch(FORM)
    return value


def _even(lines: tuple[str, ...], number: int) -> None:
    for line, text in enumerate(lines, start=1):
        if len(text) != len(lines[0]):
            where = f"line {line} of drawing {number}"
            raise UnevenDrawing(f"{where} is {len(text)} wide, its first line {len(lines[0])}")
