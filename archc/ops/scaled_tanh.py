"""The squashing function of LeCun et al. 1998, appendix A: A·tanh(S·x)."""

from math import prod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from archc.ops.activation import Activation
from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array
from archc.ops.tensor import Shape


class ScaledTanh(Activation):
    """amplitude · tanh(slope · x); the paper's values are the defaults."""

    from_output: ClassVar[bool] = True

    type: Literal["scaled_tanh"] = "scaled_tanh"
    amplitude: Annotated[float, Field(gt=0, description="Largest output, A in the paper.")] = 1.7159
    slope: Annotated[float, Field(gt=0, description="Slope at the origin over A, S.")] = 2 / 3

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        return {"activation": Arithmetic(multiplications=2, functions=1) * prod(shape)}

    def apply(self, xp: Any, x: Array) -> Array:
        return self.amplitude * xp.tanh(self.slope * x)

    def spread(self, xp: Any, x: Array, magnitude: Array) -> Array:
        return self.amplitude * self.slope * magnitude + xp.abs(self.apply(xp, x))
