"""The tensors of a file of weights, in any framework's format; they are read when used."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from archc.network.graph import Node
from archc.ops.tensor import Shape, Weight
from archc.targets.keras.target import LAYOUTS, layer_name, layout
from archc.targets.torch.target import STATE, state_name
from archc.weights.initial import canonical_name
from archc.weights.safetensors import Array

Convert = Callable[[Array], Array]


@dataclass(frozen=True)
class Tensor:
    """One stored array.

    `module` is the layer that it belongs to and `leaf` its name there. `position` is the index of
    the module in the file, None if the order of the file has no meaning. `path` is the module's
    name with the numbers that order modules.
    """

    name: str
    module: str
    leaf: str
    shape: Shape
    dtype: str
    read: Callable[[], Array]
    path: str = ""
    position: int | None = None


@dataclass(frozen=True)
class Checkpoint:
    """All tensors of a file, in its order; `form` is the framework whose layouts they have.

    `channels_first` is False if feature maps may have been flattened in another order than C, H, W.
    `constants` is True if some tensors may be constants of the graph rather than weights.
    """

    form: str
    tensors: tuple[Tensor, ...]
    channels_first: bool = True
    constants: bool = False

    def native_name(self, node: Node, weight: Weight) -> str:
        """The name of a weight in a file that archc exported."""
        if self.form == "keras":
            return f"{layer_name(node)}/{node.weights.index(weight)}"
        return state_name(node, weight) if self.form == "torch" else canonical_name(node, weight)

    def leaves(self, node: Node, weight: Weight) -> set[str]:
        """The names that a weight may have within its module."""
        if self.form == "keras":
            return {str(node.weights.index(weight))}
        return {weight.name, STATE.get((node.op.type, weight.name), weight.name)}

    def shape_of(self, node: Node, weight: Weight) -> Shape:
        """The shape of a weight in this form."""
        if self.form != "keras":
            return weight.shape
        _, form, shape = layout(node, weight)
        return tuple(shape[axis] for axis in LAYOUTS[form])

    def conversion(self, node: Node, weight: Weight, shape: Shape) -> Convert | None:
        """How a tensor of this shape becomes the weight; None if it cannot."""
        if self.form != "keras":
            return (lambda array: array) if shape == weight.shape else None
        _, form, split = layout(node, weight)
        forms = [(form, split), *([("convolution", weight.shape)] if form == "depthwise" else [])]
        for name, permuted in forms:
            if shape == tuple(permuted[axis] for axis in LAYOUTS[name]):
                back = tuple(int(axis) for axis in np.argsort(LAYOUTS[name]))
                return lambda array: array.transpose(back).reshape(weight.shape)
        return None


def as_float32(array: Array, dtype: str) -> Array:
    """The numbers as float32: exact from narrower types, rounded from float64."""
    if dtype == "bfloat16" and array.dtype == np.uint16:
        return (array.astype(np.uint32) << np.uint32(16)).view(np.float32)
    with np.errstate(over="ignore"):  # infinite numbers are an error later
        return array.astype(np.float32, copy=False)


def numbers(path: str) -> tuple[str, tuple[int, ...]]:
    """A module's path without its numbers, and these: `features.10` → ("features.#", (10,)).

    Keras leaves the first number of a kind out: `dense`, `dense_1`.
    """
    text = path if re.search(r"\d$", path) else f"{path}_0"
    return re.sub(r"\d+", "#", text), tuple(int(n) for n in re.findall(r"\d+", text))
