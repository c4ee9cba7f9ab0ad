"""GELU: by the error function, and by the paper's tanh."""

from math import erf, pi, sqrt, tanh
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.single import node, output

FORMS = ["exact", "tanh"]
numbers = st.floats(-6, 6, allow_subnormal=False)


def gelu(form: str, *values: float) -> list[float]:
    x = np.array([values])
    return output({"type": "gelu", "form": form}, x).ravel().tolist()


def test_the_exact_form_is_the_normal_distributions() -> None:
    values = [-3.0, -1.0, -0.25, 0.0, 0.5, 2.0]
    expected = [v * (1 + erf(v / sqrt(2))) / 2 for v in values]
    assert gelu("exact", *values) == pytest.approx(expected, rel=1e-15, abs=0)
    expected = [v * NormalDist().cdf(v) for v in values]
    assert gelu("exact", *values) == pytest.approx(expected, rel=1e-12, abs=0)


def test_the_tanh_form_is_the_papers() -> None:
    values = [-3.0, -1.0, -0.25, 0.0, 0.5, 2.0]
    expected = [v / 2 * (1 + tanh(sqrt(2 / pi) * (v + 0.044715 * v**3))) for v in values]
    assert gelu("tanh", *values) == pytest.approx(expected, rel=1e-12, abs=0)


@given(numbers)
def test_the_forms_are_close_everywhere(x: float) -> None:
    (exact,), (by_tanh,) = gelu("exact", x), gelu("tanh", x)
    assert abs(exact - by_tanh) < 4.8e-4


def test_the_forms_are_not_the_same() -> None:
    x = np.linspace(-6, 6, 2001).tolist()
    apart = np.abs(np.subtract(gelu("exact", *x), gelu("tanh", *x)))
    assert 4.7e-4 < apart.max() < 4.8e-4


@pytest.mark.parametrize("form", FORMS)
@given(x=numbers)
def test_what_one_sign_loses_the_other_has(form: str, x: float) -> None:
    (right,), (left,) = gelu(form, x), gelu(form, -x)
    assert right - left == pytest.approx(x, rel=1e-15, abs=1e-300)


@pytest.mark.parametrize("form", FORMS)
def test_far_out_it_is_the_rectifier(form: str) -> None:
    with np.errstate(all="raise", under="ignore"):
        assert gelu(form, -50.0, 50.0) == [0.0, 50.0]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", [(5,), (2, 3, 4)])
def test_it_keeps_the_shape_and_stores_nothing(form: str, shape: tuple[int, ...]) -> None:
    made = node({"type": "gelu", "form": form}, shape)
    assert made.shape == shape
    assert made.weights == ()
    assert made.cost.parameters == made.cost.connections == made.cost.macs == 0
