"""The hyperbolic tangent."""

from typing import Any, Literal

from archc.ops.activation import Activation
from archc.ops.base import Array


class Tanh(Activation):
    """tanh(x)."""

    type: Literal["tanh"] = "tanh"

    def apply(self, xp: Any, x: Array) -> Array:
        return xp.tanh(x)

    def spread(self, xp: Any, x: Array, magnitude: Array) -> Array:
        return magnitude + xp.abs(xp.tanh(x))
