"""The errors of a comparison by layer, the limits that they are held to, and where one first fails."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

EXACT = 1e-10
"""float64, largest difference over largest value, where a target stores all numbers as float64."""
STORED32 = 1e-7
"""The same where a target itself keeps an attribute in float32."""
UNITS = 16.0
"""float32, layer by layer: difference in units of u = 2⁻²⁴ times the layer's magnitude."""
DRIFT = 5e-5
"""float32, accumulated from the network's input: largest difference over largest value."""
GROWN = 16.0
"""Training magnifies rounding: how many times what it has made of float32's, at the ratio of the two
precisions, float64's may be."""
MOST = 1e-3
"""No difference beyond this is called equal, however much a network or its training magnifies rounding."""
LOST = 0.1
"""Training in float32 that ends up so far from that in float64, over the largest value, is lost."""
DIFFERENCES = 1e-6
"""Gradients, against finite differences of the reference in float64: what those err by."""


Samples = tuple[tuple[tuple[int, ...], float, float], ...]
"""(index, expected, found) of some values; indices count from 0."""


@dataclass(frozen=True)
class Errors:
    """One comparison of every layer; `limits` holds the largest error that passes."""

    layers: dict[str, float]
    limits: dict[str, float]

    @property
    def failed(self) -> list[str]:
        """The layers beyond their limit, in order; a NaN is beyond any, and no limit is infinite."""
        return [name for name, error in self.layers.items() if not within(error, self.limits[name])]

    @property
    def worst(self) -> str:
        """The layer that comes nearest to its limit, or lies furthest beyond."""
        ratio = {
            name: float("inf") if error != error else error / self.limits[name]
            for name, error in self.layers.items()
        }
        return max(ratio, key=lambda name: ratio[name])


@dataclass(frozen=True)
class Divergence:
    """The first layer whose inputs agree and whose own part does not."""

    target: str
    layer: str
    quantity: str
    """values, statistics or gradient."""
    what: str
    """The tensor: `conv1.output`, `norm.variance`, `conv1.weight`."""
    comparison: str
    error: float
    limit: float
    samples: Samples = ()
    """Where they are furthest apart."""
    notes: tuple[str, ...] = ()
    """What `archc explain --targets` says of the operation and this target."""

    def record(self) -> dict[str, Any]:
        """The divergence as plain values."""
        samples = [
            {"index": list(index), "expected": number(expected), "found": number(found)}
            for index, expected, found in self.samples
        ]
        numbers = {"error": number(self.error), "limit": self.limit, "samples": samples}
        names = ("layer", "quantity", "what", "comparison")
        return {name: getattr(self, name) for name in names} | numbers | {"notes": [*self.notes]}


def within(error: float, limit: float) -> bool:
    """Whether an error passes: a NaN never does, nor anything under a limit that is not finite."""
    return error <= limit < float("inf")


def largest(errors: Iterable[float]) -> float:
    """The largest of some errors, of which a NaN is larger than any; 0 if there are none."""
    return max(errors, key=lambda error: (error != error, error), default=0.0)


def numbers(errors: Errors) -> dict[str, float | None]:
    """The errors of all layers as JSON has them."""
    return {name: number(error) for name, error in errors.layers.items()}


def series(errors: tuple[float, ...]) -> list[float | None]:
    """Errors after each step as JSON has them."""
    return [number(error) for error in errors]


def number(error: float) -> float | None:
    """JSON has no NaN and no infinity."""
    return error if abs(error) < float("inf") else None
