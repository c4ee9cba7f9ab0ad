"""Radial basis functions."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from archc.errors import Fault
from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array, Arrays, Family, Geometry, Op, Output, Traits, Weights
from archc.ops.bitmaps import Bitmap, bitmaps
from archc.ops.initializers import ZERO
from archc.ops.tensor import Cost, Shape, Weight, show

Codes = Annotated[
    tuple[Bitmap, ...],
    BeforeValidator(bitmaps),
    WithJsonSchema({"type": "string", "pattern": r"^[X.\s]+$"}),
    Field(
        description="One bitmap of X (1) and . (-1) an output, drawn side by side; an empty line "
        "begins the next row of bitmaps."
    ),
]


class Rbf(Op):
    """Radial basis functions with fixed codes (LeCun et al. 1998, section II-B, equation 7).

    The squared distance of the input to each of some fixed codes, which are never trained.
    """

    label: ClassVar[str] = "RBF"
    family: ClassVar[Family] = "fixed codes"
    drawn_field: ClassVar[str] = "codes"
    traits: ClassVar[Traits] = Traits(neurons=True, mixes=True, shares="never")
    output: ClassVar[Output] = "distances"

    type: Literal["rbf"] = "rbf"
    codes: Codes

    @property
    def drawings(self) -> tuple[Bitmap, ...]:
        return self.codes

    def shape(self, inputs: tuple[Shape, ...], geometry: Geometry) -> Shape:
        (shape,) = inputs
        if len(shape) != 1:
            raise Fault("E306", "from", type="rbf", shape=show(shape))
        size = len(self._numbers[0])
        if shape[0] != size:
            raise Fault("E317", "codes", size=size, values=shape[0])
        return (len(self.codes),)

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        codes = self._numbers
        shape = (len(codes), len(codes[0]))
        return (Weight("codes", "OI", shape, ZERO, trainable=False, codes=codes),)

    def cost(self, inputs: tuple[Shape, ...], shape: Shape, weights: tuple[Weight, ...]) -> Cost:
        return Cost.of(weights, connections=weights[0].size, macs=0)

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        terms = inputs[0][0] * len(self.codes)  # of each a difference, a square and its sum
        return {"other": Arithmetic(additions=2 * terms, multiplications=terms)}

    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return ((inputs[0][:, None] - weights["codes"]) ** 2).sum(axis=2)

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return ((xp.abs(inputs[0][:, None]) + xp.abs(weights["codes"])) ** 2).sum(axis=2)

    @property
    def _numbers(self) -> tuple[tuple[float, ...], ...]:
        """Each bitmap, row by row: 1 for X and -1 for a dot."""
        return tuple(
            tuple(1.0 if sign == "X" else -1.0 for line in bitmap for sign in line)
            for bitmap in self.codes
        )
