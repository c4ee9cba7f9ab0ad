"""What operations and graphs both speak of: shapes, stored weights and what a layer costs."""

from dataclasses import dataclass
from math import prod
from typing import Self

from archc.ops.initializers import Initializer

Shape = tuple[int, ...]
"""Per sample, channels first: (96, 55, 55) for maps, (4096,) for a vector."""


def show(shape: Shape) -> str:
    """A shape as people write it: 96×55×55."""
    return "×".join(str(n) for n in shape)


def show_pair(pair: tuple[int, int]) -> str:
    """Down and across: one number where they are equal, else 3×5."""
    return str(pair[0]) if pair[0] == pair[1] else show(pair)


@dataclass(frozen=True, slots=True)
class Weight:
    """A stored tensor in its canonical layout, which is PyTorch's.

    `axes` names the dimensions: O outputs, I inputs of one group, H and W of the kernel, K pairs of
    a connection table. `fans` says how many numbers one output reads and how many one input feeds,
    as He et al. 2015 count; where the kernels of a table differ, `fan_ins` has each one's own.
    `codes` are the numbers of a tensor that no rule initialises, row by row. A proof samples it
    uniformly from `sampled`: the middle, and the largest distance from it; None: by its fan-in.
    """

    name: str
    axes: str
    shape: Shape
    init: Initializer
    trainable: bool = True
    fans: tuple[int, int] = (1, 1)
    fan_ins: tuple[int, ...] = ()
    codes: tuple[tuple[float, ...], ...] = ()
    sampled: tuple[float, float] | None = None

    @classmethod
    def bias(cls, count: int, init: Initializer) -> Self:
        """The biases of `count` outputs; in a proof, such that a missing one shows."""
        return cls("bias", "O", (count,), init, sampled=(0.0, 0.5))

    @property
    def size(self) -> int:
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one layer stores and does for one image; every figure is an exact integer.

    `connections` is the sense of LeCun et al. 1998: how often a stored number is used. `macs` are
    the multiply-accumulates of convolutions and dense layers, without biases.
    """

    parameters: int
    fixed: int
    weights: int
    biases: int
    connections: int
    macs: int

    @classmethod
    def of(cls, weights: tuple[Weight, ...], *, connections: int, macs: int) -> Self:
        """The cost of a layer that stores `weights`."""
        trained = {w.name: w.size for w in weights if w.trainable}
        return cls(
            parameters=sum(trained.values()),
            fixed=sum(w.size for w in weights if not w.trainable),
            weights=sum(n for name, n in trained.items() if name != "bias"),
            biases=trained.get("bias", 0),
            connections=connections,
            macs=macs,
        )

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            parameters=self.parameters + other.parameters,
            fixed=self.fixed + other.fixed,
            weights=self.weights + other.weights,
            biases=self.biases + other.biases,
            connections=self.connections + other.connections,
            macs=self.macs + other.macs,
        )

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(
            parameters=self.parameters - other.parameters,
            fixed=self.fixed - other.fixed,
            weights=self.weights - other.weights,
            biases=self.biases - other.biases,
            connections=self.connections - other.connections,
            macs=self.macs - other.macs,
        )


FREE = Cost(0, 0, 0, 0, 0, 0)
