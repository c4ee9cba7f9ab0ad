"""The tensors of a file of weights, in any framework's format; they are read when used."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from archc.network.graph import Node
from archc.ops.tensor import Shape, Weight
from archc.targets.base import Target
from archc.weights.limits import Allowed
from archc.weights.safetensors import Array

Convert = Callable[[Array], Array]
Value = bool | int | float | str | tuple[int, ...]
"""What a file may say a field of an operation is."""


@dataclass(frozen=True)
class Stored:
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
    path: str = ""
    position: int | None = None


@dataclass(frozen=True)
class Tensor(Stored):
    """A stored array that can be read."""

    read: Callable[[], Array] = field(kw_only=True)


@dataclass(frozen=True)
class Operation:
    """What a file says of one operation, in archc's words.

    `kind` is a type of archc's: PASSES if it computes nothing at inference, UNKNOWN if archc has no
    word for it. `inputs` are the names of the operations that it reads; the network's input is "".
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    fields: Mapping[str, Value] = field(default_factory=dict)
    module: str = ""
    """Of its tensors, if it has any."""


PASSES, UNKNOWN = "passes", "unknown"


@dataclass(frozen=True)
class Remarks:
    """What else is to be known of a file.

    `channels_first` is False if feature maps may have been flattened in another order than C, H, W.
    `constants` is True if some tensors may be constants of the graph rather than weights. `in_use`
    is True if the order of the file, or of the numbers in its names, is that in which a chain of
    layers is used. `place` is where in the file the tensors are, and `dropped` names what is no
    tensor.
    """

    channels_first: bool = True
    constants: bool = False
    in_use: bool = False
    place: str = ""
    dropped: tuple[str, ...] = ()
    described: bool = False
    """Whether it says what its layers compute, as `operations` lists."""


@dataclass(frozen=True)
class Checkpoint:
    """All tensors of a file, in its order; `target` is the framework whose layouts they have."""

    target: Target
    tensors: tuple[Tensor, ...]
    remarks: Remarks = Remarks()
    operations: tuple[Operation, ...] = ()

    def native_name(self, node: Node, weight: Weight) -> str:
        """The name of a weight in a file that archc exported."""
        return self.target.filed(node, weight)

    def leaves(self, node: Node, weight: Weight) -> set[str]:
        """The names that a weight may have within its module."""
        return self.target.leaves(node, weight)

    def shape_of(self, node: Node, weight: Weight) -> Shape:
        """The shape of a weight in this form."""
        return self.target.home(node, weight).stored

    def conversion(self, node: Node, weight: Weight, shape: Shape) -> Convert | None:
        """How a tensor of this shape becomes the weight; None if it cannot."""
        for home in self.target.homes(node, weight):
            if shape == home.stored:
                return partial(home.canonical, shape=weight.shape)
        return None


Readers = dict[str, tuple[tuple[str, ...], Callable[[Path, Allowed], Checkpoint]]]
"""Ending of a file → the modules that reading it needs, and what reads it, within what is allowed."""


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
    # [0-9] and not \d: other scripts have digits too, and int() limits how many it takes.
    return re.sub(r"[0-9]+", "#", text), tuple(int(n[:18]) for n in re.findall(r"[0-9]+", text))
