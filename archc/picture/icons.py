"""Small signs before the words of marks: an activation's own curve, and one for each other mark."""

from archc.picture.scene import Parts, Path, Point, moved, rectangle

SIZE = 5.0
"""A sign's side, in pixels."""
Curve = tuple[tuple[float, float], ...]
Bars = tuple[float, ...]
_S: Curve = (
    (0, 0), (0.2, 0.03), (0.33, 0.12), (0.43, 0.3), (0.57, 0.7), (0.67, 0.88), (0.8, 0.97), (1, 1),
)  # fmt: skip

CURVES: dict[str, Curve] = {
    "relu": ((0, 0), (0.5, 0), (1, 1)),
    "leaky_relu": ((0, 0), (0.5, 0.3), (1, 1)),
    "gelu": ((0, 0.2), (0.2, 0.17), (0.34, 0.04), (0.44, 0), (0.54, 0.06), (0.66, 0.3), (1, 1)),
    "tanh": _S,
    "scaled_tanh": _S,
    "sigmoid": _S,
}
"""From left to right and upwards, both from 0 to 1; a slope or a dip is drawn larger than it is."""
BARS: dict[str, Bars] = {
    "softmax": (0.35, 1, 0.2),  # shares of one whole
    "lrn": (1, 1, 1),  # neighbouring maps
    "batch_norm": (1, 1, 1),
}
"""How high each of several bars is."""


def sign(op: str, left: float, bottom: float, ink: str) -> Parts:
    """The sign of an operation, standing on `bottom`."""
    if op in CURVES:
        line = tuple(Point(x * SIZE, -y * SIZE) for x, y in CURVES[op])
        return moved((Path(line, None, ink, 0.9, closed=False),), left, bottom)
    if op in BARS:
        shares = enumerate(BARS[op])
        wide, step = SIZE * 0.2, SIZE * 0.38
        bars = (rectangle(i * step, -y * SIZE, wide, y * SIZE, fill=ink) for i, y in shares)
        return moved(bars, left, bottom)
    return moved(OTHERS[op](ink), left, bottom)


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


OTHERS = {"dropout": _missing, "flatten": _row}
