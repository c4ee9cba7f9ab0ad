"""Local response normalisation."""

from math import prod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, PositiveInt

from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array, Arrays, Family, Geometry, Stateless, Traits, Weights
from archc.ops.problem import EvenWindow
from archc.ops.tensor import Shape
from archc.ops.usual import Usual
from archc.ops.window import require_maps


def _odd(size: int) -> int:
    if size % 2 == 0:
        raise EvenWindow(size)
    return size


class Lrn(Stateless):
    """Local response normalisation across channels (Krizhevsky et al. 2012, section 3.3).

    x / (k + alpha · S) ** beta, S the squares of `size` neighbouring channels.

    `over` says whether S is their sum, as in the paper and TensorFlow, or their mean over the
    whole window, as in Caffe, PyTorch and ONNX; at the edges both take missing channels as zero.
    """

    keeps_shape: ClassVar[bool] = True
    label: ClassVar[str] = "LRN"
    family: ClassVar[Family] = "normalisation"
    aliases: ClassVar[tuple[str, ...]] = ("localresponsenorm", "local_response_norm")
    traits: ClassVar[Traits] = Traits(neurons=False, mixes=True, shares="never")

    type: Literal["lrn"] = "lrn"
    size: Annotated[
        PositiveInt,
        AfterValidator(_odd),
        Field(description="Number of channels in the window; odd. n in the paper."),
        Usual("5 (Krizhevsky et al. 2012, Caffe)"),
    ]
    k: Annotated[
        float,
        Field(gt=0, description="What is added to the scaled squares."),
        Usual("2 (Krizhevsky et al. 2012) or 1 (PyTorch, ONNX, TensorFlow, Caffe)"),
    ]
    alpha: Annotated[
        float,
        Field(gt=0, description="Scale of the squares."),
        Usual("1e-4 (Krizhevsky et al. 2012, PyTorch, ONNX)"),
    ]
    beta: Annotated[
        float,
        Field(gt=0, description="Exponent."),
        Usual("0.75 (Krizhevsky et al. 2012, PyTorch, ONNX, Caffe) or 0.5 (TensorFlow)"),
    ]
    over: Annotated[
        Literal["sum", "mean"],
        Field(description="sum: alpha multiplies the sum of squares; mean: their mean."),
        Usual("sum (Krizhevsky et al. 2012, TensorFlow) or mean (PyTorch, ONNX, Caffe)"),
    ]

    def shape(self, inputs: tuple[Shape, ...], geometry: Geometry) -> Shape:
        return require_maps(self.type, inputs)

    def meaning(self, geometry: Geometry) -> dict[str, object]:
        scale = float(f"{self._scale:.12g}")  # a quotient may be off by its last digit
        return {"alpha": scale, "over": scale}

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        # A square, size - 1 sums of squares, alpha, k, the power, the quotient.
        each = Arithmetic(additions=self.size, multiplications=2, divisions=1, functions=1)
        return {"normalisation": each * prod(shape)}

    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        (x,) = inputs
        return x / self._divisor(xp, x) ** self.beta

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        (x,) = inputs
        # A running sum over the channels adds each square once and takes it away again, so that
        # all of them leave their rounding in every divisor.
        every = self._scale * (x * x).sum(axis=1, keepdims=True) / self._divisor(xp, x)
        y = xp.abs(self.run(xp, inputs, weights, geometry))
        return y * (1 + self.beta * (1 + every))

    @property
    def _scale(self) -> float:
        return self.alpha / self.size if self.over == "mean" else self.alpha

    def _divisor(self, xp: Any, x: Array) -> Array:
        """k + alpha · S, before the exponent."""
        reach, channels = self.size // 2, x.shape[1]
        squares = xp.pad(x * x, ((0, 0), (reach, reach), (0, 0), (0, 0)))
        energy = sum(squares[:, i : i + channels] for i in range(self.size))
        return self.k + self._scale * energy
