"""Concatenation."""

from typing import Any, ClassVar, Literal

from archc.errors import Fault
from archc.ops.arithmetic import Work
from archc.ops.base import Array, Arrays, Family, Geometry, Stateless, Traits, Weights
from archc.ops.tensor import Shape, show


class Concat(Stateless):
    """Branches side by side.

    The channels of all inputs, one after the other; height and width stay.
    """

    reads: ClassVar[tuple[int, int | None]] = (2, None)
    label: ClassVar[str] = "concatenation"
    family: ClassVar[Family] = "join"
    aliases: ClassVar[tuple[str, ...]] = ("concatenate", "cat")
    traits: ClassVar[Traits] = Traits(neurons=False, mixes=False, shares="never")

    type: Literal["concat"] = "concat"

    def shape(self, inputs: tuple[Shape, ...], geometry: Geometry) -> Shape:
        if len({shape[1:] for shape in inputs}) > 1:
            raise Fault("E308", "from", shapes=" and ".join(show(s) for s in inputs))
        return (sum(shape[0] for shape in inputs), *inputs[0][1:])

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        return {}

    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return xp.concatenate(inputs, axis=1)

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return xp.abs(self.run(xp, inputs, weights, geometry))
