"""What every operation states: its fields, shape rule, weights, cost and NumPy meaning."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from archc.ops.arithmetic import Work
from archc.ops.bitmaps import Bitmap
from archc.ops.tensor import FREE, Cost, Shape, Weight
from archc.ops.window import Window

Geometry = Window | None
Array = Any
"""An array of the namespace that `run` is given; the core imports no NumPy."""
Arrays = tuple[Array, ...]
Weights = Mapping[str, Array]


Output = Literal["values", "logits", "probabilities", "independent probabilities", "distances"]
"""Independent probabilities are one a class, as a sigmoid's; distances are to each class's code."""


class Traits(NamedTuple):
    """What follows from the type of an operation only; each states all of it."""

    neurons: bool
    """Whether its outputs are neurons: computed with stored numbers, as papers count units."""
    mixes: bool
    """Whether a value reads all channels at its place; of a vector, all values."""
    shares: Literal["never", "inference", "always"]
    """When its output is its input's memory under another name, and no copy."""


Family = Literal[
    "convolution",
    "pooling",
    "dense",
    "fixed codes",
    "join",
    "normalisation",
    "activation",
    "other",
]
"""What kind of layer an operation is to a reader of pictures, which give each a colour."""


class Op(BaseModel, ABC):
    """One operation with its fields; frozen, and it knows nothing of any framework.

    `run` and `magnitude` are given the array namespace `xp` (NumPy), batched inputs (N, C, H, W) or
    (N, C), and the weights by their names. `activation`, where a subclass has it, is not part of
    either: it is an operation of its own, applied last.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    reads: ClassVar[tuple[int, int | None]] = (1, 1)
    """The fewest and the most inputs; None: any number."""
    keeps_shape: ClassVar[bool] = False
    """Whether the output has the input's shape whatever that is."""
    shapeless: ClassVar[tuple[str, ...]] = ("activation", "bias", "init", "count_padding")
    """Optional fields that neither a shape nor a check of shapes depends on."""
    traits: ClassVar[Traits]
    label: ClassVar[str] = ""
    """What pictures call it; if empty, its type with spaces."""
    family: ClassVar[Family] = "other"
    aliases: ClassVar[tuple[str, ...]] = ()
    """What PyTorch, Keras, Caffe and ONNX call its type, in lower case, for suggestions."""
    output: ClassVar[Output] = "values"
    """What its output is where a network ends with it: what a loss must know."""
    drawn_field: ClassVar[str | None] = None
    """The name of the field that holds `drawings`, if there is one."""

    type: str

    @property
    def drawings(self) -> tuple[Bitmap, ...]:
        """The bitmaps of X and dots in `drawn_field`, all of one size; () without one.

        Generated files write them as a constant, as readable as in the spec.
        """
        return ()

    @property
    def detail(self) -> str:
        """What a caption shows after `label` and window, as a dropout's rate."""
        return ""

    def geometry(self, inputs: tuple[Shape, ...]) -> Geometry:
        """What depends on the input's size; None where nothing does. Raises Fault."""
        return None

    @abstractmethod
    def shape(self, inputs: tuple[Shape, ...], geometry: Geometry) -> Shape:
        """The output's shape; raises Fault where the inputs do not fit."""

    def meaning(self, geometry: Geometry) -> dict[str, object]:
        """What fields come to that can be spelled in several ways, by their names.

        Two spellings whose meanings are equal compute the same. Fields that are not in it mean what
        they say.
        """
        return {}

    @abstractmethod
    def weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        """The stored tensors."""

    @abstractmethod
    def cost(self, inputs: tuple[Shape, ...], shape: Shape, weights: tuple[Weight, ...]) -> Cost:
        """What one image costs."""

    @abstractmethod
    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        """The arithmetic of one image at inference, before `activation`, as `run` spells it.

        Windows that reach into the padding are counted whole.
        """

    @abstractmethod
    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        """The output in the inputs' precision, before `activation`."""

    def train(
        self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry
    ) -> tuple[Array, Weights]:
        """The same in training, but for dropout's noise; and the running statistics after it."""
        return self.run(xp, inputs, weights, geometry), {}

    @abstractmethod
    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        """How large the terms are that make each output: rounding errors are a multiple of it."""


class Stateless(Op):
    """An operation that stores no numbers, and so has neither connections nor macs."""

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        return ()

    def cost(self, inputs: tuple[Shape, ...], shape: Shape, weights: tuple[Weight, ...]) -> Cost:
        return FREE


def run_on_sizes(op: Op, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
    """`op.run` on absolute inputs and weights: of a sum of products, how large its terms are."""
    sizes = {name: xp.abs(weight) for name, weight in weights.items()}
    return op.run(xp, tuple(xp.abs(x) for x in inputs), sizes, geometry)
