"""The softmax over channels."""

from math import prod
from typing import Any, ClassVar, Literal

from archc.ops.activation import Activation
from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array, Traits
from archc.ops.tensor import Shape


class Softmax(Activation):
    """exp(x) over its sum along the channels: probabilities at every place."""

    traits: ClassVar[Traits] = Traits(neurons=False, mixes=True, shares="never")
    from_output: ClassVar[bool] = True

    type: Literal["softmax"] = "softmax"

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        channels, values = shape[0], prod(shape)
        # Of n channels: the largest and their sum in n - 1 steps each, n differences from it.
        fewer = values - values // channels
        found = Arithmetic(fewer + values, comparisons=fewer, divisions=values, functions=values)
        return {"activation": found}

    def apply(self, xp: Any, x: Array) -> Array:
        powers = xp.exp(x - x.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def spread(self, xp: Any, x: Array, magnitude: Array) -> Array:
        y = self.apply(xp, x)
        # An error e in the exponents changes y_i by y_i (e_i - sum of y_j e_j).
        terms = magnitude + (x.max(axis=1, keepdims=True) - x) + 1
        return y * (terms + (y * terms).sum(axis=1, keepdims=True))
