"""Pixels that no window sees: the closed rule against marks made window by window."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import archc
from archc.network.unseen import LONGEST, unseen
from archc.ops.window import Window

HEAD = "archc: 1\nname: Net\ninput: {{channels: 3, height: {}, width: {}}}\nlayers:\n"


def marks(win: Window, length: int, axis: int) -> set[int]:
    """The places of an axis that a window covers, by its definition."""
    starts = range(0, win.size[axis] * win.stride[axis], win.stride[axis])
    inside = range(0, win.kernel[axis] * win.dilation[axis], win.dilation[axis])
    places = {start + place - win.pads[2 * axis] for start, place in product(starts, inside)}
    return places & set(range(length))


@given(
    height=st.integers(1, 30), width=st.integers(1, 30), kernel=st.integers(1, 6),
    stride=st.integers(1, 7), dilation=st.integers(1, 3), padding=st.integers(0, 4),
)  # fmt: skip
def test_what_is_unseen_is_what_no_window_covers(
    height: int, width: int, kernel: int, stride: int, dilation: int, padding: int
) -> None:
    text = (
        f"  - a: {{type: conv2d, filters: 2, kernel: {kernel}, stride: {stride}, "
        f"dilation: {dilation}, padding: {padding}}}\n"
    )
    try:
        graph = archc.parse(HEAD.format(height, width) + text).graph
    except archc.ArchcError:
        return
    win = graph.nodes[0].geometry
    assert win is not None
    missing = [n - len(marks(win, n, axis)) for axis, n in enumerate((height, width))]
    assert [(u.rows, u.columns) for u in unseen(graph)] == (
        [tuple(missing)] if any(missing) else []
    )


@pytest.mark.parametrize(
    ("size", "fitting"),
    [
        ((224, 224), ((223, 223), (227, 227))),
        ((226, 226), ((223, 223), (227, 227))),
        ((227, 227), None),
        ((224, 227), ((223, 227), (227, 227))),
        ((227, 225), ((227, 223), (227, 227))),
    ],
)
def test_alexnet_sees_all_of_227_pixels(size: tuple[int, int], fitting: object) -> None:
    layer = "  - conv1: {type: conv2d, filters: 96, kernel: 11, stride: 4}\n"
    found = [u.fitting for u in unseen(archc.parse(HEAD.format(*size) + layer).graph)]
    assert found == ([fitting] if fitting else [])


def test_what_another_reader_sees_is_seen() -> None:
    short = "  - c: {type: conv2d, filters: 3, kernel: 1, stride: 2, from: input}\n"
    main = "  - a: {type: conv2d, filters: 3, kernel: 3, stride: 2, padding: 1}\n"
    add = "  - d: {type: add, from: [a, c]}\n"
    assert not list(unseen(archc.parse(HEAD.format(8, 8) + main + short + add).graph))
    assert [u.rows for u in unseen(archc.parse(HEAD.format(8, 8) + short).graph)] == [4]


def test_a_side_beyond_any_image_is_not_looked_at() -> None:
    layer = "  - a: {type: max_pool, kernel: 2, stride: 3}\n"
    assert not list(unseen(archc.parse(HEAD.format(LONGEST + 2, 2) + layer).graph))
    assert len(list(unseen(archc.parse(HEAD.format(LONGEST, 2) + layer).graph))) == 1
