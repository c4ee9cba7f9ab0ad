"""Graph → receptive fields: which pixels of the input a layer's values can depend on.

The arithmetic is that of Araujo, Norris and Sim, "Computing receptive fields of convolutional neural
networks", Distill 2019. A field may reach beyond the image, into padding; it is not cut there.
"""

from dataclasses import dataclass, replace

from archc.network.graph import INPUT, Graph, Node
from archc.ops.tensor import Shape
from archc.ops.window import Window


@dataclass(frozen=True, slots=True)
class Axis:
    """Fields along one axis, in pixels of the input.

    The value at place i depends on pixels `start + i * jump` to `start + i * jump + size - 1`; all
    values together on `start` to `stop - 1`. A vector has no places: there, `size` is the largest
    field of a value and `jump` says nothing.
    """

    size: int
    jump: int
    start: int
    stop: int
    exact: bool = True
    """False where branches of different jumps meet, and after: then the field is one that holds
    those of all branches at every place, and may be larger than any of them. Likewise after an
    operation that changes the size of maps without a window: then it is all that can be read."""


Field = tuple[Axis, Axis]
"""Down and across."""


def fields(graph: Graph) -> dict[str, Field]:
    """The field of every layer, and of the input, by name."""
    found: dict[str, Field] = {INPUT: _pixel(graph.input)}
    for node in graph.nodes:
        shape = graph.shapes[node.inputs[0]]
        field = found[node.inputs[0]]
        if len(node.inputs) > 1:
            field = _joined([found[name] for name in node.inputs], shape)
        found[node.name] = _after(node, shape, field)
    return found


def _pixel(shape: Shape) -> Field:
    return Axis(1, 1, 0, shape[1]), Axis(1, 1, 0, shape[2])


def _after(node: Node, read: Shape, field: Field) -> Field:
    if node.geometry is not None:
        win = node.geometry
        down, across = _slid(field[0], win, 0), _slid(field[1], win, 1)
        return (down, down) if down == across else (down, across)  # one object less to keep
    if len(node.shape) == 1:
        return (_whole(field[0]), _whole(field[1])) if _mixes(node) else field
    if node.shape[1:] == read[1:]:
        return field
    # No window says which value reads which: then each may read all.
    return (
        replace(_whole(field[0]), jump=0, exact=False),
        replace(_whole(field[1]), jump=0, exact=False),
    )


def _whole(axis: Axis) -> Axis:
    return replace(axis, size=axis.stop - axis.start)


def _mixes(node: Node) -> bool:
    activation = node.activation
    return node.op.traits.mixes or (activation is not None and activation.traits.mixes)


def _slid(axis: Axis, win: Window, number: int) -> Axis:
    extent = win.dilation[number] * (win.kernel[number] - 1)
    size = axis.size + extent * axis.jump
    start = axis.start - win.pads[2 * number] * axis.jump
    jump = axis.jump * win.stride[number]
    return Axis(size, jump, start, start + (win.size[number] - 1) * jump + size, axis.exact)


def _joined(branches: list[Field], shape: Shape) -> Field:
    places = shape[1:] if len(shape) == 3 else (None, None)
    down, across = (_join([b[axis] for b in branches], places[axis]) for axis in (0, 1))
    return down, across


def _join(branches: list[Axis], places: int | None) -> Axis:
    """The field of branches that meet; `places` along this axis, None for vectors."""
    first = branches[0]
    if all(axis == first for axis in branches):
        return first
    exact = all(axis.exact for axis in branches)
    if places is None:  # which value meets which is not followed
        start, stop = min(a.start for a in branches), max(a.stop for a in branches)
        return Axis(stop - start, first.jump, start, stop, exact=False)
    # Between the first place and the last, fields drift apart or together evenly.
    jump, last = max(a.jump for a in branches), places - 1
    drifts = [(a, place * (a.jump - jump)) for a in branches for place in (0, last)]
    start = min(a.start + drift for a, drift in drifts)
    size = max(a.start + a.size + drift for a, drift in drifts) - start
    exact &= last == 0 or all(a.jump == jump for a in branches)
    return Axis(size, jump, start, start + last * jump + size, exact)
