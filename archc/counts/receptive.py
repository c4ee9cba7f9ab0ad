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
    field of a value and `jump` has no meaning.
    """

    size: int
    jump: int
    start: int
    stop: int
    exact: bool = True
    """False after branches of different jumps meet: the field then contains those of all branches at
    every place, and may be larger than any of them. False too after an operation that changes the
    size of feature maps without a window: the field is then everything that can be read."""


Field = tuple[Axis, Axis]
"""Down and across."""


def receptive_fields(graph: Graph) -> dict[str, Field]:
    """The receptive field of every layer, and of the input, by name."""
    found: dict[str, Field] = {INPUT: _pixel(graph.input)}
    for node in graph.nodes:
        shape = graph.shapes[node.inputs[0]]
        field = found[node.inputs[0]]
        if len(node.inputs) > 1:
            field = _join([found[name] for name in node.inputs], shape)
        found[node.name] = _through(node, shape, field)
    return found


def _pixel(shape: Shape) -> Field:
    return Axis(1, 1, 0, shape[1]), Axis(1, 1, 0, shape[2])


def _through(node: Node, read: Shape, field: Field) -> Field:
    """The field of a layer's values, given the shape and the field of its input."""
    if node.geometry is not None:
        win = node.geometry
        down, across = _slide(field[0], win, 0), _slide(field[1], win, 1)
        return (down, down) if down == across else (down, across)  # one object instead of two
    if len(node.shape) == 1:
        return (
            (_whole(field[0]), _whole(field[1]))
            if any(op.traits.mixes for op in node.operations)
            else field
        )
    if node.shape[1:] == read[1:]:
        return field
    # No window says which value depends on which: each may depend on all.
    return (
        replace(_whole(field[0]), jump=0, exact=False),
        replace(_whole(field[1]), jump=0, exact=False),
    )


def _whole(axis: Axis) -> Axis:
    return replace(axis, size=axis.stop - axis.start)


def _slide(axis: Axis, win: Window, number: int) -> Axis:
    extent = win.dilation[number] * (win.kernel[number] - 1)
    size = axis.size + extent * axis.jump
    start = axis.start - win.pads[2 * number] * axis.jump
    jump = axis.jump * win.stride[number]
    return Axis(size, jump, start, start + (win.size[number] - 1) * jump + size, axis.exact)


def _join(branches: list[Field], shape: Shape) -> Field:
    places = shape[1:] if len(shape) == 3 else (None, None)
    down, across = (_join_axes([b[axis] for b in branches], places[axis]) for axis in (0, 1))
    return down, across


def _join_axes(branches: list[Axis], places: int | None) -> Axis:
    """The field where branches meet; `places` is the size of this axis, None for vectors."""
    first = branches[0]
    if all(axis == first for axis in branches):
        return first
    exact = all(axis.exact for axis in branches)
    if places is None:  # which value meets which is not traced
        start, stop = min(a.start for a in branches), max(a.stop for a in branches)
        return Axis(stop - start, first.jump, start, stop, exact=False)
    # Between the first place and the last, fields drift apart or together evenly.
    jump, last = max(a.jump for a in branches), places - 1
    drifts = [(a, place * (a.jump - jump)) for a in branches for place in (0, last)]
    start = min(a.start + drift for a, drift in drifts)
    size = max(a.start + a.size + drift for a, drift in drifts) - start
    exact &= last == 0 or all(a.jump == jump for a in branches)
    return Axis(size, jump, start, start + last * jump + size, exact)
