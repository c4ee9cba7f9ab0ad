"""One item's figure, and what a style of figures in columns is."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from typing import Protocol

from archc.picture.captions import Caption
from archc.picture.items import Item
from archc.picture.scale import Scale
from archc.picture.scene import Parts, Path, Point, move_parts
from archc.picture.theme import Theme


@dataclass(frozen=True, slots=True)
class Face:
    """A map as it is seen: its middle, and one pixel's way across and down."""

    middle: Point
    across: Point
    down: Point

    def patch(self, height: float, width: float) -> tuple[Point, ...]:
        """The corners of an area in the middle, its sizes in pixels as they are drawn."""
        (x, y), (ax, ay), (dx, dy) = self.middle, self.across, self.down
        return tuple(
            Point(x + ax * i * width + dx * j * height, y + ay * i * width + dy * j * height)
            for i, j in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))
        )

    def moved(self, dx: float, dy: float) -> "Face":
        return Face(self.middle.moved(dx, dy), self.across, self.down)


@dataclass(frozen=True, slots=True)
class Figure:
    """An item drawn with its left edge at 0 and its middle height at 0.

    `faces`, `targets`, `lefts` and `rights` have one entry a tower: the map that a kernel's patch
    lies on, the point where its lines arrive, and where plain edges end and begin. `ends` are the two corners on the right, then the two on the left, between which dense layers read.
    """

    width: float
    height: float
    parts: Parts
    faces: tuple[Face, ...]
    targets: tuple[Point, ...]
    lefts: tuple[Point, ...]
    rights: tuple[Point, ...]
    ends: tuple[Point, Point, Point, Point]

    def moved(self, dx: float, dy: float) -> "Figure":
        return Figure(
            width=self.width,
            height=self.height,
            parts=move_parts(self.parts, dx, dy),
            faces=tuple(face.moved(dx, dy) for face in self.faces),
            targets=tuple(point.moved(dx, dy) for point in self.targets),
            lefts=tuple(point.moved(dx, dy) for point in self.lefts),
            rights=tuple(point.moved(dx, dy) for point in self.rights),
            ends=(
                self.ends[0].moved(dx, dy),
                self.ends[1].moved(dx, dy),
                self.ends[2].moved(dx, dy),
                self.ends[3].moved(dx, dy),
            ),
        )


class Style(Protocol):
    """How items become figures in columns."""

    theme: Theme
    pixels: Scale

    def figure(self, item: Item) -> Figure: ...

    def above(self, item: Item) -> list[Caption]: ...

    def below(self, item: Item) -> list[Caption]: ...

    def rulers(self) -> list[tuple[Scale, str]]:
        """The scales and the nouns of what they measure, for the legend."""
        ...

    def notes(self) -> Sequence[str]:
        """What the legend says in words."""
        ...


def stack(figures: Sequence[Figure], gap: float) -> Figure:
    """The figures of towers, one below the other, as one."""
    if len(figures) == 1:
        return figures[0]
    width = max(figure.width for figure in figures)
    height = sum(figure.height for figure in figures) + gap * (len(figures) - 1)
    top = -height / 2
    placed: list[Figure] = []
    for figure in figures:
        placed.append(figure.moved((width - figure.width) / 2, top + figure.height / 2))
        top += figure.height + gap
    first, last = placed[0], placed[-1]
    return Figure(
        width=width,
        height=height,
        parts=tuple(part for figure in placed for part in figure.parts),
        faces=tuple(face for figure in placed for face in figure.faces),
        targets=tuple(point for figure in placed for point in figure.targets),
        lefts=tuple(point for figure in placed for point in figure.lefts),
        rights=tuple(point for figure in placed for point in figure.rights),
        ends=(first.ends[0], last.ends[1], first.ends[2], last.ends[3]),
    )


def arrow(points: Sequence[Point], colour: str) -> Parts:
    """A line with a head at its end."""
    before, tip = points[-2], points[-1]
    size, way = 4.2, hypot(tip.x - before.x, tip.y - before.y)
    dx, dy = ((tip.x - before.x) / way, (tip.y - before.y) / way) if way else (1.0, 0.0)
    end = tip.moved(-size * dx, -size * dy)
    side = Point(-0.45 * size * dy, 0.45 * size * dx)
    head = (tip, end.moved(*side), end.moved(-side.x, -side.y))
    return (Path((*points[:-1], end), None, colour, 0.9, closed=False), Path(head, colour))
