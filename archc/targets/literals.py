"""How values are written in generated code: ASCII, by `repr`, and text never as anything but itself."""

import re
from collections.abc import Iterator
from decimal import Decimal

from archc.targets.formatting import WIDTH


def number(value: int | float) -> str:
    """A number as Python prints it: `0.0001`, `5`."""
    return repr(value)


def pair(value: tuple[int, int]) -> str:
    """A pair of sizes, as one number if both agree: `3`, `(3, 5)`."""
    return str(value[0]) if value[0] == value[1] else f"({value[0]}, {value[1]})"


def times(value: float, factor: int) -> float:
    """`value * factor`, exact in the digits that are printed: 1e-4 · 3 is 0.0003."""
    return float(Decimal(repr(value)) * factor)


def text(value: str) -> str:
    """A string literal in ASCII, with the quotes that need fewer escapes."""
    single = ascii(value + '"')[1:-2]  # with a double quote inside, repr prefers single quotes
    body = single.replace("\\'", "'")
    if body.count('"') > body.count("'"):
        return "'" + body.replace("'", "\\'") + "'"
    return '"' + body.replace('"', '\\"') + '"'


def assigned(name: str, value: str) -> str:
    """`name = "…"`, over several lines where one is too long."""
    line = f"{name} = {text(value)}"
    if len(line) <= WIDTH:
        return line
    chunks = [f"    {text(chunk)}" for chunk in _chunks(value, WIDTH - 4)]
    return "\n".join([f"{name} = (", *chunks, ")"])


def _chunks(value: str, width: int) -> Iterator[str]:
    """The text in pieces whose literals fit, broken after spaces where there are any."""
    piece = ""
    for word in re.findall(r"[^ ]* ?", value):
        if piece and len(text(piece + word)) > width:
            yield piece
            piece = ""
        for character in word:
            if len(text(piece + character)) > width:
                yield piece
                piece = ""
            piece += character
    if piece:
        yield piece
