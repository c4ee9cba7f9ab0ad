"""Trained subsampling: the sum of each window, times a coefficient, plus a bias."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.single import node, output, whole

SQUARE = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
sizes = st.integers(1, 4)
pairs = st.tuples(sizes, sizes).map(list)


def fields(kernel: Any, **more: Any) -> dict[str, Any]:
    return {"type": "subsample", "kernel": kernel, **more}


def test_the_sum_of_a_window_is_weighted_and_shifted() -> None:
    weights = {"coefficient": np.array([0.5]), "bias": np.array([1.0])}
    y = output(fields(2, stride=1), SQUARE, **weights)
    assert y[0, 0].tolist() == [[7.0, 9.0], [13.0, 15.0]]  # 12, 16, 24 and 28 are the sums


def test_each_map_has_a_pair_of_its_own() -> None:
    x = np.concatenate([SQUARE, 10 * SQUARE], axis=1)
    weights = {"coefficient": np.array([1.0, -1.0]), "bias": np.array([0.25, 0.5])}
    y = output(fields(3), x, **weights)
    assert y.ravel().tolist() == [45.25, -449.5]


def test_the_stride_is_the_kernel_unless_it_is_said() -> None:
    assert node(fields([2, 3]), (2, 8, 9)).shape == (2, 4, 3)
    assert node(fields([2, 3], stride=1), (2, 8, 9)).shape == (2, 7, 7)


def test_what_the_last_window_does_not_cover_is_left_out() -> None:
    weights = {"coefficient": np.array([1.0]), "bias": np.array([0.0])}
    assert output(fields(2), SQUARE, **weights).tolist() == [[[[12.0]]]]


@given(pairs, pairs, st.integers(0, 5), st.integers(0, 5))
def test_it_is_the_loop_that_the_paper_describes(
    kernel: list[int], stride: list[int], more_rows: int, more_columns: int
) -> None:
    x = whole(0, 2, 3, kernel[0] + more_rows, kernel[1] + more_columns)
    coefficient, bias = whole(1, 3), whole(2, 3)
    y = output(fields(kernel, stride=stride), x, coefficient=coefficient, bias=bias)
    assert y.shape[2:] == (more_rows // stride[0] + 1, more_columns // stride[1] + 1)
    for n, c, row, column in np.ndindex(*y.shape):
        total = sum(
            x[n, c, row * stride[0] + i, column * stride[1] + j]
            for i in range(kernel[0])
            for j in range(kernel[1])
        )
        assert y[n, c, row, column] == coefficient[c] * total + bias[c]


@given(pairs, pairs, st.integers(0, 5), st.integers(0, 5))
def test_with_one_over_the_area_and_no_bias_it_is_the_average(
    kernel: list[int], stride: list[int], more_rows: int, more_columns: int
) -> None:
    x = whole(3, 2, 2, kernel[0] + more_rows, kernel[1] + more_columns)
    area = kernel[0] * kernel[1]
    weights = {"coefficient": np.full(2, 1 / area), "bias": np.zeros(2)}
    mean = output({"type": "avg_pool", "kernel": kernel, "stride": stride}, x)
    y = output(fields(kernel, stride=stride), x, **weights)
    assert y == pytest.approx(mean, rel=1e-15, abs=0)


@given(st.integers(1, 9), pairs, pairs)
def test_two_numbers_a_map_are_stored_and_every_pixel_is_counted(
    channels: int, kernel: list[int], stride: list[int]
) -> None:
    made = node(fields(kernel, stride=stride), (channels, 7, 6))
    _, height, width = made.shape
    cost = made.cost
    assert (cost.parameters, cost.fixed, cost.macs) == (2 * channels, 0, 0)
    assert (cost.weights, cost.biases) == (channels, channels)
    assert cost.connections == (kernel[0] * kernel[1] + 1) * height * width * channels


def test_a_coefficient_is_drawn_by_the_pixels_of_its_window() -> None:
    made = node(fields([2, 3], init={"coefficient": {"fan_in_uniform": 2.4}}), (5, 8, 9))
    coefficient, bias = made.weights
    assert (coefficient.shape, coefficient.fans) == ((5,), (6, 1))
    assert coefficient.init.limit(coefficient.fans) == 2.4 / 6
    assert (bias.shape, bias.init.value) == ((5,), 0.0)
