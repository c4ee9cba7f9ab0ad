"""Average pooling."""

from dataclasses import replace
from math import prod
from typing import Annotated, Any, Literal

from pydantic import Field

from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array, Arrays, Geometry, Weights
from archc.ops.pool import Pool
from archc.ops.tensor import Shape
from archc.ops.window import Pads, slide


class AvgPool(Pool):
    """The mean of each window, over its pixels inside the input or, if asked, its padding too.

    What `ceil_mode` adds beyond the padding is never counted.
    """

    type: Literal["avg_pool"] = "avg_pool"
    count_padding: Annotated[
        bool, Field(description="Whether the zeros of the padding count in the mean.")
    ] = False

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        each = Arithmetic(additions=prod(self.kernel) - 1, divisions=1)
        return {"pooling": each * prod(shape)}

    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        assert geometry is not None
        (x,) = inputs
        if self.count_padding:
            top, bottom, left, right = geometry.pads
            x = xp.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
            geometry = replace(geometry, pads=Pads(0, 0, 0, 0))
        # What is left to pad does not count: nanmean passes over it.
        return xp.nanmean(slide(xp, x, geometry, xp.nan), axis=(4, 5))

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        assert geometry is not None
        # A window is often added pixel by pixel: its partial sums grow with it, and their roundings
        # with the root of its size.
        growth = 1 + xp.sqrt(prod(geometry.kernel)) / 4
        return growth * self.run(xp, (xp.abs(inputs[0]),), weights, geometry)
