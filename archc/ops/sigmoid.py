"""The logistic function."""

from math import prod
from typing import Any, ClassVar, Literal

from archc.ops.activation import Activation
from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array
from archc.ops.tensor import Shape


class Sigmoid(Activation):
    """1 / (1 + exp(-x))."""

    from_output: ClassVar[bool] = True

    type: Literal["sigmoid"] = "sigmoid"

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        return {"activation": Arithmetic(additions=1, divisions=1, functions=1) * prod(shape)}

    def apply(self, xp: Any, x: Array) -> Array:
        # exp never sees a positive number, so it never overflows.
        small = xp.exp(-xp.abs(x))
        return xp.where(x >= 0, 1, small) / (1 + small)

    def spread(self, xp: Any, x: Array, magnitude: Array) -> Array:
        # The slope is at most 1/4; frameworks compute small outputs from terms of order 1.
        return magnitude / 4 + xp.maximum(self.apply(xp, x), 0.5)
