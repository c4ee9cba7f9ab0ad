"""Receptive fields: the published ones, and random networks whose dependencies are tried out."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.networks import spec_text, specs

import archc
from archc.counts.receptive import Axis, Field, receptive_fields
from archc.network.graph import INPUT, Graph, Node

ALEXNET = {  # size, jump, start
    "conv1": (11, 4, 0),
    "norm1": (11, 4, 0),
    "pool1": (19, 8, 0),
    "conv2": (51, 8, -16),
    "pool2": (67, 16, -16),
    "conv3": (99, 16, -32),
    "conv4": (131, 16, -48),
    "conv5": (163, 16, -64),
    "pool5": (195, 32, -64),
}
LENET5 = {"c1": (5, 1, 0), "s2": (6, 2, 0), "c3": (14, 2, 0), "s4": (16, 4, 0), "c5": (32, 4, 0)}


@pytest.mark.parametrize(
    ("name", "expected"), [("alexnet", ALEXNET), ("lenet5", LENET5), ("lenet5-1998", LENET5)]
)
def test_published_fields(name: str, expected: dict[str, tuple[int, int, int]]) -> None:
    found = receptive_fields(archc.load(name).graph)
    for layer, (size, jump, start) in expected.items():
        for axis in found[layer]:
            assert (axis.size, axis.jump, axis.start, axis.exact) == (size, jump, start, True)


def test_a_dense_layer_sees_what_all_places_see() -> None:
    found = receptive_fields(archc.load("alexnet").graph)
    # Of 6 places, 32 pixels from one to the next, each sees 195.
    assert found["pool5"][0].size + 5 * 32 == 355
    assert found["flat"][0].size == 195
    assert [axis.size for axis in found["fc6"] + found["fc8"]] == [355] * 4
    record = archc.load("alexnet").summary().record()
    layers = {layer["name"]: layer for layer in record["layers"]}
    assert (layers["fc6"]["receptive_field"], layers["fc6"]["jump"]) == ([355, 355], None)
    assert (layers["pool5"]["jump"], layers["pool5"]["start"]) == ([32, 32], [-64, -64])


def _branches(layers: str) -> Graph:
    head = "archc: 1\nname: Net\ninput: {channels: 1, height: 16, width: 16}\nlayers:\n"
    return archc.parse(head + "".join(f"  - {line}\n" for line in layers.splitlines())).graph


def test_the_largest_field_of_branches_counts() -> None:
    graph = _branches(
        "a: {type: conv2d, filters: 2, kernel: 3, padding: same}\n"
        "b: {type: conv2d, filters: 2, kernel: 7, padding: same, from: input}\n"
        "c: {type: add, from: [a, b]}\n"
        "d: {type: conv2d, filters: 1, kernel: 3}"
    )
    found = receptive_fields(graph)
    assert found["c"][0] == Axis(7, 1, -3, 19)
    assert found["d"][0] == Axis(9, 1, -3, 19)


def test_where_jumps_differ_a_field_holds_those_of_all_branches() -> None:
    graph = _branches(
        "a: {type: max_pool, kernel: 2, stride: 2}\n"
        "b: {type: conv2d, filters: 1, kernel: 9, from: input}\n"
        "c: {type: add, from: [a, b]}"
    )
    field = receptive_fields(graph)["c"][0]
    # At place 0 pixels 0 to 8, at place 7 pixels 7 to 15: in steps of 2, from 7 before to 1 after.
    assert (field.size, field.jump, field.start, field.exact) == (16, 2, -7, False)
    table = archc.api.summary(graph, ["receptive_field"])
    assert table.values[-1] == ("c", "≤ 16×16")
    assert "$\\le$ 16\\texttimes{}16" in table.text("latex")
    assert "≤" not in table.text("latex")


def test_what_changes_the_size_of_maps_without_a_window_may_read_everything() -> None:
    graph = _branches(
        "a: {type: max_pool, kernel: 4}\nb: {type: relu}\nc: {type: max_pool, kernel: 2}"
    )
    a, b, c = graph.nodes
    graph = replace(graph, nodes=(a, replace(b, shape=(1, 8, 8)), c))
    assert (
        receptive_fields(graph)["b"][0]
        == receptive_fields(graph)["c"][0]
        == Axis(16, 0, 0, 16, exact=False)
    )


class Spread:
    """NumPy in which what is not a number spreads through averages too."""

    nan = 0.0
    nanmean = staticmethod(np.mean)

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


def _reached(graph: Graph, pixel: tuple[int, int]) -> dict[str, Any]:
    """Which values of each layer depend on a pixel: those that are lost with it."""
    x = np.random.default_rng(0).random((1, *graph.input)) + 0.5
    x[..., pixel[0], pixel[1]] = np.nan
    values = {INPUT: x}
    for node in graph.nodes:
        given = tuple(values[name] for name in node.inputs)
        weights = {weight.name: np.ones(weight.shape) for weight in node.weights}
        values[node.name] = _run(node, given, weights)
    return {name: np.isnan(value)[0].any(axis=0) for name, value in values.items()}


def _run(node: Node, inputs: Any, weights: Any) -> Any:
    y = node.op.run(Spread(), inputs, weights, node.geometry)
    activation = node.activation
    return activation.apply(np, y) if activation else y


@st.composite
def meetings(draw: st.DrawFn) -> str:
    """Two branches of different windows and perhaps jumps, brought to one size, and what follows."""
    size = draw(st.integers(9, 17))
    window = st.fixed_dictionaries(
        {"kernel": st.integers(1, 4), "stride": st.integers(1, 3), "padding": st.integers(0, 2)}
    )
    first = {"type": "conv2d", "filters": 1, **draw(window)}
    rows = (size + 2 * first["padding"] - first["kernel"]) // first["stride"] + 1
    pad = draw(st.integers(0, 3).filter(lambda pad: size + 2 * pad >= rows))
    second = {"type": "conv2d", "filters": 1, "kernel": size + 2 * pad - rows + 1, "padding": pad}
    after = {"type": "conv2d", "filters": 1, "kernel": draw(st.integers(1, 2)), "padding": 1}
    join = draw(st.sampled_from(["add", "concat"]))
    layers: list[dict[str, Any]] = [
        {"a": first},
        {"b": {**second, "from": "input"}},
        {"c": {"type": join, "from": ["a", "b"]}},
        {"d": after},
    ]
    return spec_text(layers, input={"channels": 1, "height": size, "width": size})


@given(st.one_of(specs(), meetings()))
def test_fields_hold_what_values_depend_on_and_within_the_image_no_more(text: str) -> None:
    graph = archc.parse(text).graph
    _, height, width = graph.input
    rows = [_reached(graph, (row, width // 2)) for row in range(height)]
    columns = [_reached(graph, (height // 2, column)) for column in range(width)]
    for name, field in receptive_fields(graph).items():
        maps = len(graph.shapes[name]) == 3
        for axis, size, seen in ((0, height, rows), (1, width, columns)):
            flat = [lost[name].any(axis=1 - axis) if maps else lost[name] for lost in seen]
            table = np.array(flat).reshape(size, -1)  # pixel × place
            _compare(field, axis, size, table if maps else table.any(axis=1, keepdims=True), maps)


def _compare(field: Field, number: int, size: int, table: Any, maps: bool) -> None:
    axis = field[number]
    for place in range(table.shape[1]):
        start = axis.start + place * axis.jump if maps else axis.start
        stop = start + axis.size if maps else axis.stop
        read = np.flatnonzero(table[:, place])
        assert all(start <= pixel < stop for pixel in read)
        # The other axis goes through the middle, which a wide stride may pass over altogether.
        if axis.exact and start >= 0 and stop <= size and len(read):
            assert (read[0], read[-1] + 1) == (start, stop)
    assert not maps or axis.stop == axis.start + (table.shape[1] - 1) * axis.jump + axis.size
    assert math.isfinite(axis.size)
