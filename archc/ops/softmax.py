"""The softmax over channels."""

from typing import Any, Literal

from archc.ops.activation import Activation
from archc.ops.base import Array


class Softmax(Activation):
    """exp(x) over its sum along the channels: probabilities at every place."""

    type: Literal["softmax"] = "softmax"

    def apply(self, xp: Any, x: Array) -> Array:
        powers = xp.exp(x - x.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def spread(self, xp: Any, x: Array, magnitude: Array) -> Array:
        y = self.apply(xp, x)
        # An error e in the exponents changes y_i by y_i (e_i - sum of y_j e_j).
        terms = magnitude + (x.max(axis=1, keepdims=True) - x) + 1
        return y * (terms + (y * terms).sum(axis=1, keepdims=True))
