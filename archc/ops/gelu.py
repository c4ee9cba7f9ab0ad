"""The Gaussian error linear unit (Hendrycks and Gimpel 2016)."""

from math import erf, pi, prod, sqrt
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from archc.ops.activation import Activation
from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array
from archc.ops.tensor import Shape


class Gelu(Activation):
    """x · Φ(x), Φ the distribution of a standard normal; or the paper's approximation by a tanh."""

    from_output: ClassVar[bool] = False

    type: Literal["gelu"] = "gelu"
    form: Annotated[
        Literal["exact", "tanh"],
        Field(description="exact: by the error function; tanh: by the paper's approximation."),
    ]

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        if self.form == "tanh":
            each = Arithmetic(additions=2, multiplications=5, divisions=1, functions=1)
        else:
            each = Arithmetic(additions=1, multiplications=1, divisions=2, functions=1)
        return {"activation": each * prod(shape)}

    def apply(self, xp: Any, x: Array) -> Array:
        if self.form == "tanh":
            return x * (1 + xp.tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2
        # NumPy has no error function.
        return x * (1 + xp.vectorize(erf, otypes=[x.dtype])(x / sqrt(2))) / 2

    def spread(self, xp: Any, x: Array, magnitude: Array) -> Array:
        # The slope is below 1.13; for negative x, 1 and the error function nearly cancel.
        return 1.13 * magnitude + xp.abs(x)
