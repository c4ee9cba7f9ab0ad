"""The leaky rectifier: its slope is whatever the spec says, and no framework's default."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.single import node, output, whole

slopes = st.floats(2**-20, 1)


def leaky(slope: float, x: np.ndarray) -> np.ndarray:
    return output({"type": "leaky_relu", "slope": slope}, x)


def test_what_is_negative_is_scaled_and_nothing_else() -> None:
    x = np.array([[-8.0, -0.5, -0.0, 0.0, 0.5, 8.0]])
    assert leaky(0.25, x).tolist() == [[-2.0, -0.125, 0.0, 0.0, 0.5, 8.0]]


@given(slopes, st.integers(0, 99))
def test_it_is_the_rectifier_of_both_signs(slope: float, seed: int) -> None:
    x = whole(seed, 2, 3, 2, 2)
    relu = {"type": "relu"}
    assert (leaky(slope, x) == output(relu, x) - slope * output(relu, -x)).all()


@given(st.integers(0, 99))
def test_a_slope_of_1_is_the_identity(seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(2, 3, 2, 2))
    assert (leaky(1, x) == x).all()


@pytest.mark.parametrize("shape", [(5,), (2, 3, 4)])
def test_it_keeps_the_shape_and_stores_nothing(shape: tuple[int, ...]) -> None:
    made = node({"type": "leaky_relu", "slope": 0.1}, shape)
    assert made.shape == shape
    assert made.weights == ()
    assert made.cost.parameters == made.cost.connections == made.cost.macs == 0


def test_as_a_field_it_is_the_same() -> None:
    x = whole(0, 1, 2, 3, 3)
    layer = {"type": "max_pool", "kernel": 2, "stride": 1}
    field = layer | {"activation": {"leaky_relu": {"slope": 0.1}}}
    assert (output(field, x) == leaky(0.1, output(layer, x))).all()
