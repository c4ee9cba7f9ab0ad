"""Batch normalisation: by the running statistics, and in training by the batch's own."""

from math import sqrt
from statistics import fmean, pvariance
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.single import node, output, whole

from archc.ops.batch_norm import BatchNorm

FIELDS: dict[str, Any] = {"type": "batch_norm", "epsilon": 0.25, "momentum": 0.75}
SHAPES = [(3,), (3, 1, 1), (3, 2, 4)]


def weights(channels: int) -> dict[str, np.ndarray]:
    """Four tensors no two of which could be taken for each other."""
    rising = np.arange(1.0, channels + 1)
    return {
        "scale": -rising / 2,
        "bias": rising / 8,
        "mean": rising + 0.5,
        "variance": rising**2 + 0.75,
    }


@pytest.mark.parametrize("shape", SHAPES)
def test_every_channel_is_normalised_by_its_own_statistics(shape: tuple[int, ...]) -> None:
    x, w = whole(0, 2, *shape), weights(3)
    y = output(FIELDS, x, **w)
    assert y.shape == x.shape
    for place in np.ndindex(*x.shape):
        c = place[1]
        distance = (x[place] - w["mean"][c]) / sqrt(w["variance"][c] + 0.25)
        assert y[place] == pytest.approx(w["scale"][c] * distance + w["bias"][c], rel=1e-14)


def test_epsilon_is_added_to_the_variance_inside_the_root() -> None:
    w = {"scale": [1.0], "bias": [0.0], "mean": [1.0], "variance": [3.75]}
    y = output(FIELDS, np.array([[5.0]]), **{name: np.array(v) for name, v in w.items()})
    assert y.tolist() == [[2.0]]  # (5 - 1) / sqrt(3.75 + 0.25)


@given(st.integers(1, 5), st.sampled_from([1e-5, 1e-3, 0.25, 1.0]), st.booleans())
def test_statistics_of_0_and_1_and_no_weights_are_the_identity(
    channels: int, epsilon: float, maps: bool
) -> None:
    x = whole(1, 3, channels, *(2, 3)[: 2 * maps])
    ones, zeros = np.ones(channels), np.zeros(channels)
    w = {"scale": ones, "bias": zeros, "mean": zeros, "variance": ones - epsilon}
    y = output(FIELDS | {"epsilon": epsilon}, x, **w)
    assert y == pytest.approx(x, rel=2e-16, abs=0)


@pytest.mark.parametrize("shape", [(1,), (7,), (5, 1, 1), (4, 3, 2)])
def test_two_trained_and_two_fixed_numbers_a_channel(shape: tuple[int, ...]) -> None:
    made = node(FIELDS, shape)
    channels, size = shape[0], int(np.prod(shape))
    assert made.shape == shape
    cost = made.cost
    assert (cost.parameters, cost.fixed) == (2 * channels, 2 * channels)
    assert (cost.weights, cost.biases) == (channels, channels)
    assert (cost.connections, cost.macs) == (2 * size, 0)
    trained = {w.name: (w.trainable, w.init.value) for w in made.weights}
    assert trained == {
        "scale": (True, 1.0),
        "bias": (True, 0.0),
        "mean": (False, 0.0),
        "variance": (False, 1.0),
    }


def trained(x: np.ndarray, **fields: float) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    op = BatchNorm.model_validate(FIELDS | fields)
    return op.train(np, (x,), weights(x.shape[1]), None)  # type: ignore[return-value]


@pytest.mark.parametrize("shape", SHAPES)
def test_in_training_the_batch_is_normalised_by_its_own_biased_variance(
    shape: tuple[int, ...],
) -> None:
    x, w = whole(2, 4, *shape), weights(3)
    y, kept = trained(x)
    for c in range(3):
        seen = x[:, c].ravel().tolist()
        mean, variance = fmean(seen), pvariance(seen)
        expected = [w["scale"][c] * (v - mean) / sqrt(variance + 0.25) + w["bias"][c] for v in seen]
        assert y[:, c].ravel() == pytest.approx(expected, rel=1e-13, abs=1e-13)
        assert kept["mean"][c] == pytest.approx(0.75 * w["mean"][c] + 0.25 * mean, rel=1e-15)
        old = w["variance"][c]
        assert kept["variance"][c] == pytest.approx(0.75 * old + 0.25 * variance, rel=1e-15)


@given(st.integers(2, 5), st.integers(1, 4))
def test_without_memory_inference_repeats_what_training_saw(batch: int, channels: int) -> None:
    x = whole(3, batch, channels, 2, 2)
    y, kept = trained(x, momentum=0.0)
    assert (output(FIELDS, x, **weights(channels) | kept) == y).all()
