"""Convolution: which pixels of which maps a filter weighs."""

from typing import Any

import numpy as np
import pytest
from support.single import network, output

import archc
from archc.ops import conv2d

SQUARE = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)


def fields(kernel: int, **more: Any) -> dict[str, Any]:
    """A convolution of one filter."""
    return {"type": "conv2d", "filters": 1, "kernel": kernel, **more}


def test_it_is_a_cross_correlation() -> None:
    kernel = np.array([[[[1.0, 0.0], [0.0, 10.0]]]])
    y = output(fields(2), SQUARE, weight=kernel, bias=np.array([0.5]))
    assert y[0, 0].tolist() == [[51.5, 62.5], [84.5, 95.5]]


def test_dilation_spreads_the_window_and_stride_moves_it() -> None:
    x = np.arange(25.0).reshape(1, 1, 5, 5)
    kernel = np.array([[[[1.0, 0.0], [0.0, 1.0]]]])
    y = output(fields(2, dilation=2, stride=2, bias=False), x, weight=kernel)
    assert y[0, 0].tolist() == [[12.0, 16.0], [32.0, 36.0]]


def test_groups_see_their_own_maps() -> None:
    x = np.stack([np.full((1, 1), v) for v in (1.0, 10.0, 100.0, 1000.0)])[None]
    kernel = np.array([[2.0, 3.0], [5.0, 7.0]]).reshape(2, 2, 1, 1)
    y = output(fields(1, bias=False, groups=2) | {"filters": 2}, x, weight=kernel)
    assert y.ravel().tolist() == [32.0, 7500.0]


def test_same_lower_puts_the_odd_pixel_first() -> None:
    kernel = np.ones((1, 1, 2, 2))
    upper, lower = (
        output(fields(2, bias=False, padding=word), SQUARE, weight=kernel)[0, 0]
        for word in ("same_upper", "same_lower")
    )
    assert upper[0, 0] == 1 + 2 + 4 + 5
    assert upper[2, 2] == 9
    assert lower[0, 0] == 1
    assert lower[2, 2] == 5 + 6 + 8 + 9


def test_groups_that_do_not_divide_both_are_refused_with_those_that_do() -> None:
    with pytest.raises(archc.ArchcError) as caught:
        network(fields(1, groups=5) | {"filters": 30}, (12, 3, 3))
    (finding,) = caught.value.diagnostics
    assert finding.code == "E305"
    assert "1, 2, 3, 6" in f"{finding.message} {finding.help}"


def test_divisors_are_looked_for_in_an_error_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conv2d, "_common_divisors", None)
    assert network(fields(1, groups=4) | {"filters": 8}, (4, 3, 3)).graph.output.shape == (8, 3, 3)
