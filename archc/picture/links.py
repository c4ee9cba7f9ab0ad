"""What connects two figures in columns: projections of kernels, fans of dense layers, arrows."""

from archc.picture.figure import Figure, Style
from archc.picture.items import Item, tower_pairs
from archc.picture.scene import Part, Parts, Path

Placed = tuple[Item, Figure]


def link(before: Placed, after: Placed, style: Style) -> Parts:
    """What connects `before` to `after` beside it, on one level; nothing if a plain arrow will do."""
    item, figure = after
    if item.node and item.node.geometry and before[1].faces:
        return _projection(before, after, style)
    if item.node and item.node.op.traits.neurons and item.node.op.traits.mixes:
        return _fan(before[1], figure, style.theme.edge(item.kind))
    return ()


def covered(source: Item, item: Item) -> tuple[int, int]:
    """How many pixels of `source` one window of `item` covers, down and across; 0 without one."""
    win = item.node.geometry if item.node else None
    if win is None:
        return 0, 0
    sizes = zip(win.kernel, win.dilation, source.shape[1:], strict=True)
    high, wide = (min(d * (k - 1) + 1, n) for k, d, n in sizes)
    return high, wide


def patches(before: Placed, item: Item, style: Style) -> tuple[Path, ...]:
    """A patch of the kernel's size on each tower that `item` reads; none if it has no kernel."""
    (source, figure), colour = before, item.kind
    high, wide = map(style.pixels.length, covered(source, item))
    fill, edge = style.theme.face(colour), style.theme.edge(colour)
    faces = figure.faces if item.node and item.node.geometry else ()
    return tuple(Path(face.patch(high, wide), fill, edge, 0.8) for face in faces)


def _projection(before: Placed, after: Placed, style: Style) -> Parts:
    """The patches, and lines from each to the towers that read it."""
    (source, _), (item, new) = before, after
    colour = style.theme.edge(item.kind)
    parts: list[Part] = []
    for tower, patch in enumerate(patches(before, item, style)):
        for i, j in tower_pairs(source, item):
            if i == tower:
                parts += (
                    Path((corner, new.targets[j]), None, colour, 0.45, closed=False)
                    for corner in patch.points
                )
        parts.append(patch)
    return tuple(parts)


def _fan(old: Figure, new: Figure, colour: str) -> Parts:
    """Every unit reads every value: the area between the two edges."""
    (top, bottom), (upper, lower) = old.ends[:2], new.ends[2:]
    area = Path((top, upper, lower, bottom), colour, opacity=0.12)
    edges = ((top, upper), (bottom, lower))
    return (area, *(Path(edge, None, colour, 0.5, closed=False) for edge in edges))
