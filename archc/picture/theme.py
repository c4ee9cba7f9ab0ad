"""Colours: those of Okabe and Ito, told apart also with the common forms of colour blindness.

Source: Okabe, Ito: Color Universal Design. 2008. In print without colour the words remain.
"""

from dataclasses import dataclass
from typing import Literal

from archc.ops.base import Family
from archc.picture.styles import ThemeName

Kind = Literal["input"] | Family
"""What is drawn: the network's input, or an operation of a family."""
HUES: dict[Kind, str] = {
    "input": "#999999",
    "convolution": "#56b4e9",
    "pooling": "#e69f00",
    "dense": "#009e73",
    "fixed codes": "#f0e442",
    "join": "#d55e00",
    "normalisation": "#cc79a7",
    "activation": "#0072b2",
    "other": "#555555",
}
"""What is drawn in which colour; a legend says of `other` which operations are meant."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Paper, ink, and how strongly the colours stand on the paper."""

    paper: str
    ink: str
    quiet: str
    strength: float

    def face(self, kind: Kind, share: float = 1) -> str:
        """The area of something: its colour, and paper."""
        return mix(HUES[kind], self.paper, self.strength * share)

    def edge(self, kind: Kind) -> str:
        """The outline of something: its colour, and ink."""
        return mix(HUES[kind], self.ink, 0.45)


THEMES: dict[ThemeName, Theme] = {
    "light": Theme(paper="#ffffff", ink="#1a1a1a", quiet="#555555", strength=0.6),
    "dark": Theme(paper="#14171a", ink="#f0f0f0", quiet="#b4b9bf", strength=0.62),
}


def mix(one: str, other: str, share: float) -> str:
    """A colour that is `share` of `one` and else `other`."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)
