"""Addition."""

from math import prod
from typing import Any, ClassVar, Literal

from archc.errors import Fault
from archc.ops.activations import ActivationField
from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array, Arrays, Family, Geometry, Stateless, Traits, Weights
from archc.ops.tensor import Shape, show


class Add(Stateless):
    """The sum of branches.

    Inputs of one shape, added value by value; nothing is ever broadcast.
    """

    reads: ClassVar[tuple[int, int | None]] = (2, None)
    label: ClassVar[str] = "addition"
    family: ClassVar[Family] = "join"
    aliases: ClassVar[tuple[str, ...]] = ("sum",)
    traits: ClassVar[Traits] = Traits(neurons=False, mixes=False, shares="never")

    type: Literal["add"] = "add"
    activation: ActivationField = None

    def shape(self, inputs: tuple[Shape, ...], geometry: Geometry) -> Shape:
        if len(set(inputs)) > 1:
            raise Fault("E307", "from", shapes=" and ".join(show(s) for s in inputs))
        return inputs[0]

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        return {"other": Arithmetic(additions=(len(inputs) - 1) * prod(shape))}

    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return sum(inputs[1:], start=inputs[0])

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return sum(xp.abs(x) for x in inputs)
