"""Pools: what a window's maximum is of, and what its mean counts."""

from typing import Any

import numpy as np
import pytest
from support.single import node, output

SQUARE = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)


def test_padding_never_wins_a_maximum() -> None:
    y = output({"type": "max_pool", "kernel": 2, "stride": 2, "padding": 1}, -SQUARE)
    assert y[0, 0].tolist() == [[-1.0, -2.0], [-4.0, -5.0]]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"padding": 1}, [[1.0, 2.5], [5.5, 7.0]]),
        ({"padding": 1, "count_padding": True}, [[0.25, 1.25], [2.75, 7.0]]),
        ({"padding": {"left": 1}, "count_padding": True}, [[1.25, 4.0]]),
        ({"padding": {"right": 1}, "count_padding": True}, [[3.0, 2.25]]),
        ({"padding": {"bottom": 1}, "count_padding": True}, [[3.0], [3.75]]),
        ({"padding": {"left": 1}}, [[2.5, 4.0]]),
        ({"padding": {"right": 1}}, [[3.0, 4.5]]),
        ({"ceil_mode": True}, [[3.0, 4.5], [7.5, 9.0]]),
        # What ceil_mode adds is never counted, unlike the padding.
        ({"ceil_mode": True, "count_padding": True}, [[3.0, 4.5], [7.5, 9.0]]),
        ({"padding": {"top": 1}, "ceil_mode": True}, [[1.5, 3.0], [6.0, 7.5]]),
        (
            {"padding": {"top": 1}, "ceil_mode": True, "count_padding": True},
            [[0.75, 1.5], [6.0, 7.5]],
        ),
    ],
)
def test_what_an_average_counts(more: dict[str, Any], expected: list[list[float]]) -> None:
    y = output({"type": "avg_pool", "kernel": 2, **more}, SQUARE)
    assert y[0, 0].tolist() == expected


@pytest.mark.parametrize("kind", ["max_pool", "avg_pool"])
def test_the_stride_is_the_kernel_unless_it_is_given(kind: str) -> None:
    assert node({"type": kind, "kernel": [2, 3]}, (2, 8, 9)).shape == (2, 4, 3)
    assert node({"type": kind, "kernel": [2, 3], "stride": 1}, (2, 8, 9)).shape == (2, 7, 7)
