"""The comparison at inference, a target's outputs against the reference's values; and how the first
values that differ are told, there and in training."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from archc.network.graph import Graph, Node
from archc.proof.job import LOCAL32, LOCAL64, WHOLE32, WHOLE64, Job
from archc.proof.layer_errors import (
    DRIFT,
    EXACT,
    MOST,
    STORED32,
    UNITS,
    Divergence,
    Errors,
    Samples,
)
from archc.targets import capabilities

U, U64 = 2.0**-24, 2.0**-53
TINY = float(np.finfo(np.float32).tiny)
Array = npt.NDArray[np.float64]


def compare(
    job: Job, target: str, magnitudes: Mapping[int, npt.NDArray[np.float32]], stored32: set[str]
) -> tuple[dict[str, Errors], list[str]]:
    """Every pass of a target, and what could not be compared, whose error is infinite."""
    names = [step.name for step in job.steps]
    limits = {
        LOCAL64: {name: STORED32 if name in stored32 else EXACT for name in names},
        WHOLE64: accumulated_limits(names, WHOLE64, stored32),
        LOCAL32: dict.fromkeys(names, UNITS),
        WHOLE32: accumulated_limits(names, WHOLE32, stored32),
    }
    problems: list[str] = []
    found = {phase: Errors({}, limits[phase]) for phase in job.passes[target]}
    for number, name in enumerate(names, start=1):
        expected: Array = np.load(job.value(number))
        for phase, errors in found.items():
            output = _output(job, target, phase, number, expected.shape)
            if isinstance(output, str):
                problems.append(f"'{name}' ({phase}) {output}")
                errors.layers[name] = float("inf")
                continue
            u = U if phase == WHOLE32 else U64
            rounding = STORED32 if phase != WHOLE32 and name in stored32 else UNITS * u
            limit, terms = limits[phase][name], magnitudes[number]
            errors.layers[name] = _error(phase, output, expected, terms, limit, rounding)
    return found, problems


def accumulated_limits(
    names: Iterable[str], phase: str, stored32: Collection[str]
) -> dict[str, float]:
    """The largest error that passes in each layer where errors add up from the network's input."""
    if phase == WHOLE32:
        return dict.fromkeys(names, DRIFT)
    found = {}
    limit = EXACT
    for name in names:
        limit = min(limit + STORED32 * (name in stored32), MOST)  # each may add its own
        found[name] = limit
    return found


def stored_as_float32(graph: Graph, kinds: Mapping[str, str]) -> dict[str, str]:
    """The layers with an operation that a target computes from float32 attributes, and why."""
    found = {}
    for node in graph.nodes:
        for op in node.operations:
            if op.type in kinds:
                found[node.name] = kinds[op.type]
    return found


QUANTITIES = {"output": "values", "mean": "statistics", "variance": "statistics"}
NAMES = {LOCAL64: "float64", WHOLE64: "float64 accumulated", LOCAL32: "float32",
         WHOLE32: "float32 accumulated"}  # fmt: skip
SHOWN = 5
"""How many values of a divergence are shown."""


def first(job: Job, target: str, found: Mapping[str, Errors], graph: Graph) -> Divergence | None:
    """The first layer of a target that differs, in the comparison that says most."""
    for phase, errors in found.items():
        for number, node in enumerate(graph.nodes, start=1):
            if node.name not in errors.failed:
                continue
            expected: Array = np.load(job.value(number))
            output = _output(job, target, phase, number, expected.shape)
            samples = () if isinstance(output, str) else apart(expected, output)
            error, limit = errors.layers[node.name], errors.limits[node.name]
            return divergence(
                target, node, f"{node.name}.output", NAMES[phase], error, limit, samples
            )
    return None


def divergence(
    target: str,
    node: Node,
    what: str,
    comparison: str,
    error: float,
    limit: float,
    samples: Samples,
) -> Divergence:
    """A divergence, with what is known of how this target differs in the layer's operations."""
    quantity = QUANTITIES.get(what.rpartition(".")[2], "gradient")
    notes = [line for op in node.operations for line in capabilities.lines(op.type, target)]
    return Divergence(
        target, node.name, quantity, what, comparison, error, limit, samples, tuple(notes)
    )


def apart(expected: npt.NDArray[Any], found: npt.NDArray[Any]) -> Samples:
    """(index, expected, found) of the values that are furthest apart, NaN first."""
    with np.errstate(invalid="ignore"):
        difference = np.nan_to_num(np.abs(found.astype(np.float64) - expected), nan=np.inf)
    places = np.argsort(-difference.ravel(), kind="stable")[:SHOWN]
    return tuple(
        (
            tuple(int(i) for i in np.unravel_index(place, expected.shape)),
            float(expected.ravel()[place]),
            float(found.ravel()[place]),
        )
        for place in places
        if difference.ravel()[place] > 0
    )


def _output(
    job: Job, target: str, phase: str, number: int, shape: tuple[int, ...]
) -> npt.NDArray[np.floating] | str:
    """A target's output of a layer, or why it cannot be compared."""
    try:
        found = np.load(job.layer_output(target, phase, number), allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return "is missing"
    wanted = np.float64 if phase in (LOCAL64, WHOLE64) else np.float32
    if found.shape != shape:
        return f"has the shape {found.shape}, not {shape}"
    if found.dtype != wanted:
        return f"is {found.dtype}, not {np.dtype(wanted)}"
    output: npt.NDArray[np.floating] = found
    return output


def _error(
    phase: str,
    found: npt.NDArray[np.floating],
    expected: Array,
    magnitude: npt.NDArray[np.float32],
    limit: float,
    rounding: float,
) -> float:
    """How far an output is off, in the unit of its pass; `rounding` is what any may be off by, as a
    share of the terms of each value."""
    with np.errstate(invalid="ignore"):
        difference = np.abs(found.astype(np.float64) - expected)
    terms = magnitude.astype(np.float64)
    if not (np.isfinite(difference).all() and np.isfinite(terms).all()):
        return float("nan")
    if phase == LOCAL32:
        # What is below the smallest normal number, or rounded from just above it, may be flushed to
        # zero: TensorFlow's softmax does.
        beyond = np.maximum(difference - 2 * TINY, 0.0)
        return float((beyond / (U * (terms + TINY))).max())
    largest = float(np.abs(expected).max()) or 1.0
    error = float(difference.max()) / largest
    if error > limit:
        # Where terms cancel, the result says nothing of their size: a GELU's tail, for one.
        error = float(np.maximum(difference - rounding * terms, 0.0).max()) / largest
    return error
