"""The leaky rectifier (Maas, Hannun and Ng 2013)."""

from math import prod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from archc.ops.activation import Activation
from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array
from archc.ops.tensor import Shape


class LeakyRelu(Activation):
    """x where it is positive, slope · x elsewhere; frameworks disagree on the usual slope."""

    from_output: ClassVar[bool] = True

    type: Literal["leaky_relu"] = "leaky_relu"
    slope: Annotated[float, Field(gt=0, le=1, description="Slope for negative inputs.")]

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        return {"activation": Arithmetic(comparisons=1, multiplications=1) * prod(shape)}

    def apply(self, xp: Any, x: Array) -> Array:
        return xp.where(x >= 0, x, self.slope * x)

    def spread(self, xp: Any, x: Array, magnitude: Array) -> Array:
        return magnitude + xp.abs(x)
