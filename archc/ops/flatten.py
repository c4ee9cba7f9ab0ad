"""Flattening."""

from math import prod
from typing import Any, ClassVar, Literal

from archc.ops.arithmetic import Work
from archc.ops.base import Array, Arrays, Geometry, Stateless, Traits, Weights
from archc.ops.tensor import Shape


class Flatten(Stateless):
    """Maps to a vector.

    All values as one vector, map by map, each row by row: the order C, H, W.
    """

    traits: ClassVar[Traits] = Traits(neurons=False, mixes=False, shares="always")

    type: Literal["flatten"] = "flatten"

    def shape(self, inputs: tuple[Shape, ...], geometry: Geometry) -> Shape:
        return (prod(inputs[0]),)

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        return {}

    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return inputs[0].reshape(len(inputs[0]), -1)

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return xp.abs(self.run(xp, inputs, weights, geometry))
