"""The reference in training mode, differentiated: what the targets' gradients are held against."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from archc.network.graph import INPUT, Graph, Node
from archc.proof import reference, training_inputs
from archc.proof.job import Job
from archc.proof.layer_errors import DIFFERENCES
from archc.proof.sampling import odd_fractions
from archc.weights.initial import canonical_name

Array = npt.NDArray[Any]
SAMPLES = 4
"""Places of each tensor at which differences are taken."""
STEP = 2.0**-16
STEPS = (STEP, STEP / 32, STEP / 1024)
"""The steps of differences; smaller ones where at no place of a tensor those before are smooth."""
FLOOR = 1e-3
"""What a local gradient is at least scaled by: inputs, weights and cotangents are about 1."""
KINK = DIFFERENCES / 4
"""How far two differences may be apart; beyond, one of them has stepped over a kink of a ReLU or a
maximum, and the place is left out."""


@dataclass(frozen=True)
class Slope:
    """The difference quotients at one place of a tensor, for a step and for half of it."""

    place: int
    coarse: float
    fine: float

    @property
    def value(self) -> float:
        """Both together (Richardson): exact but for the fourth power of the step."""
        return (4 * self.fine - self.coarse) / 3

    def smooth(self, scale: float) -> bool:
        """Whether the two agree, on the scale of the tensor's gradients."""
        return abs(self.fine - self.coarse) <= KINK * scale


@dataclass(frozen=True)
class TrainingReference:
    """What the reference computes of a network in training: outputs, statistics, some slopes."""

    values: dict[str, Array]
    slopes: dict[str, list[Slope]]


def differentiate(
    graph: Graph, weights: Mapping[str, Array], job: Job, seed: int
) -> TrainingReference:
    """Run every layer in training mode and differentiate it at some places of each tensor."""
    values: dict[str, Array] = {}
    slopes: dict[str, list[Slope]] = {}
    for number, node in enumerate(graph.nodes, start=1):
        names = training_inputs.inputs_of(graph, node)
        inputs = [np.load(job.training_input(f"{node.name}.input{k}")) for k in range(len(names))]
        own = reference.weights_of(node, weights, np.float64)
        own = {name: array.copy() for name, array in own.items()}
        cotangent = np.load(job.training_input(f"{node.name}.cotangent"))

        def run(
            node: Node = node, names: list[str] = names, inputs: Any = inputs, own: Any = own
        ) -> tuple[Array, Mapping[str, Array]]:
            read = tuple(inputs[names.index(name)] for name in node.inputs)
            return reference.layer_in_training(node, read, own)

        y, statistics = run()
        values[f"{node.name}.output"] = y
        values |= {f"{node.name}.{name}": value for name, value in statistics.items()}
        tensors = {f"{node.name}.input{k}": array for k, array in enumerate(inputs)}
        tensors |= {canonical_name(node, w): own[w.name] for w in node.weights if w.trainable}
        for k, (name, array) in enumerate(tensors.items()):
            places = _places(seed, number << 8 | k, array.size)
            slopes[name] = _slopes(lambda: run()[0], array, cotangent, places)
    slopes[f"whole.{INPUT}"] = _through(graph, weights, job, seed)
    return TrainingReference(values, slopes)


def _through(graph: Graph, weights: Mapping[str, Array], job: Job, seed: int) -> list[Slope]:
    """Slopes of the whole network at two places of its input."""
    x, cotangent = np.load(job.training_input(INPUT)), np.load(job.training_input("cotangent"))

    def compute(node: Node, inputs: tuple[Array, ...]) -> Array:
        own = reference.weights_of(node, weights, np.float64)
        return reference.layer_in_training(node, inputs, own)[0]

    def run() -> Array:
        *_, (_, _, y) = reference.walk(graph, x, compute)
        return y

    return _slopes(run, x, cotangent, _places(seed, 0, x.size)[:2])


def _places(seed: int, stream: int, size: int) -> list[int]:
    sampled = (odd_fractions(seed, 1 << 40 | stream, (SAMPLES,)) + 1) / 2
    return sorted({int(place * size) for place in sampled.astype(np.float64)})


def _slopes(
    run: Callable[[], Array], array: Array, cotangent: Array, places: list[int]
) -> list[Slope]:
    """The slopes at these places, at least one of them smooth if any step makes it so."""
    found: list[Slope] = []
    for step in STEPS:
        found = [_slope(run, array, cotangent, place, step) for place in places]
        scale = max(FLOOR, *(abs(slope.value) for slope in found))
        if any(slope.smooth(scale) for slope in found):
            break
    return found


def _slope(
    run: Callable[[], Array], array: Array, cotangent: Array, place: int, coarse: float
) -> Slope:
    flat = array.reshape(-1)
    before = flat[place]
    found = []
    for step in (coarse, coarse / 2):
        flat[place] = before + step
        above = run().copy()  # it may be the very array
        flat[place] = before - step
        found.append(float(((above - run()) * cotangent).sum()) / (2 * step))
        flat[place] = before
    return Slope(place, *found)
