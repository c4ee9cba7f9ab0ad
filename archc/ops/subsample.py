"""Subsampling with trained coefficients."""

from math import prod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from archc.ops.activations import ActivationField
from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array, Arrays, Family, Geometry, Traits, Weights, run_on_sizes
from archc.ops.initializers import GLOROT, ZERO, BiasInit, WeightInit
from archc.ops.tensor import Cost, Shape, Weight
from archc.ops.window import Kernel, OwnStride, Padding, Window, require_maps, slide, window
from archc.ops.windowed import WindowedOp


class SubsampleInits(BaseModel):
    """How the coefficients and biases of a subsampling layer are initialised."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    coefficient: WeightInit = GLOROT
    bias: BiasInit = ZERO


class Subsample(WindowedOp):
    """Trainable subsampling (LeCun et al. 1998, section II-B).

    The sum of each window times a trained coefficient, plus a trained bias, one pair a map.
    """

    label: ClassVar[str] = "subsampling"
    family: ClassVar[Family] = "pooling"
    aliases: ClassVar[tuple[str, ...]] = ("subsampling",)
    traits: ClassVar[Traits] = Traits(neurons=True, mixes=False, shares="never")

    type: Literal["subsample"] = "subsample"
    kernel: Kernel
    stride: OwnStride = None
    activation: ActivationField = None
    init: Annotated[
        SubsampleInits, Field(description="How coefficients and biases are initialised.")
    ] = SubsampleInits()

    def geometry(self, inputs: tuple[Shape, ...]) -> Window:
        stride = self.stride or self.kernel
        return window(
            require_maps(self.type, inputs), kernel=self.kernel, stride=stride, padding=Padding()
        )

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        shape, fans = inputs[0][:1], (prod(self.kernel), 1)
        return (
            Weight("coefficient", "O", shape, self.init.coefficient, fans=fans),
            Weight.bias(shape[0], self.init.bias),
        )

    def cost(self, inputs: tuple[Shape, ...], shape: Shape, weights: tuple[Weight, ...]) -> Cost:
        return Cost.of(weights, connections=(prod(self.kernel) + 1) * prod(shape), macs=0)

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        sums = Arithmetic(additions=prod(self.kernel) - 1, multiplications=1)
        return {"pooling": sums * prod(shape), "bias": Arithmetic(additions=prod(shape))}

    def run_windows(self, xp: Any, x: Array, weights: Weights, win: Window) -> Array:
        total = slide(xp, x, win, 0.0).sum(axis=(4, 5))
        return weights["coefficient"][:, None, None] * total + weights["bias"][:, None, None]

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return run_on_sizes(self, xp, inputs, weights, geometry)
