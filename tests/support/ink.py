"""Where each text of a picture has ink: read from the dots of its PNG and the outlines of its PDF.

Texts alone are drawn, on black, each in a colour of its own.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

import cairocffi
import numpy as np
from pypdf import PageObject, PdfReader

from archc.picture.scene import Box, Scene, Text

LEVELS = 32
"""Levels of green and of blue that tell colours apart, where a dot is half ink too."""
BORDER = 40
"""Beside a picture, in its pixels: what would leave the page is drawn there."""


def loose(scene: Scene, boxes: Sequence[Box], slack: float = 0.5) -> list[tuple[str, str]]:
    """What is wrong with texts that cover these boxes: outside the page, over another, too wide.

    `slack`, in pixels, is how far a text may reach beyond what it is measured to cover.
    """
    texts = scene.texts()
    wrong = []
    for text, box in zip(texts, boxes, strict=True):
        if box.left < 0 or box.top < 0 or box.right > scene.width or box.bottom > scene.height:
            wrong.append((text.text, "leaves the page"))
        room, near = text.box, slack + 0.15 * text.size
        if not (
            room.left - slack <= box.left <= room.left + near
            and room.right - near <= box.right <= room.right + slack
            and room.top - slack <= box.top
            and box.bottom <= room.bottom + slack
        ):
            wrong.append((text.text, f"{box} is not {room}"))
    for (one, a), (other, b) in combinations(zip(texts, boxes, strict=True), 2):
        if a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom:
            wrong.append((one.text, f"overlaps {other.text}"))
    return wrong


def coloured(scene: Scene) -> Scene:
    """The texts, each in its colour, on a page with a border."""
    inks = (_ink(place) for place in range(LEVELS**2))
    groups = tuple(
        replace(
            group,
            parts=tuple(
                replace(part, ink=next(inks)).moved(BORDER, BORDER)
                for part in group.parts
                if isinstance(part, Text)
            ),
        )
        for group in scene.groups
    )
    size = {"width": scene.width + 2 * BORDER, "height": scene.height + 2 * BORDER}
    return replace(scene, paper="#000000", groups=groups, **size)


def in_png(scene: Scene, write: Callable[[Scene], bytes]) -> list[Box]:
    """The box of each text's ink, in pixels of the scene; `write` makes a PNG."""
    texts, drawn = scene.texts(), coloured(scene)
    surface = cairocffi.ImageSurface.create_from_png(io.BytesIO(write(drawn)))
    wide, high, stride = surface.get_width(), surface.get_height(), surface.get_stride()
    dots = np.frombuffer(surface.get_data(), np.uint8).reshape(high, stride)[:, : wide * 4]
    dots = dots.reshape(high, wide, 4)  # blue, green, red
    rows, columns = np.nonzero(dots[:, :, 2] > 150)
    blue, green, red = (dots[rows, columns, channel].astype(float) for channel in range(3))
    step = 256 // LEVELS
    place = (np.rint(green / red * 255 / step) * LEVELS + np.rint(blue / red * 255 / step)).astype(
        int
    )
    lows = np.full((2, LEVELS**2 + LEVELS), np.inf)
    highs = np.full_like(lows, -np.inf)
    for axis, found in enumerate((columns, rows)):
        np.minimum.at(lows[axis], place, found)
        np.maximum.at(highs[axis], place, found + 1)
    share = wide / drawn.width
    assert np.isfinite(lows[0, : len(texts)]).all(), "a text has no ink"
    return [
        Box(
            *(lows[:, place] / share - BORDER),
            *(highs[:, place] / share - BORDER),
        )
        for place in range(len(texts))
    ]


def in_pdf(scene: Scene, write: Callable[[Scene], bytes]) -> list[Box]:
    """The box of each text's outlines, in pixels of the scene; `write` makes a PDF."""
    drawn = coloured(scene)
    (page,) = PdfReader(io.BytesIO(write(drawn))).pages
    assert "/Font" not in page.get("/Resources", {}), "a font of the machine"
    known = {_ink(place): place for place in range(len(scene.texts()))}
    points: dict[int, list[tuple[float, float]]] = {place: [] for place in known.values()}
    for ink, path in _fills(page.get_contents().get_data().split()):
        if ink in known:
            points[known[ink]] += path
    across = float(page.mediabox.width) / drawn.width
    found = []
    for path in points.values():
        xs, ys = zip(*path, strict=True)
        top, bottom = (drawn.height - y / across - BORDER for y in (max(ys), min(ys)))
        left, right = (x / across - BORDER for x in (min(xs), max(xs)))
        found.append(Box(left, top, right, bottom))
    return found


def outlines(page: PageObject) -> list[tuple[float, float]]:
    """The corners of all that is drawn on a page and is no text, and the beginnings of its texts."""
    found: list[tuple[float, float]] = []

    def visit(text: str, matrix: list[float], place: list[float], *_: object) -> None:
        if text.strip():
            a, b, c, d, e, f = matrix
            x, y = place[4:]
            found.append((a * x + c * y + e, b * x + d * y + f))

    page.extract_text(visitor_text=visit)
    paths = _fills(
        page.get_contents().get_data().split(), drawn=(b"f", b"f*", b"S", b"s", b"B", b"b")
    )
    return [*found, *(point for _, path in paths for point in path)]


def _fills(tokens: list[bytes], drawn: tuple[bytes, ...] = (b"f", b"f*")):
    """(colour, points) of every filled outline of a page, in its own units."""
    matrix, saved = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), []
    ink, path, numbers = "", [], []
    for token in tokens:
        try:
            numbers.append(float(token))
            continue
        except ValueError:
            given, numbers = numbers, []
        if token == b"q":
            saved.append(matrix)
        elif token == b"Q":
            matrix = saved.pop()
        elif token == b"cm":
            matrix = _product(tuple(given), matrix)
        elif token == b"rg":
            ink = "#" + "".join(f"{round(255 * share):02x}" for share in given)
        elif token in (b"m", b"l", b"c", b"re"):
            if token == b"re":
                x, y, wide, high = given
                given = [x, y, x + wide, y + high]
            a, b, c, d, e, f = matrix
            pairs = zip(given[::2], given[1::2], strict=True)
            path += [(a * x + c * y + e, b * x + d * y + f) for x, y in pairs]
        elif token in drawn:
            yield ink, path
            path = []
        elif token == b"n":
            path = []


def _product(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def _ink(place: int) -> str:
    step = 256 // LEVELS
    return f"#ff{place // LEVELS * step:02x}{place % LEVELS * step:02x}"
