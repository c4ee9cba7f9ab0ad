"""Concatenation: channels one after the other."""

import numpy as np
from support.single import whole

from archc.ops.concat import Concat


def test_the_channels_of_the_first_come_first() -> None:
    first, second = whole(0, 2, 3, 4, 5), whole(1, 2, 1, 4, 5)
    y = Concat().run(np, (first, second), {}, None)
    assert y.shape == (2, 4, 4, 5)
    assert (y[:, :3] == first).all()
    assert (y[:, 3:] == second).all()
