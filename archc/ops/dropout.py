"""Dropout."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from archc.ops.arithmetic import Work
from archc.ops.base import Array, Arrays, Geometry, Stateless, Traits, Weights
from archc.ops.tensor import Shape
from archc.ops.usual import Usual


class Dropout(Stateless):
    """Dropout (Hinton et al. 2012): noise in training, nothing at inference.

    In training, each value is zeroed with probability `rate` and the rest scaled to make up.
    """

    keeps_shape: ClassVar[bool] = True
    traits: ClassVar[Traits] = Traits(neurons=False, mixes=False, shares="inference")

    type: Literal["dropout"] = "dropout"
    rate: Annotated[
        float,
        Field(ge=0, lt=1, description="Probability of zeroing a value in training."),
        Usual("0.5 (Krizhevsky et al. 2012, PyTorch)"),
    ]

    @property
    def detail(self) -> str:
        return f"{self.rate:g}"

    def shape(self, inputs: tuple[Shape, ...], geometry: Geometry) -> Shape:
        return inputs[0]

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        return {}

    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return inputs[0]

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return xp.abs(inputs[0])
