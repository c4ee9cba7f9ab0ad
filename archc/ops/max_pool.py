"""Max pooling."""

from math import prod
from typing import Any, Literal

from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array, Arrays, Geometry, Weights
from archc.ops.pool import Pool
from archc.ops.tensor import Shape
from archc.ops.window import slide


class MaxPool(Pool):
    """The largest value of each window; padding counts as minus infinity, so it never wins."""

    type: Literal["max_pool"] = "max_pool"

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        return {"pooling": Arithmetic(comparisons=prod(self.kernel) - 1) * prod(shape)}

    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        assert geometry is not None
        return slide(xp, inputs[0], geometry, -xp.inf).max(axis=(4, 5))

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return xp.abs(self.run(xp, inputs, weights, geometry))
