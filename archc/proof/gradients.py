"""Gradients: each target's against finite differences of the definition, and against each other."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from archc.network.graph import INPUT, Graph, Node
from archc.proof import reference, training_inputs
from archc.proof.compare import Samples, apart, divergence
from archc.proof.job import Job, weight_in
from archc.proof.result import DIFFERENCES, EXACT, STORED32, Divergence, Errors, Gradients
from archc.proof.sampling import odd_fractions

Array = npt.NDArray[Any]
SAMPLES = 4
"""Places of each tensor at which differences are taken."""
STEP = 2.0**-16
KINK = DIFFERENCES / 4
"""How far two differences may be apart; beyond, one of them has stepped over a kink of a ReLU or a
maximum, and the place is left out."""
FLOOR = 1e-3
"""What a local gradient is at least scaled by: inputs, weights and projections are about 1."""


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
        return abs(self.fine - self.coarse) <= KINK * scale


@dataclass(frozen=True)
class Definition:
    """What the definition says of a network in training: outputs, statistics, some slopes."""

    values: dict[str, Array]
    slopes: dict[str, list[Slope]]


def define(graph: Graph, weights: Mapping[str, Array], job: Job, seed: int) -> Definition:
    """Run every layer in training mode and differentiate it at some places of each tensor."""
    values: dict[str, Array] = {}
    slopes: dict[str, list[Slope]] = {}
    for number, node in enumerate(graph.nodes, start=1):
        names = training_inputs.reads(graph, node)
        inputs = [np.load(job.lesson(f"{node.name}.input{k}")) for k in range(len(names))]
        own = reference.weights_of(node, weights, np.float64)
        own = {name: array.copy() for name, array in own.items()}
        along = np.load(job.lesson(f"{node.name}.along"))

        def run(
            node: Node = node, names: list[str] = names, inputs: Any = inputs, own: Any = own
        ) -> Array:
            read = tuple(inputs[names.index(name)] for name in node.inputs)
            return reference.layer_in_training(node, read, own)[0]

        read = tuple(inputs[names.index(name)] for name in node.inputs)
        y, kept = reference.layer_in_training(node, read, own)
        values[f"{node.name}.output"] = y
        values |= {f"{node.name}.{name}": value for name, value in kept.items()}
        tensors = {f"{node.name}.input{k}": array for k, array in enumerate(inputs)}
        tensors |= {f"{node.name}.{w.name}": own[w.name] for w in node.weights if w.trainable}
        for k, (name, array) in enumerate(tensors.items()):
            places = _places(seed, number << 8 | k, array.size)
            slopes[name] = [_slope(run, array, along, place) for place in places]
    slopes[f"whole.{INPUT}"] = list(_through(graph, weights, job, seed))
    return Definition(values, slopes)


def _through(graph: Graph, weights: Mapping[str, Array], job: Job, seed: int) -> Iterator[Slope]:
    """Slopes of the whole network along two places of its input."""
    x, along = np.load(job.lesson(INPUT)), np.load(job.lesson("along"))

    def run() -> Array:
        values = {INPUT: x}
        left = {name: len(readers) for name, readers in graph.readers.items()}
        for node in graph.nodes:
            inputs = tuple(values[name] for name in node.inputs)
            own = reference.weights_of(node, weights, np.float64)
            values[node.name] = reference.layer_in_training(node, inputs, own)[0]
            for name in node.inputs:
                left[name] -= 1
                if not left[name]:
                    values.pop(name, None)
        found: Array = values[graph.output.name]
        return found

    for place in _places(seed, 0, x.size)[:2]:
        yield _slope(run, x, along, place)


def _places(seed: int, stream: int, size: int) -> list[int]:
    drawn = (odd_fractions(seed, 1 << 40 | stream, (SAMPLES,)) + 1) / 2
    return sorted({int(place * size) for place in drawn.astype(np.float64)})


def _slope(run: Callable[[], Array], array: Array, along: Array, place: int) -> Slope:
    flat = array.reshape(-1)
    before = flat[place]
    found = []
    for step in (STEP, STEP / 2):
        flat[place] = before + step
        above = run().copy()  # it may be the very array
        flat[place] = before - step
        found.append(float(((above - run()) * along).sum()) / (2 * step))
        flat[place] = before
    return Slope(place, *found)


def judge(
    graph: Graph,
    definition: Definition,
    job: Job,
    answered: Mapping[str, Mapping[str, str]],
) -> Gradients:
    """Hold what the targets answered against the definition and against each other.

    `answered` has, for each target that trains, its layers with float32 attributes.
    """
    problems: list[str] = []
    known: dict[str, str] = {}
    firsts: list[tuple[int, Divergence]] = []
    errors: dict[str, Errors] = {}
    values: dict[str, Errors] = {}
    for target, stored32 in answered.items():
        errors[target], values[target] = Errors({}, {}), Errors({}, {})
        for number, node in enumerate(graph.nodes):
            limit = STORED32 if node.name in stored32 else EXACT
            for name in _kept(node):
                found = _answer(job, target, name, definition.values[name].shape, problems)
                expected = definition.values[name]
                if target == "torch" and name.endswith(".variance"):
                    found = _biased(found, graph, node, job, name)
                    known[target] = UNBIASED
                error = _scaled(found, expected, 0.0)
                _add(values[target], node.name, error, limit)
                if not error <= limit:
                    facts = (target, node, name, f"{target} in training", error, limit)
                    firsts.append((number, divergence(*facts, apart(expected, found))))
            for name, shape in _handed(graph, node):
                gradient = _answer(job, target, name, shape, problems)
                slopes = definition.slopes[name]
                error = _against(gradient, slopes)
                _add(errors[target], node.name, error, DIFFERENCES)
                if not error <= DIFFERENCES:
                    facts = (target, node, name, f"{target} gradients", error, DIFFERENCES)
                    firsts.append((number, divergence(*facts, _places_of(gradient, slopes))))
        gradient = _answer(job, target, f"whole.{INPUT}", _batched(graph, graph.input), problems)
        error = _against(gradient, definition.slopes[f"whole.{INPUT}"])
        _add(errors[target], INPUT, error, DIFFERENCES)
    agreement, whole = _agreement(graph, job, answered, firsts)
    first = min(firsts, key=lambda found: found[0])[1] if firsts else None
    said = tuple(dict.fromkeys(problems))
    return Gradients(values, errors, agreement, whole, known, said, first)


def _places_of(gradient: Array, slopes: list[Slope]) -> Samples:
    """The places at which a gradient was held against the definition."""
    flat = gradient.reshape(-1)
    return tuple(
        (
            tuple(int(i) for i in np.unravel_index(slope.place, gradient.shape)),
            slope.value,
            float(flat[slope.place]),
        )
        for slope in slopes
    )


UNBIASED = (
    "its running variance is the unbiased one, n/(n - 1) times the batch's: compared without that"
)


def _agreement(
    graph: Graph,
    job: Job,
    answered: Mapping[str, Mapping[str, str]],
    firsts: list[tuple[int, Divergence]],
) -> tuple[Errors | None, Errors | None]:
    """The two targets' gradients against each other: layer by layer, and through the network."""
    if len(answered) < 2:
        return None, None
    one, other = answered
    local, whole = Errors({}, {}), Errors({}, {})
    stored32 = {name for layers in answered.values() for name in layers}
    through = EXACT + STORED32 * len(stored32)
    unread: list[str] = []
    handed = np.load(job.learnt("torch", "whole.handed"))
    for number, node in enumerate(graph.nodes):
        limit = STORED32 if node.name in stored32 else EXACT
        for name, shape in _handed(graph, node):
            pair = [_answer(job, target, name, shape, unread) for target in (one, other)]
            error = _scaled(pair[0], pair[1], FLOOR)
            _add(local, node.name, error, limit)
            if not error <= limit:
                facts = (other, node, name, "gradients agree", error, limit)
                firsts.append((number, divergence(*facts, apart(pair[0], pair[1]))))
        for weight in node.weights:
            if weight.trainable:
                name = f"whole.{node.name}.{weight.name}"
                pair = [_answer(job, t, name, weight.shape, unread) for t in (one, other)]
                _add(whole, node.name, _scaled(pair[0], pair[1], float(handed[number])), through)
    shape = _batched(graph, graph.input)
    pair = [_answer(job, target, f"whole.{INPUT}", shape, unread) for target in (one, other)]
    _add(whole, INPUT, _scaled(pair[0], pair[1], 0.0), through)
    return local, whole


def _handed(graph: Graph, node: Node) -> Iterator[tuple[str, tuple[int, ...]]]:
    """(name, shape) of each gradient of a layer by itself."""
    for k, name in enumerate(training_inputs.reads(graph, node)):
        yield f"{node.name}.input{k}", _batched(graph, graph.shapes[name])
    for weight in node.weights:
        if weight.trainable:
            yield f"{node.name}.{weight.name}", weight.shape


def _kept(node: Node) -> Iterator[str]:
    """The names of a layer's values in training: its output, and its running statistics."""
    yield f"{node.name}.output"
    for weight in node.weights:
        if not weight.trainable and not weight.codes:
            yield f"{node.name}.{weight.name}"


def _batched(graph: Graph, shape: tuple[int, ...]) -> tuple[int, ...]:
    return (training_inputs.batch(graph), *shape)


def _biased(found: Array, graph: Graph, node: Node, job: Job, name: str) -> Array:
    """PyTorch's running variance as it were with the batch's own variance."""
    count = training_inputs.batch(graph) * prod(graph.inputs(node)[0][1:])
    before = weight_in(job.weights_of_gradients, name).astype(np.float64)
    before *= getattr(node.op, "momentum")  # noqa: B009
    biased: Array = before + (found - before) * (count - 1) / count
    return biased


def _answer(job: Job, target: str, name: str, shape: tuple[int, ...], problems: list[str]) -> Array:
    """What a target answered; NaN, and a problem, where it cannot be compared."""
    try:
        found: Array = np.load(job.learnt(target, name), allow_pickle=False)
        if found.dtype != np.float64 or found.size != prod(shape):
            raise ValueError
    except (OSError, ValueError, EOFError):
        problems.append(f"{target} did not answer {name} as it should")
        return np.full(shape, np.nan)
    return found.reshape(shape)


def _add(errors: Errors, layer: str, error: float, limit: float) -> None:
    """Keep a layer's largest error; a NaN is larger than any."""
    known = errors.layers.get(layer, 0.0)
    errors.layers[layer] = error if not error <= known else known
    errors.limits[layer] = limit


def _scaled(found: Array, expected: Array, floor: float) -> float:
    largest = max(float(np.abs(expected).max()), floor) or 1.0
    return float(np.abs(found - expected).max()) / largest


def _against(gradient: Array, slopes: list[Slope]) -> float:
    """The largest error at the places where the definition is smooth."""
    if not np.isfinite(gradient).all():
        return float("nan")
    largest = max([float(np.abs(gradient).max()), FLOOR, *(abs(s.value) for s in slopes)])
    flat = gradient.reshape(-1)
    errors = [abs(flat[s.place] - s.value) for s in slopes if s.smooth(largest)]
    return float(max(errors, default=0.0)) / largest
