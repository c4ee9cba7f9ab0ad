"""What activations share, and how they are written as a field of another layer."""

from abc import abstractmethod
from typing import Any, ClassVar

from archc.ops.base import Array, Arrays, Geometry, Stateless, Traits, Weights
from archc.ops.problem import Mismatch
from archc.ops.tensor import Shape


class Activation(Stateless):
    """A function of one input that keeps its shape: a layer, or a field of one."""

    keeps_shape: ClassVar[bool] = True
    traits: ClassVar[Traits] = Traits(neurons=False, mixes=False, shares="never")
    from_output: ClassVar[bool]
    """Whether its gradient follows from its output alone, so that its input need not be kept."""

    def shape(self, inputs: tuple[Shape, ...], geometry: Geometry) -> Shape:
        return inputs[0]

    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return self.apply(xp, inputs[0])

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return self.spread(xp, inputs[0], xp.abs(inputs[0]))

    @abstractmethod
    def apply(self, xp: Any, x: Array) -> Array:
        """The function of `x`, (N, C, …)."""

    @abstractmethod
    def spread(self, xp: Any, x: Array, magnitude: Array) -> Array:
        """The magnitude after the function, given `x` before it and the magnitude of `x`."""


def named(value: Any) -> Any:
    """The field's spellings, `relu` and `{scaled_tanh: {…}}`, as fields of the operation."""
    if isinstance(value, str):
        return {"type": value}
    if value is None or isinstance(value, Activation):
        return value
    if isinstance(value, dict) and len(value) == 1:
        ((kind, fields),) = value.items()
        if fields is None or (isinstance(fields, dict) and "type" not in fields):
            return {**(fields or {}), "type": kind}
    raise Mismatch("a name (relu) or a one-key mapping ({leaky_relu: {slope: 0.1}})")
