"""The rectifier, max(0, x) (Nair and Hinton 2010)."""

from typing import Any, Literal

from archc.ops.activation import Activation
from archc.ops.base import Array


class Relu(Activation):
    """max(0, x)."""

    type: Literal["relu"] = "relu"

    def apply(self, xp: Any, x: Array) -> Array:
        return xp.maximum(x, 0)

    def spread(self, xp: Any, x: Array, magnitude: Array) -> Array:
        return magnitude
