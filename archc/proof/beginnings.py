"""Whether a model begins as its spec says: initial numbers against their distribution."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import erf, sqrt

import numpy as np
import numpy.typing as npt

from archc.network.graph import Graph
from archc.weights.initial import canonical_name

MOST = 1 << 13
"""Numbers of a tensor that are looked at, evenly spread."""
FAR = 3.0
"""The largest distance of n numbers' distribution from the one that they should have, times √n
(Kolmogorov and Smirnov): one correct tensor in thirty million is further off."""
ROUNDING = 1e-6
"""How far beyond its bound float32 may round a number."""


@dataclass(frozen=True)
class Beginning:
    """How a canonical weight begins."""

    name: str
    kind: str
    """constant, uniform, normal or truncated_normal."""
    scales: tuple[float, ...]
    """The constant, the limit or the standard deviation: one, or one for each kernel."""

    def strange(self, drawn: npt.NDArray[np.floating]) -> str:
        """What is wrong with a tensor's initial numbers; empty if nothing is."""
        if self.kind == "constant":
            right = np.float32(self.scales[0])
            return "" if (drawn == right).all() else f"they are not all {right}"
        kernels = drawn.reshape(len(self.scales), -1)
        scales = np.array(self.scales)
        largest = np.maximum(
            kernels.max(axis=1), -kernels.min(axis=1)
        )  # without a copy of them all
        bound = {"uniform": 1.0, "truncated_normal": 2.0}.get(self.kind, np.inf)
        if not (largest <= scales * (bound + ROUNDING)).all():
            return f"{largest.max():.3g} is beyond their bound"
        places = np.arange(0, drawn.size, -(-drawn.size // MOST))
        values = drawn.reshape(-1)[places].astype(np.float64) / scales[places // kernels.shape[1]]
        some = np.sort(values)
        expected = np.array([_below(value, self.kind) for value in some])
        steps = np.arange(len(some) + 1) / len(some)
        apart = max((steps[1:] - expected).max(), (expected - steps[:-1]).max())
        deviation = float(values.std())
        if apart * sqrt(len(some)) <= FAR:
            return ""
        return f"their standard deviation is {deviation:.3g} in units of the spec's scale"


def _below(value: float, kind: str) -> float:
    """The share of a distribution of scale 1 that is below a value."""
    if kind == "uniform":
        return (value + 1) / 2
    share = (1 + erf(value / sqrt(2))) / 2
    if kind == "normal":
        return share
    within = erf(2 / sqrt(2))
    return (share - (1 - within) / 2) / within


def of(graph: Graph) -> Iterator[Beginning]:
    """Those of all weights but codes, which are the spec's own."""
    for node in graph.nodes:
        for weight in node.weights:
            if weight.codes:
                continue
            init, name = weight.init, canonical_name(node, weight)
            if init.kind == "constant":
                assert init.value is not None
                yield Beginning(name, init.kind, (init.value,))
                continue
            uniform = init.kind.endswith("uniform")
            scale = init.limit if uniform else init.deviation
            fans = [(own, weight.fans[1]) for own in weight.fan_ins] or [weight.fans]
            truncated = init.kind == "truncated_normal"
            kind = "uniform" if uniform else "truncated_normal" if truncated else "normal"
            yield Beginning(name, kind, tuple(scale(each) for each in fans))
