"""What stands between two figures in columns: projections of kernels, fans of dense layers, arrows."""

from archc.picture.figure import Figure, Style
from archc.picture.items import Item, pairs
from archc.picture.scene import Part, Parts, Path
from archc.picture.theme import kind

FANS = ("dense", "rbf")
Placed = tuple[Item, Figure]


def link(before: Placed, after: Placed, style: Style) -> Parts:
    """How `after`, level with `before` and beside it, reads it; nothing if a plain arrow will do."""
    item, figure = after
    if item.node and item.node.geometry and before[1].faces:
        return _projection(before, after, style)
    if item.type in FANS:
        return _fan(before[1], figure, style.theme.edge(kind(item.type)))
    return ()


def _projection(before: Placed, after: Placed, style: Style) -> Parts:
    """A patch of the kernel's size on each tower, and lines from it to each that reads it."""
    (source, old), (item, new) = before, after
    assert item.node is not None and item.node.geometry is not None
    win = item.node.geometry
    high, wide = (
        style.pixels.length(min(d * (k - 1) + 1, n))
        for k, d, n in zip(win.kernel, win.dilation, source.shape[1:], strict=True)
    )
    colour = style.theme.edge(kind(item.type))
    fill = style.theme.face(kind(item.type))
    parts: list[Part] = []
    for tower, face in enumerate(old.faces):
        corners = face.patch(high, wide)
        for i, j in pairs(source, item):
            if i == tower:
                parts += (
                    Path((corner, new.targets[j]), None, colour, 0.45, closed=False)
                    for corner in corners
                )
        parts.append(Path(corners, fill, colour, 0.8))
    return tuple(parts)


def _fan(old: Figure, new: Figure, colour: str) -> Parts:
    """Every unit reads every value: the area between the two edges."""
    (top, bottom), (upper, lower) = old.ends[:2], new.ends[2:]
    area = Path((top, upper, lower, bottom), colour, opacity=0.12)
    edges = ((top, upper), (bottom, lower))
    return (area, *(Path(edge, None, colour, 0.5, closed=False) for edge in edges))
