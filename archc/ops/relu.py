"""The rectifier, max(0, x) (Nair and Hinton 2010)."""

from math import prod
from typing import Any, ClassVar, Literal

from archc.ops.activation import Activation
from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array
from archc.ops.tensor import Shape


class Relu(Activation):
    """max(0, x)."""

    from_output: ClassVar[bool] = True

    type: Literal["relu"] = "relu"

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        return {"activation": Arithmetic(comparisons=1) * prod(shape)}

    def apply(self, xp: Any, x: Array) -> Array:
        return xp.maximum(x, 0)

    def spread(self, xp: Any, x: Array, magnitude: Array) -> Array:
        return magnitude
