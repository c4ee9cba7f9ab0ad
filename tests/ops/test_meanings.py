"""The NumPy meaning of each operation, on cases small enough to work out by hand."""

import math

import numpy as np
import pytest

import archc
from archc.proof import reference

SQUARE = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)  # 1..9


def run(fields: str, x: np.ndarray, **weights: np.ndarray) -> np.ndarray:
    """One layer's output."""
    _, channels, height, width = x.shape
    head = (
        f"archc: 1\nname: Net\ninput: {{channels: {channels}, height: {height}, width: {width}}}\n"
    )
    graph = archc.parse(f"{head}layers:\n  - a: {{{fields}}}\n").graph
    ((_, y, _),) = reference.forward(graph, {f"a.{k}": v for k, v in weights.items()}, x)
    return y


def test_convolution_is_a_cross_correlation() -> None:
    kernel = np.array([[[[1.0, 0.0], [0.0, 10.0]]]])
    y = run("type: conv2d, filters: 1, kernel: 2", SQUARE, weight=kernel, bias=np.array([0.5]))
    assert y[0, 0].tolist() == [[51.5, 62.5], [84.5, 95.5]]


def test_dilation_spreads_the_window_and_stride_moves_it() -> None:
    x = np.arange(25.0).reshape(1, 1, 5, 5)
    kernel = np.array([[[[1.0, 0.0], [0.0, 1.0]]]])
    fields = "type: conv2d, filters: 1, kernel: 2, dilation: 2, stride: 2, bias: false"
    assert run(fields, x, weight=kernel)[0, 0].tolist() == [[12.0, 16.0], [32.0, 36.0]]


def test_groups_see_their_own_maps() -> None:
    x = np.stack([np.full((1, 1), v) for v in (1.0, 10.0, 100.0, 1000.0)])[None]
    kernel = np.array([[2.0, 3.0], [5.0, 7.0]]).reshape(2, 2, 1, 1)
    y = run("type: conv2d, filters: 2, kernel: 1, groups: 2, bias: false", x, weight=kernel)
    assert y.ravel().tolist() == [32.0, 7500.0]


def test_same_lower_puts_the_odd_pixel_first() -> None:
    kernel = np.ones((1, 1, 2, 2))
    fields = "type: conv2d, filters: 1, kernel: 2, bias: false, padding:"
    upper = run(f"{fields} same_upper", SQUARE, weight=kernel)[0, 0]
    lower = run(f"{fields} same_lower", SQUARE, weight=kernel)[0, 0]
    assert upper[0, 0] == 1 + 2 + 4 + 5
    assert upper[2, 2] == 9
    assert lower[0, 0] == 1
    assert lower[2, 2] == 5 + 6 + 8 + 9


def test_padding_never_wins_a_maximum() -> None:
    y = run("type: max_pool, kernel: 2, stride: 2, padding: 1", -SQUARE)
    assert y[0, 0].tolist() == [[-1.0, -2.0], [-4.0, -5.0]]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("padding: 1", [[1.0, 2.5], [5.5, 7.0]]),
        ("padding: 1, count_padding: true", [[0.25, 1.25], [2.75, 7.0]]),
        ("ceil_mode: true", [[3.0, 4.5], [7.5, 9.0]]),
        # What ceil_mode adds is never counted, unlike the padding.
        ("ceil_mode: true, count_padding: true", [[3.0, 4.5], [7.5, 9.0]]),
        ("padding: {top: 1}, ceil_mode: true", [[1.5, 3.0], [6.0, 7.5]]),
        (
            "padding: {top: 1}, ceil_mode: true, count_padding: true",
            [[0.75, 1.5], [6.0, 7.5]],
        ),
    ],
)
def test_what_an_average_counts(more: str, expected: list[list[float]]) -> None:
    assert run(f"type: avg_pool, kernel: 2, {more}", SQUARE)[0, 0].tolist() == expected


def test_lrn_over_the_sum_and_over_the_mean() -> None:
    x = np.array([3.0, 4.0, 12.0]).reshape(1, 3, 1, 1)
    fields = "type: lrn, size: 3, k: 2, alpha: 0.5, beta: 0.5, over:"
    energies = np.array([9 + 16, 9 + 16 + 144, 16 + 144])
    expected = np.array([3.0, 4.0, 12.0]) / np.sqrt(2 + 0.5 * energies)
    assert run(f"{fields} sum", x).ravel() == pytest.approx(expected, rel=1e-15)
    expected = np.array([3.0, 4.0, 12.0]) / np.sqrt(2 + 0.5 * energies / 3)
    assert run(f"{fields} mean", x).ravel() == pytest.approx(expected, rel=1e-15)


def test_flatten_goes_map_by_map() -> None:
    x = np.arange(12.0).reshape(1, 2, 2, 3)
    assert run("type: flatten", x).tolist() == [list(range(12))]


def test_dropout_does_nothing_at_inference() -> None:
    assert (run("type: dropout, rate: 0.9", SQUARE) == SQUARE).all()


@pytest.mark.parametrize(
    ("fields", "function"),
    [
        ("type: relu", lambda v: max(0.0, v)),
        ("type: tanh", math.tanh),
        ("type: sigmoid", lambda v: 1 / (1 + math.exp(-v))),
        ("type: scaled_tanh", lambda v: 1.7159 * math.tanh(2 / 3 * v)),
        ("type: scaled_tanh, amplitude: 2, slope: 3", lambda v: 2 * math.tanh(3 * v)),
    ],
)
def test_activations(fields: str, function: object) -> None:
    x = np.array([-3.0, -0.5, 0.0, 0.25, 2.0]).reshape(1, 1, 1, 5)
    expected = [function(v) for v in x.ravel()]  # type: ignore[operator]
    assert run(fields, x).ravel() == pytest.approx(expected, rel=1e-14)


def test_sigmoid_does_not_overflow() -> None:
    with np.errstate(all="raise", under="ignore"):
        y = run("type: sigmoid", np.array([-1e4, 1e4]).reshape(1, 1, 1, 2))
    assert y.ravel().tolist() == [0.0, 1.0]


def test_softmax_is_over_channels() -> None:
    x = np.log(np.array([1.0, 3.0, 2.0, 2.0])).reshape(1, 2, 1, 2)
    y = run("type: softmax", x)
    assert y.sum(axis=1).ravel() == pytest.approx([1, 1])
    assert y[0, :, 0, 0] == pytest.approx([1 / 3, 2 / 3])
