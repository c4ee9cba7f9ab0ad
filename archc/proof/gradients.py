"""Gradients: each target's against differences of the reference, and against the first target's."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from archc.network.graph import INPUT, Graph, Node
from archc.proof import running_variance, training_inputs
from archc.proof.compare import apart, divergence
from archc.proof.differences import FLOOR, Slope, TrainingReference
from archc.proof.job import Job, weight_in
from archc.proof.layer_errors import (
    DIFFERENCES,
    EXACT,
    MOST,
    STORED32,
    Divergence,
    Errors,
    Samples,
    largest,
    within,
)
from archc.proof.training_result import Gradients
from archc.targets import TARGETS
from archc.weights.initial import canonical_name

Array = npt.NDArray[Any]


@dataclass
class Comparison:
    """One comparison of a target with what is expected of it, layer by layer."""

    target: str
    name: str
    errors: Errors = field(default_factory=lambda: Errors({}, {}))
    first: tuple[int, Divergence] | None = None
    """The number of the first layer that differs, and where it does."""

    def add(self, layer: str, error: float, limit: float) -> bool:
        """Keep a layer's largest error, of which a NaN is larger than any; whether this one passes."""
        self.errors.layers[layer] = largest((self.errors.layers.get(layer, 0.0), error))
        self.errors.limits[layer] = limit
        return within(error, limit)

    def hold(
        self,
        number: int,
        node: Node,
        what: str,
        error: float,
        limit: float,
        samples: Callable[[], Samples],
    ) -> None:
        """The same of one tensor of a layer; layers come in their order."""
        if not self.add(node.name, error, limit) and self.first is None:
            facts = (self.target, node, what, self.name, error, limit, samples())
            self.first = (number, divergence(*facts))


class Outputs:
    """What a target returned in training; NaN, and a problem, where it cannot be compared."""

    def __init__(self, job: Job, target: str) -> None:
        self.job, self.target = job, target
        self.problems: dict[str, None] = {}

    def read(self, name: str, shape: tuple[int, ...]) -> Array:
        """A tensor by its name."""
        try:
            found: Array = np.load(self.job.training_output(self.target, name), allow_pickle=False)
            if found.dtype != np.float64 or found.size != prod(shape):
                raise ValueError
        except (OSError, ValueError, EOFError):
            self.problems[f"{self.target} did not return {name} as expected"] = None
            return np.full(shape, np.nan)
        return found.reshape(shape)


def judge(
    graph: Graph, reference: TrainingReference, job: Job, stored32: Mapping[str, Collection[str]]
) -> Gradients:
    """Compare the targets' gradients with the reference's, and with those of the first target.

    `stored32` has, for each target that trains, its layers with float32 attributes.
    """
    outputs = {target: Outputs(job, target) for target in stored32}
    values = {t: _values(graph, reference, own, stored32[t]) for t, own in outputs.items()}
    slopes = {t: _slopes(graph, reference, own) for t, own in outputs.items()}
    agreement, whole = {}, {}
    baseline = next(iter(stored32), "")
    sizes = _sizes(graph, job, stored32)
    for target in [*stored32][1:]:
        pair = (outputs[baseline], outputs[target])
        inexact = {*stored32[baseline], *stored32[target]}
        agreement[target] = _agreement(graph, *pair, inexact)
        whole[target] = _whole(graph, *pair, inexact, sizes)
    by_target = [part for target in stored32 for part in (values[target], slopes[target])]
    every = [*by_target, *agreement.values()]
    firsts = [comparison.first for comparison in every if comparison.first]
    return Gradients(
        values={target: found.errors for target, found in values.items()},
        differences={target: found.errors for target, found in slopes.items()},
        baseline=baseline,
        agreement={target: found.errors for target, found in agreement.items()},
        whole={target: found.errors for target, found in whole.items()},
        known={
            target: running_variance.UNBIASED
            for target in stored32
            if TARGETS[target].unbiased_variance and _normed(graph)
        },
        problems=tuple(problem for own in outputs.values() for problem in own.problems),
        first=min(firsts, key=lambda found: found[0])[1] if firsts else None,
    )


def _normed(graph: Graph) -> bool:
    return any(
        weight.name == running_variance.NAME for node in graph.nodes for weight in node.weights
    )


def _values(
    graph: Graph, reference: TrainingReference, outputs: Outputs, stored32: Collection[str]
) -> Comparison:
    """Each layer's output and running statistics against the reference's."""
    comparison = Comparison(outputs.target, f"{outputs.target} in training")
    for number, node in enumerate(graph.nodes):
        limit = STORED32 if node.name in stored32 else EXACT
        for name in _stored(node):
            expected = reference.values[name]
            found = outputs.read(name, expected.shape)
            if name.endswith(f".{running_variance.NAME}"):
                begun = weight_in(outputs.job.weights_of_gradients, name)
                found = running_variance.biased(graph, node, outputs.target, found, begun)
            error = _scaled(found, expected, 0.0)
            comparison.hold(number, node, name, error, limit, partial(apart, expected, found))
    return comparison


def _slopes(graph: Graph, reference: TrainingReference, outputs: Outputs) -> Comparison:
    """Each layer's gradients, and those of the network's input, against finite differences."""
    comparison = Comparison(outputs.target, f"{outputs.target} gradients")
    for number, node in enumerate(graph.nodes):
        for name, shape in _gradients(graph, node):
            gradient, slopes = outputs.read(name, shape), reference.slopes[name]
            samples = partial(_places_of, gradient, slopes)
            error = _against(gradient, slopes)
            comparison.hold(number, node, name, error, DIFFERENCES, samples)
    gradient = outputs.read(f"whole.{INPUT}", _batched(graph, graph.input))
    error = _against(gradient, reference.slopes[f"whole.{INPUT}"])
    comparison.add(INPUT, error, DIFFERENCES)
    return comparison


def _agreement(
    graph: Graph, baseline: Outputs, outputs: Outputs, stored32: Collection[str]
) -> Comparison:
    """Each layer's gradients against the baseline's."""
    comparison = Comparison(outputs.target, "gradients agree")
    for number, node in enumerate(graph.nodes):
        limit = STORED32 if node.name in stored32 else EXACT
        for name, shape in _gradients(graph, node):
            expected, found = baseline.read(name, shape), outputs.read(name, shape)
            error = _scaled(found, expected, FLOOR)
            comparison.hold(number, node, name, error, limit, partial(apart, expected, found))
    return comparison


def _whole(
    graph: Graph,
    baseline: Outputs,
    outputs: Outputs,
    stored32: Collection[str],
    sizes: npt.NDArray[np.float64],
) -> Comparison:
    """The gradients of all weights and of the input, through the whole network, against the
    baseline's; `sizes` are those of the gradients of each layer's output."""
    comparison = Comparison(outputs.target, "gradients agree, whole")
    limit = min(EXACT + STORED32 * len(stored32), MOST)
    for node, floor in zip(graph.nodes, sizes, strict=True):
        for weight in node.weights:
            if weight.trainable:
                name = f"whole.{canonical_name(node, weight)}"
                expected, found = (own.read(name, weight.shape) for own in (baseline, outputs))
                comparison.add(node.name, _scaled(found, expected, float(floor)), limit)
    shape = _batched(graph, graph.input)
    expected, found = (own.read(f"whole.{INPUT}", shape) for own in (baseline, outputs))
    comparison.add(INPUT, _scaled(found, expected, 0.0), limit)
    return comparison


def _sizes(graph: Graph, job: Job, targets: Iterable[str]) -> npt.NDArray[np.float64]:
    """How large the gradients of each layer's output are, by the first target that stores it; else 0.

    A weight's gradient may vanish where these do not, as that of a bias before a batch
    normalisation: it is a sum of them, and errs with them.
    """
    nothing = np.zeros(len(graph.nodes))
    for target in targets:
        if job.training_output(target, "whole.output_gradients").exists():
            return Outputs(job, target).read("whole.output_gradients", nothing.shape)
    return nothing


def _gradients(graph: Graph, node: Node) -> Iterator[tuple[str, tuple[int, ...]]]:
    """(name, shape) of each gradient of a layer by itself."""
    for k, name in enumerate(training_inputs.inputs_of(graph, node)):
        yield f"{node.name}.input{k}", _batched(graph, graph.shapes[name])
    for weight in node.weights:
        if weight.trainable:
            yield canonical_name(node, weight), weight.shape


def _stored(node: Node) -> Iterator[str]:
    """The names of a layer's values in training: its output, and its running statistics."""
    yield f"{node.name}.output"
    for weight in node.weights:
        if not weight.trainable and not weight.codes:
            yield canonical_name(node, weight)


def _batched(graph: Graph, shape: tuple[int, ...]) -> tuple[int, ...]:
    return (training_inputs.batch(graph), *shape)


def _places_of(gradient: Array, slopes: list[Slope]) -> Samples:
    """The places at which a gradient was held against the reference."""
    flat = gradient.reshape(-1)
    return tuple(
        (
            tuple(int(i) for i in np.unravel_index(slope.place, gradient.shape)),
            slope.value,
            float(flat[slope.place]),
        )
        for slope in slopes
    )


def _scaled(found: Array, expected: Array, floor: float) -> float:
    scale = max(float(np.abs(expected).max()), floor) or 1.0
    return float(np.abs(found - expected).max()) / scale


def _against(gradient: Array, slopes: list[Slope]) -> float:
    """The largest error at the places where the reference is smooth; NaN if there is none."""
    scale = max([float(np.abs(gradient).max()), FLOOR, *(abs(s.value) for s in slopes)])
    flat = gradient.reshape(-1)
    errors = [float(abs(flat[s.place] - s.value)) for s in slopes if s.smooth(scale)]
    if not errors or not np.isfinite(gradient).all():
        return float("nan")
    return largest(errors) / scale
