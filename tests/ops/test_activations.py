"""The activations: what each makes of a value, at what slope, and that none overflows."""

from math import erf, exp, pi, sqrt, tanh
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cases import ACTIVATIONS
from support.networks import as_layer
from support.single import node, output, whole

from archc.ops import OPS
from archc.ops.activations import Elementwise

VALUES = [-3.0, -0.5, 0.0, 0.25, 2.0]
FORMS = ["exact", "tanh"]
LAYERS = [as_layer(activation) for activation in ACTIVATIONS]
numbers = st.floats(-6, 6, allow_subnormal=False)
slopes = st.floats(2**-20, 1)


def of(fields: dict[str, Any], *values: float) -> list[float]:
    """What a layer makes of some values."""
    return output(fields, np.array([values])).ravel().tolist()


@pytest.mark.parametrize(
    ("fields", "function"),
    [
        ({"type": "relu"}, lambda v: max(0.0, v)),
        ({"type": "tanh"}, tanh),
        ({"type": "sigmoid"}, lambda v: 1 / (1 + exp(-v))),
        ({"type": "scaled_tanh"}, lambda v: 1.7159 * tanh(2 / 3 * v)),
        ({"type": "scaled_tanh", "amplitude": 2, "slope": 3}, lambda v: 2 * tanh(3 * v)),
        ({"type": "leaky_relu", "slope": 0.25}, lambda v: max(0.25 * v, v)),
        ({"type": "gelu", "form": "exact"}, lambda v: v * (1 + erf(v / sqrt(2))) / 2),
        (
            {"type": "gelu", "form": "tanh"},
            lambda v: v / 2 * (1 + tanh(sqrt(2 / pi) * (v + 0.044715 * v**3))),
        ),
    ],
)
def test_a_value_becomes_what_the_formula_says(fields: dict[str, Any], function: Any) -> None:
    expected = [function(v) for v in VALUES]
    assert of(fields, *VALUES) == pytest.approx(expected, rel=1e-14, abs=0)


@pytest.mark.parametrize("fields", LAYERS, ids=str)
@pytest.mark.parametrize("shape", [(5,), (2, 3, 4)])
def test_it_keeps_the_shape_and_stores_nothing(
    fields: dict[str, Any], shape: tuple[int, ...]
) -> None:
    made = node(fields, shape)
    assert made.shape == shape
    assert made.weights == ()
    assert made.cost.parameters == made.cost.connections == made.cost.macs == 0


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
def test_as_a_field_it_is_the_same(activation: Any) -> None:
    x = whole(0, 1, 2, 3, 3)
    pool = {"type": "max_pool", "kernel": 2, "stride": 1}
    field = output({**pool, "activation": activation}, x)
    assert (field == output(as_layer(activation), output(pool, x))).all()


@pytest.mark.parametrize("fields", [f for f in LAYERS if f["type"] != "softmax"], ids=str)
def test_no_slope_is_steeper_than_the_steepest(fields: dict[str, Any]) -> None:
    op = OPS[fields["type"]].model_validate(fields)
    assert isinstance(op, Elementwise)
    x = np.linspace(-8, 8, 20_001)
    slope = np.abs(np.diff(op.apply(np, x)) / np.diff(x)).max()
    assert 0.995 * op.steepest < slope <= op.steepest * (1 + 1e-9)


def test_what_each_takes_for_the_size_of_rounding_errors() -> None:
    x, magnitude = np.array([-2.0, 2.0]), np.array([10.0, 20.0])

    def spread(kind: str, **fields: Any) -> list[float]:
        op = OPS[kind].model_validate({"type": kind, **fields})
        return op.spread(np, x, magnitude).tolist()  # type: ignore[attr-defined]

    half = 1 / (1 + exp(-2))
    assert spread("relu") == [10.0, 20.0]
    assert spread("leaky_relu", slope=0.1) == [12.0, 22.0]
    assert spread("tanh") == [10 + np.tanh(2), 20 + np.tanh(2)]
    assert spread("scaled_tanh", amplitude=2, slope=0.5) == [
        10 + 2 * np.tanh(1),
        20 + 2 * np.tanh(1),
    ]
    assert spread("sigmoid") == pytest.approx([2.5 + 0.5, 5 + half], rel=1e-15)
    assert spread("gelu", form="exact") == [1.13 * 10 + 2, 1.13 * 20 + 2]


def test_the_exact_gelu_is_the_normal_distributions() -> None:
    values = [-3.0, -1.0, -0.25, 0.0, 0.5, 2.0]
    found = of({"type": "gelu", "form": "exact"}, *values)
    by_erf = [v * (1 + erf(v / sqrt(2))) / 2 for v in values]
    assert found == pytest.approx(by_erf, rel=1e-15, abs=0)
    by_distribution = [v * NormalDist().cdf(v) for v in values]
    assert found == pytest.approx(by_distribution, rel=1e-12, abs=0)


@given(numbers)
def test_the_forms_of_gelu_are_close_everywhere(x: float) -> None:
    (exact,), (by_tanh,) = (of({"type": "gelu", "form": form}, x) for form in FORMS)
    assert abs(exact - by_tanh) < 4.8e-4


def test_the_forms_of_gelu_are_not_the_same() -> None:
    x = np.linspace(-6, 6, 2001).tolist()
    apart = np.abs(np.subtract(*(of({"type": "gelu", "form": form}, *x) for form in FORMS)))
    assert 4.7e-4 < apart.max() < 4.8e-4


@pytest.mark.parametrize("form", FORMS)
@given(x=numbers)
def test_what_one_sign_loses_to_gelu_the_other_has(form: str, x: float) -> None:
    right, left = of({"type": "gelu", "form": form}, x, -x)
    assert right - left == pytest.approx(x, rel=1e-15, abs=1e-300)


@pytest.mark.parametrize("form", FORMS)
def test_far_out_gelu_is_the_rectifier(form: str) -> None:
    with np.errstate(all="raise", under="ignore"):
        assert of({"type": "gelu", "form": form}, -50.0, 50.0) == [0.0, 50.0]


def leaky(slope: float, x: np.ndarray) -> np.ndarray:
    return output({"type": "leaky_relu", "slope": slope}, x)


def test_a_leaky_rectifier_scales_what_is_negative_and_nothing_else() -> None:
    x = np.array([[-8.0, -0.5, -0.0, 0.0, 0.5, 8.0]])
    assert leaky(0.25, x).tolist() == [[-2.0, -0.125, 0.0, 0.0, 0.5, 8.0]]


@given(slopes, st.integers(0, 99))
def test_a_leaky_rectifier_is_the_rectifier_of_both_signs(slope: float, seed: int) -> None:
    x = whole(seed, 2, 3, 2, 2)
    relu = {"type": "relu"}
    assert (leaky(slope, x) == output(relu, x) - slope * output(relu, -x)).all()


@given(st.integers(0, 99))
def test_a_leaky_rectifier_of_slope_1_is_the_identity(seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(2, 3, 2, 2))
    assert (leaky(1, x) == x).all()


def test_sigmoid_does_not_overflow() -> None:
    with np.errstate(all="raise", under="ignore"):
        assert of({"type": "sigmoid"}, -1e4, 1e4) == [0.0, 1.0]


def test_softmax_is_over_channels() -> None:
    x = np.log(np.array([1.0, 3.0, 2.0, 2.0])).reshape(1, 2, 1, 2)
    y = output({"type": "softmax"}, x)
    assert y.sum(axis=1).ravel() == pytest.approx([1, 1])
    assert y[0, :, 0, 0] == pytest.approx([1 / 3, 2 / 3])
