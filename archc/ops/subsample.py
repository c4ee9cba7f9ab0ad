"""Trainable subsampling (LeCun et al. 1998, section II-B)."""

from math import prod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from archc.ops.activations import ActivationField
from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array, Arrays, Geometry, Op, Traits, Weights
from archc.ops.initializers import GLOROT, ZERO, BiasInit, WeightInit
from archc.ops.tensor import Cost, Shape, Weight
from archc.ops.window import Kernel, Padding, Stride, Window, maps, slide, window


class SubsampleInits(BaseModel):
    """How the coefficients and biases of a subsampling layer are drawn."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    coefficient: WeightInit = GLOROT
    bias: BiasInit = ZERO


class Subsample(Op):
    """The sum of each window times a trained coefficient, plus a trained bias, one pair a map."""

    traits: ClassVar[Traits] = Traits(neurons=True, mixes=False, shares="never")

    type: Literal["subsample"] = "subsample"
    kernel: Kernel
    stride: Annotated[
        Stride | None, Field(description="Step between windows, in pixels; the kernel by default.")
    ] = None
    activation: ActivationField = None
    init: Annotated[SubsampleInits, Field(description="How coefficients and biases are drawn.")] = (
        SubsampleInits()
    )

    def geometry(self, inputs: tuple[Shape, ...]) -> Window:
        stride = self.stride or self.kernel
        return window(maps(self.type, inputs), kernel=self.kernel, stride=stride, padding=Padding())

    def shape(self, inputs: tuple[Shape, ...], geometry: Geometry) -> Shape:
        assert geometry is not None
        return (inputs[0][0], *geometry.size)

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        shape, fans = inputs[0][:1], (prod(self.kernel), 1)
        return (
            Weight("coefficient", "O", shape, self.init.coefficient, fans=fans),
            Weight("bias", "O", shape, self.init.bias),
        )

    def cost(self, inputs: tuple[Shape, ...], shape: Shape, weights: tuple[Weight, ...]) -> Cost:
        return Cost.of(weights, connections=(prod(self.kernel) + 1) * prod(shape), macs=0)

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        sums = Arithmetic(additions=prod(self.kernel) - 1, multiplications=1)
        return {"pooling": sums * prod(shape), "bias": Arithmetic(additions=prod(shape))}

    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        assert geometry is not None
        total = slide(xp, inputs[0], geometry, 0.0).sum(axis=(4, 5))
        return weights["coefficient"][:, None, None] * total + weights["bias"][:, None, None]

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        sizes = {name: xp.abs(weight) for name, weight in weights.items()}
        return self.run(xp, (xp.abs(inputs[0]),), sizes, geometry)
