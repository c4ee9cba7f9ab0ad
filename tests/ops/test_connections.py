"""Tables of connections: what is stored, where it goes, and what it costs."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.networks import tables
from support.single import node, output, whole

import archc
from archc.ops.connections import fan_ins, pairs, scatter, unread
from archc.ops.conv2d import Conv2d

TABLE = ("XX.", ".XX")  # filter 1 reads map 1, filter 2 both, filter 3 map 2
DRAWING = "\n".join(TABLE)
any_table = st.tuples(st.integers(1, 5), st.integers(1, 6)).flatmap(lambda size: tables(*size))


def fields(table: str, kernel: Any, **more: Any) -> dict[str, Any]:
    filters = len(table.split("\n")[0])
    init = {"weight": {"fan_in_uniform": 1}}
    return {
        "type": "conv2d", "filters": filters, "kernel": kernel, "connections": table, "init": init,
        **more,
    }  # fmt: skip


def test_kernels_are_stored_by_filter_then_by_map() -> None:
    assert pairs(TABLE) == [(0, 0), (1, 0), (1, 1), (2, 1)]


def test_kernels_go_where_the_table_says() -> None:
    stored = np.array([1.0, 2.0, 3.0, 4.0]).reshape(4, 1, 1)
    dense = scatter(np, TABLE, stored)
    assert dense[:, :, 0, 0].tolist() == [[1.0, 0.0], [2.0, 3.0], [0.0, 4.0]]


def test_a_fan_in_is_that_of_the_kernels_own_filter() -> None:
    assert fan_ins(TABLE, (2, 3)) == (6, 12, 12, 6)


def test_filters_that_read_nothing_are_named_from_1() -> None:
    assert unread(("X.X.", "X...")) == [2, 4]
    assert unread(TABLE) == []


@given(any_table, st.integers(1, 3), st.integers(1, 3))
def test_scattering_and_gathering_are_inverse(drawing: str, height: int, width: int) -> None:
    table = tuple(drawing.split("\n"))
    stored = whole(0, drawing.count("X"), height, width)
    dense = scatter(np, table, stored)
    assert dense.shape == (len(table[0]), len(table), height, width)
    assert (np.stack([dense[o, i] for o, i in pairs(table)]) == stored).all()
    for o, i in np.ndindex(*dense.shape[:2]):
        assert (dense[o, i] != 0).all() == (table[i][o] == "X")
        assert (dense[o, i] == 0).all() == (table[i][o] == ".")


@given(any_table, st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_only_what_is_marked_is_stored_and_counted(
    drawing: str, height: int, width: int, bias: bool
) -> None:
    maps, marks = drawing.count("\n") + 1, drawing.count("X")
    made = node(fields(drawing, [height, width], bias=bias), (maps, 5, 6))
    filters, rows, columns = made.shape
    weights, biases = marks * height * width, filters * bias
    assert made.weights[0].shape == (marks, height, width)
    assert (made.cost.weights, made.cost.biases, made.cost.fixed) == (weights, biases, 0)
    assert made.cost.parameters == weights + biases
    assert made.cost.connections == (weights + biases) * rows * columns
    assert made.cost.macs == weights * rows * columns


@given(any_table, st.integers(1, 3), st.integers(1, 2), st.integers(0, 2), st.integers(0, 2))
def test_a_filter_sees_its_own_maps_alone(
    drawing: str, kernel: int, stride: int, top: int, right: int
) -> None:
    maps, marks, size = drawing.count("\n") + 1, drawing.count("X"), 4
    x = whole(1, 2, maps, size, size)
    stored, bias = whole(2, marks, kernel, kernel), whole(3, len(drawing.split("\n")[0]))
    pads = {"top": top, "right": right}
    made = fields(drawing, kernel, stride=stride, padding=pads)
    y = output(made, x, weight=stored, bias=bias)
    padded = np.zeros((2, maps, size + top, size + right))
    padded[:, :, top:, :size] = x
    rows = drawing.split("\n")
    for n, o, row, column in np.ndindex(*y.shape):
        window = (
            slice(row * stride, row * stride + kernel),
            slice(column * stride, column * stride + kernel),
        )
        before = sum(line[:o].count("X") for line in rows)  # the kernels of the filters before
        total = bias[o]
        for i in (i for i, line in enumerate(rows) if line[o] == "X"):
            total += (padded[n, i][window] * stored[before]).sum()
            before += 1
        assert y[n, o, row, column] == total


@given(st.integers(1, 5), st.integers(1, 6), st.integers(1, 3))
def test_a_table_of_all_is_the_plain_convolution(maps: int, filters: int, kernel: int) -> None:
    x = whole(4, 2, maps, 5, 4)
    weight, bias = whole(5, filters, maps, kernel, kernel), whole(6, filters)
    plain = {"type": "conv2d", "filters": filters, "kernel": kernel}
    table = fields("\n".join(["X" * filters] * maps), kernel)
    stored = weight.reshape(filters * maps, kernel, kernel)
    expected = output(plain, x, weight=weight, bias=bias)
    assert (output(table, x, weight=stored, bias=bias) == expected).all()
    assert node(table, x.shape[1:]).cost == node(plain, x.shape[1:]).cost


def test_a_table_of_blocks_is_the_grouped_convolution() -> None:
    x, weight, bias = whole(7, 2, 4, 5, 4), whole(8, 6, 2, 3, 3), whole(9, 6)
    grouped = {"type": "conv2d", "filters": 6, "kernel": 3, "groups": 2}
    table = fields("XXX...\nXXX...\n...XXX\n...XXX", 3)
    expected = output(grouped, x, weight=weight, bias=bias)
    assert (output(table, x, weight=weight.reshape(12, 3, 3), bias=bias) == expected).all()
    assert node(table, (4, 5, 4)).cost == node(grouped, (4, 5, 4)).cost


def test_a_table_is_a_drawing_whose_pairs_are_counted() -> None:
    op = Conv2d.model_validate(fields(DRAWING, 3))
    assert op.drawings == (TABLE,)
    assert op.pair_counts == (4, 6)
    plain = Conv2d(filters=3, kernel=(3, 3))
    assert plain.drawings == ()
    assert plain.pair_counts is None
    assert Conv2d.drawn_field == "connections"


def test_spaces_between_the_marks_do_not_count() -> None:
    spaced = node(fields(DRAWING, 3) | {"connections": "X X .\n\n. X  X\n"}, (2, 5, 5))
    assert spaced.op == node(fields(DRAWING, 3), (2, 5, 5)).op


def test_the_table_of_1998() -> None:
    """Proceedings of the IEEE 86 (11), section II-B, and Table I."""
    c3 = next(n for n in archc.load("lenet5-1998").graph.nodes if n.name == "c3")
    read = ["".join(row[o] for row in c3.op.connections) for o in range(16)]  # type: ignore[attr-defined]
    three = ["".join("X" if (i - o) % 6 < 3 else "." for i in range(6)) for o in range(6)]
    four = ["".join("X" if (i - o) % 6 < 4 else "." for i in range(6)) for o in range(6)]
    apart = ["XX.XX.", ".XX.XX", "X.XX.X"]
    assert read == [*three, *four, *apart, "XXXXXX"]
    assert c3.weights[0].shape == (60, 5, 5)
    assert c3.weights[0].fan_ins == (75,) * 18 + (100,) * 36 + (150,) * 6
    assert (c3.cost.parameters, c3.cost.connections) == (1_516, 151_600)
