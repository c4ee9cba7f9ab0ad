"""What tests of pictures share: all shipped networks in all styles, and what a scene covers."""

from collections.abc import Iterator
from itertools import combinations, pairwise, product

from archc.language.shipped import shipped
from archc.picture.picture import picture
from archc.picture.scene import Box, Group, Path, Scene, Text

STYLES = ("blocks", "flow", "lenet")
EVERY = list(product(shipped(), STYLES))
HEAD = "archc: 1\nname: Net\ninput: {channels: 4, height: 16, width: 16}\nlayers:\n"
BRANCHES = (
    HEAD
    + """\
  - a: {type: conv2d, filters: 8, kernel: 3, padding: 1, activation: relu}
  - b: {type: conv2d, filters: 8, kernel: 3, padding: 1}
  - c: {type: conv2d, filters: 8, kernel: 1, from: a}
  - sum: {type: add, from: [a, b, c]}
  - wide: {type: conv2d, filters: 8, kernel: 5, padding: 2}
  - all: {type: concat, from: [sum, wide]}
"""
)


def touching(scene: Scene) -> list[tuple[str, str]]:
    """The labels that overlap, in pairs."""
    texts = scene.texts()
    return [(a.text, b.text) for a, b in combinations(texts, 2) if _meet(a.box, b.box)]


def outside(scene: Scene) -> list[object]:
    """What leaves the canvas."""
    return [
        part
        for part in scene.parts()
        if part.box.left < 0
        or part.box.top < 0
        or part.box.right > scene.width
        or part.box.bottom > scene.height
    ]


def struck(scene: Scene) -> list[str]:
    """The labels that an edge runs through, in a scene of figures in columns."""
    edges = [part for group in links(scene) for part in group.parts if isinstance(part, Path)]
    return [
        text.text
        for group in scene.groups
        for text in group.parts
        if isinstance(text, Text)
        for edge in edges
        for one, other in pairwise(edge.points)
        if inside(text.box).cut(one, other)
    ]


def links(scene: Scene) -> list[Group]:
    """What connects items: the groups without a name between the head and the foot."""
    return [group for group in scene.groups[1:-1] if not group.name]


def figures(scene: Scene) -> dict[str, list[Path]]:
    """The outlines of each item's figure."""
    return {
        group.name: [part for part in group.parts if isinstance(part, Path)]
        for group in reversed(scene.groups)
        if group.name
    }


def inside(box: Box) -> Box:
    """A box without its edges, which lines may touch."""
    return Box(box.left + 1e-6, box.top + 1e-6, box.right - 1e-6, box.bottom - 1e-6)


def everywhere(graph) -> Iterator[tuple[str, Scene]]:
    """A network in every style."""
    for style in STYLES:
        yield style, picture(graph, style)


def _meet(one: Box, other: Box) -> bool:
    """Whether two boxes share more than an edge."""
    across = one.left < other.right and other.left < one.right
    return across and one.top < other.bottom and other.top < one.bottom
