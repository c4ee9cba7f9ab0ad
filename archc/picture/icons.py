"""Small icons before the words of marks: an activation's own curve, and one for each other mark."""

from archc.ops.base import Op
from archc.picture.scene import Parts, Path, Point, move_parts, rectangle

SIZE = 5.0
"""An icon's side, in pixels."""
Curve = tuple[tuple[float, float], ...]
Bars = tuple[float, ...]

CURVES: dict[str, Curve] = {
    "relu": ((0, 0), (0.5, 0), (1, 1)),
    "leaky_relu": ((0, 0), (0.5, 0.3), (1, 1)),
    "gelu": ((0, 0.2), (0.2, 0.17), (0.34, 0.04), (0.44, 0), (0.54, 0.06), (0.66, 0.3), (1, 1)),
    "activation": (
        (0, 0), (0.2, 0.03), (0.33, 0.12), (0.43, 0.3), (0.57, 0.7), (0.67, 0.88), (0.8, 0.97),
        (1, 1),
    ),
}  # fmt: skip
"""From left to right and upwards, both from 0 to 1; a slope or a dip is drawn larger than it is.

By type, or by family for all that have none of their own."""
BARS: dict[str, Bars] = {
    "softmax": (0.35, 1, 0.2),  # shares of one whole
    "normalisation": (1, 1, 1),  # neighbouring maps
}
"""How high each of several bars is, by type or by family."""


def icon(op: Op, left: float, bottom: float, ink: str) -> Parts:
    """The icon of an operation, standing on `bottom`: its own, else that of its family."""
    for key in (op.type, op.family):
        if key in CURVES:
            line = tuple(Point(x * SIZE, -y * SIZE) for x, y in CURVES[key])
            return move_parts((Path(line, None, ink, 0.9, closed=False),), left, bottom)
        if key in BARS:
            shares = enumerate(BARS[key])
            wide, step = SIZE * 0.2, SIZE * 0.38
            bars = (rectangle(i * step, -y * SIZE, wide, y * SIZE, fill=ink) for i, y in shares)
            return move_parts(bars, left, bottom)
        if key in OTHERS:
            return move_parts(OTHERS[key](ink), left, bottom)
    return move_parts(_row(ink), left, bottom)


def _missing(ink: str) -> Parts:
    """Units of which one is left out."""
    side, next_ = SIZE * 0.4, SIZE * 0.54
    return (
        rectangle(0, -SIZE, side, side, fill=ink),
        rectangle(next_, -side, side, side, fill=ink),
        rectangle(0, -side, side, side, fill=None, stroke=ink),
    )


def _row(ink: str) -> Parts:
    """Values in one line."""
    return (rectangle(0, -SIZE * 0.6, SIZE * 0.8, SIZE * 0.2, fill=ink),)


OTHERS = {"dropout": _missing}
"""What is neither a curve nor bars; anything without an icon is shown as values in a line."""
