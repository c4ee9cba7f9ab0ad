"""Graph → pixels that are computed, and that no window of any reader sees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archc.network.graph import INPUT, Graph, Node
from archc.ops.window import Window

LONGEST = 65_536
"""The longest side that is looked at, in pixels: the work is a mark for each."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """Rows and columns of a layer's input that none of its readers' windows sees."""

    node: Node
    """The first of the readers."""
    rows: int
    columns: int
    at_end: bool
    """Whether they are the last ones only, not gaps between windows."""
    fitting: tuple[tuple[int, int], tuple[int, int]]
    """(height, width) of the next smaller and the next larger input without a rest."""
    of_input: bool
    """Whether it is the network's own input."""


def unseen(graph: Graph) -> Iterator[Unseen]:
    """What is computed in vain, value by value, in the order of the graph."""
    for name, shape in graph.shapes.items():
        readers = [graph.by_name[reader] for reader in graph.readers[name]]
        windows = [node.geometry for node in readers if node.geometry is not None]
        if not windows or len(windows) < len(readers) or max(shape[1:]) > LONGEST:
            continue
        sides = [_side(windows, axis, length) for axis, length in enumerate(shape[1:])]
        (rows, last_rows), (columns, last_columns) = sides
        if rows or columns:
            less = (shape[1] - last_rows, shape[2] - last_columns)
            more = tuple(
                length + (windows[0].stride[axis] if last else 0)
                for axis, (length, last) in enumerate(
                    zip(less, (last_rows, last_columns), strict=True)
                )
            )
            at_end = (rows, columns) == (last_rows, last_columns)
            fitting = (less, (more[0], more[1]))
            yield Unseen(readers[0], rows, columns, at_end, fitting, name == INPUT)


def _side(windows: Sequence[Window], axis: int, length: int) -> tuple[int, int]:
    """How many places along an axis no window sees, and how many of them are the last ones."""
    marks = bytearray(length)
    for win in windows:
        step, last = win.stride[axis], (win.size[axis] - 1) * win.stride[axis]
        for place in range(win.kernel[axis]):
            first = place * win.dilation[axis] - win.pads[2 * axis]
            seen = range(first if first >= 0 else first % step, min(first + last + 1, length), step)
            if seen:
                marks[seen.start : seen.stop : step] = b"\1" * len(seen)
    return length - marks.count(1), length - 1 - marks.rfind(1)
