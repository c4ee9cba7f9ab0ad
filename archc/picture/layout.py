"""Where items go: a rank for each along the flow, a place for each across it.

Ranks, their order and the places come from Sugiyama's layered layout (grandalf); a chain needs none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from archc.picture.items import Item

AROUND = 9.0
"""Room of an edge that passes a rank, across the flow."""


@dataclass(eq=False, slots=True)
class Slot:
    """A place in a rank: an item's, or that of an edge that passes by (`item` is None)."""

    rank: int
    item: Item | None
    before: float
    """How far it reaches across the flow, before its place and after."""
    after: float
    place: float = 0.0


Chain = tuple[Slot, ...]
"""An edge: the slot that it leaves, those that it passes, rank by rank, and the one it reaches."""


@dataclass(frozen=True)
class Layers:
    """The slots of each rank in their order, and all edges."""

    ranks: Sequence[Sequence[Slot]]
    edges: Sequence[Chain]
    slots: Mapping[str, Slot] = field(repr=False)


def arrange(items: Sequence[Item], sizes: Mapping[str, tuple[float, float]], gap: float) -> Layers:
    """Ranks and places; `sizes` says how far each item reaches before and after its place.

    Places are along one axis, `gap` apart at least, and begin where they like.
    """
    slots = {item.name: Slot(0, item, *sizes[item.name]) for item in items}
    chain = all(item.reads == (before.name,) for before, item in pairwise(items))
    if chain:
        for rank, slot in enumerate(slots.values()):
            slot.rank = rank
        line = list(slots.values())
        return Layers([[slot] for slot in line], list(pairwise(line)), slots)
    return _layered(items, slots, gap)


def _layered(items: Sequence[Item], slots: Mapping[str, Slot], gap: float) -> Layers:
    # Imported late: a chain, which most networks are, is drawn without it.
    from grandalf.graphs import Edge, Graph, Vertex
    from grandalf.layouts import SugiyamaLayout, VertexViewer

    vertices = {name: Vertex(name) for name in slots}
    for name, vertex in vertices.items():
        reach = max(slots[name].before, slots[name].after)
        vertex.view = VertexViewer(w=2 * reach, h=1)
    edges = [Edge(vertices[name], vertices[item.name]) for item in items for name in item.reads]
    layout = SugiyamaLayout(Graph(list(vertices.values()), edges).C[0])
    layout.dw, layout.xspace = 2 * AROUND, gap
    roots = [vertices[item.name] for item in items if not item.reads]
    layout.init_all(roots=roots, inverted_edges=[])
    layout.draw(3)
    found = {vertex: slots[vertex.data] for vertex in vertices.values()}
    for rank, layer in enumerate(layout.layers):
        for vertex in layer:
            slot = found.setdefault(vertex, Slot(rank, None, AROUND, AROUND))
            slot.rank, slot.place = rank, vertex.view.xy[0]
    ranks = [sorted((found[v] for v in layer), key=lambda s: s.place) for layer in layout.layers]
    tighten(ranks, gap)
    chains = []
    for edge in edges:
        passed = layout.ctrls.get(edge, {})
        ends = found[edge.v[0]], found[edge.v[1]]
        ways = [found[passed[rank]] for rank in range(ends[0].rank + 1, ends[1].rank)]
        chains.append((ends[0], *ways, ends[1]))
    return Layers(ranks, chains, slots)


def tighten(ranks: Sequence[Sequence[Slot]], gap: float) -> None:
    """Move slots apart that would touch, then all as close together as they may stand.

    The library only aims at the first, and takes every slot to reach as far before as after. All
    places shrink alike, so that what is level stays so.
    """
    share = 0.0
    for slots in ranks:
        for one, other in pairwise(slots):
            need = one.after + gap + other.before
            other.place = max(other.place, one.place + need)
            share = max(share, need / (other.place - one.place))
    for slots in ranks:
        for slot in slots:
            slot.place *= share
