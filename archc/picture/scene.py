"""What is drawn, before anything writes it: outlines, texts, and what they say when pointed at.

x grows to the right and y downwards, in CSS pixels (1/96 inch).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from archc.picture.text import ASCENT, DESCENT, width

Anchor = Literal["start", "middle", "end"]
MARGIN = 18.0
"""Around a picture."""


class Point(NamedTuple):
    """A place, or a way from one."""

    x: float
    y: float

    def moved(self, dx: float, dy: float) -> "Point":
        return Point(self.x + dx, self.y + dy)


class Box(NamedTuple):
    """What something covers."""

    left: float
    top: float
    right: float
    bottom: float

    def cut(self, one: Point, other: Point) -> bool:
        """Whether the straight line between two points runs through."""
        first, last = 0.0, 1.0
        for start, end, low, high in (
            (one.x, other.x, self.left, self.right),
            (one.y, other.y, self.top, self.bottom),
        ):
            if start == end:
                if not low < start < high:
                    return False
                continue
            near, far = sorted(((low - start) / (end - start), (high - start) / (end - start)))
            first, last = max(first, near), min(last, far)
        return first < last


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points, or the area within; colours are `#rrggbb`, None is not painted."""

    points: tuple[Point, ...]
    fill: str | None = None
    stroke: str | None = None
    thick: float = 0.7
    closed: bool = True
    opacity: float = 1

    def moved(self, dx: float, dy: float) -> "Path":
        return replace(self, points=tuple(point.moved(dx, dy) for point in self.points))

    def scaled(self, share: float) -> "Path":
        points = tuple(Point(x * share, y * share) for x, y in self.points)
        return replace(self, points=points, thick=self.thick * share)

    @property
    def box(self) -> Box:
        xs, ys = zip(*self.points, strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text, its anchor at `x` and the line it stands on at `y`."""

    x: float
    y: float
    text: str
    size: float
    ink: str
    bold: bool = False
    anchor: Anchor = "start"

    def moved(self, dx: float, dy: float) -> "Text":
        return replace(self, x=self.x + dx, y=self.y + dy)

    def scaled(self, share: float) -> "Text":
        return replace(self, x=self.x * share, y=self.y * share, size=self.size * share)

    @property
    def width(self) -> float:
        return width(self.text, self.size, bold=self.bold)

    @property
    def box(self) -> Box:
        left = self.x - {"start": 0, "middle": 0.5, "end": 1}[self.anchor] * self.width
        top, bottom = self.y - ASCENT * self.size, self.y + DESCENT * self.size
        return Box(left, top, left + self.width, bottom)


Part = Path | Text
Parts = tuple[Part, ...]


def move_parts(parts: Iterable[Part], dx: float, dy: float) -> Parts:
    """The parts, elsewhere."""
    return tuple(part.moved(dx, dy) for part in parts)


def rectangle(
    left: float,
    top: float,
    wide: float,
    high: float,
    *,
    fill: str | None,
    stroke: str | None = None,
) -> Path:
    corners = ((left, top), (left + wide, top), (left + wide, top + high), (left, top + high))
    return Path(tuple(Point(*corner) for corner in corners), fill, stroke)


@dataclass(frozen=True, slots=True)
class Group:
    """Parts that belong together; `name`, `tip` and `layers` say what they show."""

    parts: Parts
    name: str = ""
    tip: str = ""
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole picture; later groups cover earlier ones."""

    width: float
    height: float
    paper: str
    name: str
    about: str
    groups: tuple[Group, ...]

    def parts(self) -> Iterator[Part]:
        for group in self.groups:
            yield from group.parts

    def cropped(self, by: float) -> "Scene":
        """The picture with less paper around it."""
        groups = tuple(replace(g, parts=move_parts(g.parts, -by, -by)) for g in self.groups)
        wide, high = self.width - 2 * by, self.height - 2 * by
        return replace(self, groups=groups, width=wide, height=high)

    def scaled(self, share: float) -> "Scene":
        """The same picture, larger or smaller."""
        groups = tuple(
            replace(group, parts=tuple(part.scaled(share) for part in group.parts))
            for group in self.groups
        )
        wide, high = self.width * share, self.height * share
        return replace(self, groups=groups, width=wide, height=high)

    @property
    def letters(self) -> float:
        """The size of the smallest text, in pixels."""
        return min(text.size for text in self.texts())

    def texts(self) -> list[Text]:
        return [part for part in self.parts() if isinstance(part, Text)]
