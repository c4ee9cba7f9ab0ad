"""The hyperbolic tangent."""

from math import prod
from typing import Any, ClassVar, Literal

from archc.ops.activation import Activation
from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array
from archc.ops.tensor import Shape


class Tanh(Activation):
    """tanh(x)."""

    from_output: ClassVar[bool] = True

    type: Literal["tanh"] = "tanh"

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        return {"activation": Arithmetic(functions=1) * prod(shape)}

    def apply(self, xp: Any, x: Array) -> Array:
        return xp.tanh(x)

    def spread(self, xp: Any, x: Array, magnitude: Array) -> Array:
        return magnitude + xp.abs(xp.tanh(x))
