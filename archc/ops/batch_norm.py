"""Batch normalisation."""

from math import prod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from archc.ops.activations import ActivationField
from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array, Arrays, Family, Geometry, Op, Traits, Weights
from archc.ops.initializers import ONE, ZERO, BiasInit
from archc.ops.tensor import Cost, Shape, Weight
from archc.ops.usual import Usual


class NormInits(BaseModel):
    """How scales and biases are initialised; running means start at 0, variances at 1."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    scale: BiasInit = ONE
    bias: BiasInit = ZERO


class BatchNorm(Op):
    """Batch normalisation (Ioffe and Szegedy 2015).

    scale · (x - mean) / √(variance + epsilon) + bias, channel by channel.

    In training, mean and variance are the batch's own; at inference, the running ones. These are
    the biased variance's: PyTorch keeps the unbiased one.
    """

    keeps_shape: ClassVar[bool] = True
    label: ClassVar[str] = "batch norm"
    family: ClassVar[Family] = "normalisation"
    aliases: ClassVar[tuple[str, ...]] = (
        "batchnorm",
        "batchnorm1d",
        "batchnorm2d",
        "batchnormalization",
        "batch_normalization",
    )
    traits: ClassVar[Traits] = Traits(neurons=False, mixes=False, shares="never")

    type: Literal["batch_norm"] = "batch_norm"
    epsilon: Annotated[
        float,
        Field(gt=0, description="What is added to the variance."),
        Usual("1e-5 (PyTorch, ONNX, Caffe) or 1e-3 (Keras)"),
    ]
    momentum: Annotated[
        float,
        Field(ge=0, lt=1, description="Weight of the old running statistics, as in Keras."),
        Usual("0.9 (PyTorch's 0.1; ONNX) or 0.99 (Keras)"),
    ]
    activation: ActivationField = None
    init: Annotated[NormInits, Field(description="How scales and biases are initialised.")] = (
        NormInits()
    )

    def shape(self, inputs: tuple[Shape, ...], geometry: Geometry) -> Shape:
        return inputs[0]

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        shape = inputs[0][:1]
        return (
            Weight("scale", "O", shape, self.init.scale, sampled=(1.0, 0.5)),
            Weight.bias(shape[0], self.init.bias),
            Weight("mean", "O", shape, ZERO, trainable=False, sampled=(0.0, 0.5)),
            Weight("variance", "O", shape, ONE, trainable=False, sampled=(1.0, 0.75)),
        )

    def cost(self, inputs: tuple[Shape, ...], shape: Shape, weights: tuple[Weight, ...]) -> Cost:
        return Cost.of(weights, connections=2 * prod(shape), macs=0)

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        each = Arithmetic(additions=1, multiplications=1, divisions=1)
        roots = Arithmetic(additions=1, functions=1)  # of variance + epsilon, channel by channel
        values = prod(shape)
        return {
            "normalisation": each * values + roots * shape[0],
            "bias": Arithmetic(additions=values),
        }

    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        (x,) = inputs
        scale, bias, mean, variance = _by_channel(x, weights)
        return scale * (x - mean) / xp.sqrt(variance + self.epsilon) + bias

    def train(
        self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry
    ) -> tuple[Array, Weights]:
        (x,) = inputs
        axes = (0, *range(2, x.ndim))
        batch = {"mean": x.mean(axis=axes), "variance": x.var(axis=axes)}
        running = {
            name: self.momentum * weights[name] + (1 - self.momentum) * value
            for name, value in batch.items()
        }
        return self.run(xp, inputs, {**weights, **batch}, None), running

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        # The terms count, not their difference: frameworks subtract mean · scale as one number.
        (x,) = inputs
        scale, bias, mean, variance = _by_channel(x, weights)
        factor = xp.abs(scale) / xp.sqrt(variance + self.epsilon)
        return factor * (xp.abs(x) + xp.abs(mean)) + xp.abs(bias)


def _by_channel(x: Array, weights: Weights) -> list[Array]:
    """Scale, bias, mean and variance, shaped to broadcast over the channels of `x`."""
    shape = (-1, *[1] * (x.ndim - 2))
    return [weights[name].reshape(shape) for name in ("scale", "bias", "mean", "variance")]
