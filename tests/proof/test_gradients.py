"""The verdict on gradients: what was not compared is never a pass."""

import math

import numpy as np
import pytest

from archc.proof import differences, gradients
from archc.proof.differences import Slope
from archc.proof.gradients import Comparison
from archc.proof.layer_errors import Errors, largest, within

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize("errors", [(NAN, 1e-16), (1e-16, NAN), (NAN, INF), (INF, NAN)])
def test_a_nan_is_not_forgotten_for_what_comes_after(errors: tuple[float, float]) -> None:
    comparison = Comparison("torch", "gradients")
    for error in errors:
        comparison.add("conv", error, 1e-10)
    assert comparison.errors.failed == ["conv"]
    assert math.isnan(comparison.errors.layers["conv"])


@pytest.mark.parametrize(
    ("error", "limit", "passes"),
    [
        (1.0, 1.0, True),
        (1.1, 1.0, False),
        (NAN, 1.0, False),
        (0.0, INF, False),
        (INF, INF, False),
        (0.0, NAN, False),
    ],
)
def test_nothing_passes_under_a_limit_that_is_not_finite(
    error: float, limit: float, passes: bool
) -> None:
    assert within(error, limit) is passes
    assert (Errors({"a": error}, {"a": limit}).failed == []) is passes


def test_the_largest_error_is_a_nan_if_there_is_one() -> None:
    assert largest([]) == 0
    assert largest([1, INF, 2]) == INF
    assert math.isnan(largest([1, NAN, INF]))


def test_a_tensor_without_a_smooth_place_was_not_compared() -> None:
    gradient = np.array([0.5, 2.0])
    smooth, kinked, lost = Slope(0, 0.5, 0.5), Slope(1, 1.0, 3.0), Slope(1, NAN, NAN)
    assert gradients._against(gradient, [smooth, kinked]) == 0
    for slopes in ([], [kinked], [lost], [kinked, lost]):
        assert math.isnan(gradients._against(gradient, slopes))


def test_steps_get_smaller_until_a_place_is_smooth() -> None:
    """|x - 2⁻¹⁸| has its kink within the first step from 0, and not within the second."""
    x = np.zeros(1)
    (slope,) = differences._slopes(lambda: np.abs(x - 2.0**-18), x, np.ones(1), [0])
    assert slope.value == -1
    assert slope.smooth(1.0)
