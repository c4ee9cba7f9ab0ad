"""Local response normalisation: which channels count, and whether as a sum or as a mean."""

import numpy as np
import pytest
from support.single import output


def test_it_is_over_the_sum_or_over_the_mean() -> None:
    x = np.array([3.0, 4.0, 12.0]).reshape(1, 3, 1, 1)
    fields = {"type": "lrn", "size": 3, "k": 2, "alpha": 0.5, "beta": 0.5}
    energies = np.array([9 + 16, 9 + 16 + 144, 16 + 144])
    expected = np.array([3.0, 4.0, 12.0]) / np.sqrt(2 + 0.5 * energies)
    assert output({**fields, "over": "sum"}, x).ravel() == pytest.approx(expected, rel=1e-15)
    expected = np.array([3.0, 4.0, 12.0]) / np.sqrt(2 + 0.5 * energies / 3)
    assert output({**fields, "over": "mean"}, x).ravel() == pytest.approx(expected, rel=1e-15)
