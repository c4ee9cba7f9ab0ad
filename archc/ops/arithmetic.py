"""What a layer computes for one image: scalar operations, by kind and by what they are for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Scalar operations by kind, as exact integers.

    Subtractions are additions. A root, a power, an exponential, a hyperbolic tangent and an error
    function are one function each, whatever they cost a machine.
    """

    additions: int = 0
    multiplications: int = 0
    comparisons: int = 0
    divisions: int = 0
    functions: int = 0

    @property
    def total(self) -> int:
        """All operations, each counted as one."""
        return sum(getattr(self, kind) for kind in KINDS)

    def __add__(self, other: "Arithmetic") -> "Arithmetic":
        return Arithmetic(*(getattr(self, kind) + getattr(other, kind) for kind in KINDS))

    def __mul__(self, times: int) -> "Arithmetic":
        return Arithmetic(*(getattr(self, kind) * times for kind in KINDS))


KINDS: tuple[str, ...] = Arithmetic.__slots__

Purpose = Literal["products", "bias", "normalisation", "pooling", "activation", "other"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
Work = Mapping[Purpose, Arithmetic]
"""Operations by what they are for; what is left out is not done."""


def products(macs: int) -> Arithmetic:
    """Multiply-accumulates: a multiplication and an addition each."""
    return Arithmetic(additions=macs, multiplications=macs)


def together(parts: Iterable[Arithmetic]) -> Arithmetic:
    """The sum of operations of any purpose."""
    return sum(parts, start=Arithmetic())
