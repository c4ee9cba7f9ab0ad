"""Flattening: the order of the values."""

import numpy as np
from support.single import output


def test_it_goes_map_by_map() -> None:
    x = np.arange(12.0).reshape(1, 2, 2, 3)
    assert output({"type": "flatten"}, x).tolist() == [list(range(12))]
