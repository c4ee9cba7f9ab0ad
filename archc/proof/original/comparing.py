"""Which layer of a network is the first that differs from the model that it describes.

A layer is equal if some value of the model is its output, at the limits of accumulated comparisons.
Models may compute several layers in one step: a layer without a counterpart is only a difference
if nothing that follows from it has one.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from archc.network.flattening import flattened
from archc.network.graph import INPUT, Graph, Node
from archc.proof import compare, reference
from archc.proof.compare import Array
from archc.proof.job import WHOLE32, WHOLE64, Job
from archc.proof.layer_errors import Divergence, Errors, Samples, within
from archc.proof.original import alternatives
from archc.proof.original.result import OriginalProof
from archc.proof.original.trace import Call, Trace
from archc.proof.sensitivity import amplified_errors, widen

GLANCE = 4096
"""Numbers of a value that are looked at before all are."""


@dataclass
class Comparison:
    """A network's values, which are in the folder of a job, against those of a model's run."""

    graph: Graph
    job: Job
    trace: Trace
    folder: Path
    weights: Mapping[str, npt.NDArray[Any]]
    """Canonical, of the network."""
    tensors: Mapping[str, str]
    """Canonical name → name of the weight in the model."""
    stored32: Collection[str] = ()
    """The layers that the model computes from float32 attributes."""

    def __post_init__(self) -> None:
        steps = self.trace.calls
        numbers = {0, self.trace.output, *(call.value for call in steps)}
        self._shapes = {n: self.trace.value(self.folder, n).shape for n in sorted(numbers)}
        self.numbers = {INPUT: 0} | {n.name: i for i, n in enumerate(self.graph.nodes, start=1)}
        self._nodes = {node.name: node for node in self.graph.nodes}
        self._flat = flattened(self.graph) if self.trace.channels_last else {}
        self._found: dict[str, tuple[float, int | None]] = {INPUT: (0.0, 0)}
        self._starts = {INPUT: 0}

    def run(self, source: str) -> OriginalProof:
        """The verdict."""
        phase = WHOLE32 if self.trace.single else WHOLE64
        names = [node.name for node in self.graph.nodes]
        limits = compare.accumulated_limits(names, phase, self.stored32)
        for node in self.graph.nodes:
            self._starts[node.name] = start = self._start(node, limits)
            self._found[node.name] = self.search(self.expected(node.name), start)
        last = self.graph.output.name
        error = self._error(self.expected(last), self.trace.output)
        self._found[last] = (error, self.trace.output)
        every = Errors({name: self._found[name][0] for name in names}, limits)
        if every.failed:
            amplified = amplified_errors(
                self.graph, self.weights, np.load(self.job.value(0)), phase, self.stored32
            )
            every, _ = widen(phase, every, amplified)
        equal = [name for name in names if name not in every.failed]
        wrong = self._first(equal) if last in every.failed else None
        shown = [*equal, *([wrong.name] if wrong else [])]
        errors = Errors(
            {name: every.layers[name] for name in names if name in shown},
            {name: every.limits[name] for name in names if name in shown},
        )
        return OriginalProof(
            source=source,
            versions=self.trace.versions,
            errors=errors,
            steps=len(self.trace.calls),
            untold=() if wrong else tuple(n for n in names if n not in equal),
            single=self.trace.single,
            first=self._told(source, wrong, every.limits[wrong.name]) if wrong else None,
        )

    def expected(self, name: str) -> Array:
        """A layer's output, or the network's input, with maps flattened as the model does."""
        value: Array = np.load(self.job.value(self.numbers[name]))
        maps = self._flat.get(name)
        if maps:
            value = value.reshape(-1, *maps).transpose(0, 2, 3, 1).reshape(len(value), -1)
        return value

    def _start(self, node: Node, limits: Mapping[str, float]) -> int:
        """The first value of the model that may be a layer's: that of the step with its weights, or one
        behind its inputs, as far as these are known."""
        call = self._call(node)
        if call is not None:
            return call.value
        starts = [0]
        for name in node.inputs:
            error, number = self._found[name]
            equal = number is not None and within(error, limits.get(name, 0.0))
            starts.append(number if equal and number is not None else self._starts[name])
        return max(starts)

    def search(
        self, expected: Array, start: int = 0, end: float = float("inf")
    ) -> tuple[float, int | None]:
        """(error, number) of the model's value that is nearest to some numbers, between two of them."""
        best: tuple[float, int | None] = (float("inf"), None)
        for number in self._shapes:
            if not start <= number < end:
                continue
            error = self._error(expected, number, best[0])
            if error < best[0]:
                best = (error, number)
        return best

    def _error(self, expected: Array, number: int | None, beyond: float = float("inf")) -> float:
        """How far a value of the model is off, scaled; infinite if it is another's, or not finite.

        If a glance shows that it is `beyond` an error, that is enough.
        """
        if number is None or not _alike(self._shapes[number], expected.shape):
            return float("inf")
        value = _arranged(self.trace.value(self.folder, number), expected.shape)
        scale = float(np.abs(expected).max()) or 1.0
        every = max(1, expected.size // GLANCE)
        for step in (every, 1):
            found, wanted = value.reshape(-1)[::step], expected.reshape(-1)[::step]
            with np.errstate(invalid="ignore"):
                error = float(np.abs(found.astype(np.float64) - wanted).max()) / scale
            if not error < beyond:
                return float("inf") if error != error else error
        return error

    def _first(self, equal: Collection[str]) -> Node:
        """The first layer that is not equal and from which nothing follows that is."""
        fine = {*equal}
        for node in reversed(self.graph.nodes):
            if node.name in fine:
                fine |= {*node.inputs}
        return next(node for node in self.graph.nodes if node.name not in fine)

    def _told(self, source: str, node: Node, limit: float) -> Divergence:
        """Where the first difference is, and what is known of it."""
        blamed, notes = self._cause(node, limit)
        expected = self.expected(node.name)
        samples: Samples = ()
        error, number = self._own(node, expected)
        if number is not None:
            value = self.trace.value(self.folder, number)
            samples = compare.apart(expected, _arranged(value, expected.shape))
        return Divergence(
            source,
            blamed.name,
            "values",
            f"{node.name}.output",
            "original",
            error,
            limit,
            samples,
            tuple(notes),
        )

    def _own(self, node: Node, expected: Array) -> tuple[float, int | None]:
        """(error, number) of the value that the model has in place of a layer's output: the nearest
        before the next step with weights."""
        call = self._call(node)
        if call is None or node is self.graph.output:
            return self._found[node.name]
        behind = (c.value for c in self.trace.calls if c.weights and c.value > call.value)
        own = self.search(expected, call.value, min(behind, default=float("inf")))
        return own if own[1] is not None else self._found[node.name]

    def _cause(self, node: Node, limit: float) -> tuple[Node, list[str]]:
        """The layer to look at, and what the model does there."""
        before = self._equal_before(node, limit)
        if before:
            return before[0], [before[1], *self._followers(node)]
        call = self._call(node)
        if call is None:
            return node, [*self._equal_with(node, limit), *self._followers(node)]
        read = self.expected(node.inputs[0])
        if any(within(self._error(read, number), limit) for number in call.inputs):
            return node, [*self._equal_with(node, limit), f"in the original, it is {_named(call)}"]
        between = self._between(call, self._found[node.inputs[0]][1])
        if node.inputs[0] == INPUT or not between:
            return node, [f"in the original, {_named(call)} takes another input"]
        steps = ", ".join(_named(step) for step in between)
        words = f"in the original, '{node.inputs[0]}' is followed by {steps}; in the spec it is not"
        return self._nodes[node.inputs[0]], [words]

    def _call(self, node: Node) -> Call | None:
        """The step of the model that uses a layer's weights."""
        own = {self.tensors.get(f"{node.name}.{weight.name}") for weight in node.weights} - {None}
        return next((call for call in self.trace.calls if own & {*call.weights}), None)

    def _between(self, call: Call, known: int | None) -> list[Call]:
        """The steps from a value on that lead to a step of the model; none if it is not reached."""
        makers = {step.value: step for step in self.trace.calls}
        found: list[Call] = []
        number = call.inputs[0] if call.inputs else None
        while number != known:
            step = makers.get(number) if number is not None else None
            if step is None or not step.inputs:
                return []
            found.insert(0, step)
            number = step.inputs[0]
        return found

    def _followers(self, node: Node) -> Iterator[str]:
        """What the model does with the inputs of a layer."""
        _, number = self._found[node.inputs[0]]
        found = [_named(call) for call in self.trace.calls if number in call.inputs]
        if found:
            source = node.inputs[0] if node.inputs[0] == INPUT else f"'{node.inputs[0]}'"
            yield f"in the original, {source} is followed by {' and '.join(dict.fromkeys(found))}"

    def _equal_with(self, node: Node, limit: float) -> Iterator[str]:
        """Which other values of its fields would make a layer equal."""
        own = reference.weights_of(node, self.weights, np.float64)
        for words, output in alternatives.outputs(node, self._inputs(node), own):
            same = output.shape == (len(output), *node.shape)
            if same and within(self.search(output, self._starts[node.name])[0], limit):
                yield f"it is equal with {words}"

    def _equal_before(self, node: Node, limit: float) -> tuple[Node, str] | None:
        """The layer before that would make a layer equal with another value of a field."""
        own = reference.weights_of(node, self.weights, np.float64)
        for name in dict.fromkeys(node.inputs):
            before = self._nodes.get(name)
            if before is None:
                continue
            its = reference.weights_of(before, self.weights, np.float64)
            for words, output in alternatives.outputs(before, self._inputs(before), its):
                changed = zip(node.inputs, self._inputs(node), strict=True)
                inputs = tuple(output if read == name else value for read, value in changed)
                y = reference.layer(node, inputs, own)
                if within(self.search(y, self._starts[node.name])[0], limit):
                    return before, f"the network is equal up to '{node.name}' with {words}"
        return None

    def _inputs(self, node: Node) -> tuple[Array, ...]:
        return tuple(np.load(self.job.value(self.numbers[name])) for name in node.inputs)


def _named(call: Call) -> str:
    return f"{call.kind} ({call.name})" if call.name else call.kind


def _alike(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether a value may be a layer's: maps in any layout, axes of length 1 aside."""
    plain = [n for n in shape if n != 1] == [n for n in wanted if n != 1]
    return plain or (len(shape) == len(wanted) == 4 and (*wanted[2:], wanted[1]) == shape[1:])


def _arranged(value: Array, wanted: tuple[int, ...]) -> Array:
    """A value with the axes of a layer's output."""
    if value.shape != wanted and value.ndim == 4 and len(wanted) == 4:
        value = value.transpose(0, 3, 1, 2)
    return value.reshape(wanted)
