"""Fully connected layers."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PositiveInt

from archc.errors import Fault
from archc.ops.activations import ActivationField
from archc.ops.arithmetic import Arithmetic, Purpose, Work, products
from archc.ops.base import (
    Array,
    Arrays,
    Family,
    Geometry,
    Op,
    Output,
    Traits,
    Weights,
    run_on_sizes,
)
from archc.ops.initializers import Inits
from archc.ops.tensor import Cost, Shape, Weight, show


class Dense(Op):
    """The fully connected layer.

    Every unit reads every input: W·x + b.
    """

    family: ClassVar[Family] = "dense"
    aliases: ClassVar[tuple[str, ...]] = (
        "linear",
        "fc",
        "gemm",
        "innerproduct",
        "inner_product",
        "fully_connected",
    )
    traits: ClassVar[Traits] = Traits(neurons=True, mixes=True, shares="never")
    output: ClassVar[Output] = "logits"

    type: Literal["dense"] = "dense"
    units: Annotated[PositiveInt, Field(description="Number of outputs.")]
    bias: Annotated[bool, Field(description="Whether each unit adds a trained number.")] = True
    activation: ActivationField = None
    init: Annotated[Inits, Field(description="How weights and biases are initialised.")] = Inits()

    def shape(self, inputs: tuple[Shape, ...], geometry: Geometry) -> Shape:
        if len(inputs[0]) != 1:
            raise Fault("E306", "from", type="dense", shape=show(inputs[0]))
        return (self.units,)

    def meaning(self, geometry: Geometry) -> dict[str, object]:
        return {"init": self.init if self.bias else Inits(weight=self.init.weight)}

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        fans = (inputs[0][0], self.units)
        matrix = Weight("weight", "OI", fans[::-1], self.init.weight, fans=fans)
        bias = Weight.bias(self.units, self.init.bias)
        return (matrix, bias) if self.bias else (matrix,)

    def cost(self, inputs: tuple[Shape, ...], shape: Shape, weights: tuple[Weight, ...]) -> Cost:
        return Cost.of(weights, connections=sum(w.size for w in weights), macs=weights[0].size)

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        found: dict[Purpose, Arithmetic] = {"products": products(inputs[0][0] * self.units)}
        if self.bias:
            found["bias"] = Arithmetic(additions=self.units)
        return found

    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        y = inputs[0] @ weights["weight"].T
        return y + weights["bias"] if self.bias else y

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return run_on_sizes(self, xp, inputs, weights, geometry)
