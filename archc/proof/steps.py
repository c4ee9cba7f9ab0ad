"""Training steps: each target's against the first one's, and against the rule of the 2012 paper."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from archc.network.graph import Graph, Node
from archc.ops.tensor import Weight
from archc.proof import running_variance, training_inputs
from archc.proof.folding import BINS, fold, spread
from archc.proof.job import EXACT, SINGLE, WRITTEN, Job, Recipe, weight_in
from archc.proof.layer_errors import EXACT as LIMIT
from archc.proof.layer_errors import GROWN, LOST, STORED32, largest
from archc.proof.training_result import Agreement, Steps
from archc.targets import TARGETS
from archc.weights.initial import canonical_name

Array = npt.NDArray[Any]
MOST_STORED32 = 100 * STORED32
"""What no limit grows beyond where a target keeps an attribute in float32."""
NAMES = {EXACT: "float64", WRITTEN: "float64 with the numbers as written", SINGLE: "float32"}
"""What messages call the runs."""
Stored = list[dict[str, Array]]
"""What a run holds before each of its steps, and after the last."""


def judge(graph: Graph, job: Job, stored32: Mapping[str, Collection[str]]) -> Steps:
    """Compare what the targets stored with what the first of them did, and with the rule.

    `stored32` has, for each target that trains, its layers with float32 attributes.
    """
    assert job.recipe is not None
    problems: list[str] = []
    targets = [*stored32]
    moved = [(n, w) for n in graph.nodes for w in n.weights if not w.codes]
    runs = {
        (target, run): _read(job, moved, target, run, problems)
        for target in targets
        for run in _runs(target)
    }
    if problems:
        return Steps(job.recipe, problems=tuple(problems))
    problems += (
        f"{target} does not stay finite in {NAMES[run]} from step {step} on: "
        "the learning rate may be too large"
        for (target, run), stored in runs.items()
        if (step := _first_not_finite(stored)) is not None
    )
    problems += (
        f"{target} did not train in float32 where it was to"
        for target in targets
        if not all(_is_single(stored) for stored in runs[target, SINGLE])
    )
    exact = {target: runs[target, EXACT] for target in targets}
    problems += (
        f"no parameter moves on {target}: its gradients vanish, or the learning rate is too small"
        for target, stored in exact.items()
        if not _moves(moved, stored)
    )
    drift = {t: _apart(moved, stored, runs[t, SINGLE]) for t, stored in exact.items()}
    for target, apart in drift.items():
        lost = next((step for step, error in enumerate(apart) if error > LOST), None)
        if lost is not None:
            problems.append(
                f"{target} in float32 is {apart[lost]:.0e} from float64 after step {lost}, so that "
                "no difference would show: lower the learning rate or take fewer steps"
            )
    baseline = next(iter(targets), "")
    agreement = {}
    for target in targets[1:]:
        drifts = zip(drift[baseline], drift[target], strict=True)
        inexact = bool(stored32[baseline] or stored32[target])
        limits = tuple(_limit(largest(both), inexact) for both in drifts)
        errors = _errors(graph, job, moved, exact, (baseline, target))
        agreement[target] = Agreement(errors, limits)
    return Steps(
        recipe=job.recipe,
        batch=training_inputs.batch(graph),
        baseline=baseline,
        agreement=agreement,
        rule={target: _rule(job.recipe, moved, stored) for target, stored in exact.items()},
        drift=drift,
        rounding={
            t: _apart(moved, exact[t], runs[t, WRITTEN]) for t in targets if (t, WRITTEN) in runs
        },
        problems=tuple(problems),
    )


def _runs(target: str) -> tuple[str, ...]:
    return (EXACT, WRITTEN, SINGLE) if TARGETS[target].steps_in_float64 else (EXACT, SINGLE)


def _limit(drift: float, inexact: bool) -> float:
    """The largest difference that passes where float32 has drifted so far from float64."""
    if inexact:  # one number of a layer is as a float32: no more than all of them
        return min(largest((STORED32, drift)), MOST_STORED32)
    return largest((LIMIT, GROWN * drift * 2.0**-29))


def _is_single(stored: Mapping[str, Array]) -> bool:
    """Whether float32 holds all that a run in float32 stores, the sums of folded tensors aside."""
    whole = (value for value in stored.values() if value.size < BINS)
    with np.errstate(over="ignore", invalid="ignore"):
        return all(np.array_equal(v, v.astype(np.float32), equal_nan=True) for v in whole)


def _first_not_finite(stored: Stored) -> int | None:
    """The first step after which something is not a finite number."""
    for number, step in enumerate(stored):
        if not all(np.isfinite(value).all() for value in step.values()):
            return number
    return None


def _moves(moved: list[tuple[Node, Weight]], stored: Stored) -> bool:
    """Whether training changes any parameter."""
    names = [canonical_name(node, weight) for node, weight in moved if weight.trainable]
    return any((stored[0][name] != stored[-1][name]).any() for name in names)


def _read(
    job: Job, moved: list[tuple[Node, Weight]], target: str, run: str, problems: list[str]
) -> Stored:
    """A run's steps; the first that is not all there is a problem."""
    assert job.recipe is not None
    found: Stored = []
    for number in range(job.recipe.steps + 1):
        sizes: dict[str, int] = {}
        for node, weight in moved:
            name = canonical_name(node, weight)
            sizes |= {name: min(weight.size, BINS), f"{name}.largest": 1}
            if run == EXACT and weight.trainable and number < job.recipe.steps:
                sizes[f"{name}.gradient"] = min(weight.size, BINS)
        try:
            with np.load(job.training_step(target, run, number), allow_pickle=False) as file:
                found.append(dict(file))
        except (OSError, ValueError, EOFError):
            found.append({})
        if not sizes.items() <= {name: value.size for name, value in found[-1].items()}.items():
            problems.append(f"{target} did not return step {number} in {NAMES[run]} as expected")
            break
    return found


def _errors(
    graph: Graph,
    job: Job,
    moved: list[tuple[Node, Weight]],
    exact: Mapping[str, Stored],
    pair: tuple[str, str],
) -> dict[str, tuple[float, ...]]:
    """By canonical name: how far the second target is from the first after each step, from 0 on,
    scaled by the largest value."""
    found = {}
    for node, weight in moved:
        name = canonical_name(node, weight)
        expected, others = ([step[name] for step in exact[target]] for target in pair)
        if weight.name == running_variance.NAME:
            expected, others = (
                _biased(graph, job, node, name, target, values)
                for target, values in zip(pair, (expected, others), strict=True)
            )
        sizes = [step[f"{name}.largest"] for step in exact[pair[0]]]
        found[name] = tuple(map(_scaled, others, expected, sizes))
    return found


def _biased(
    graph: Graph, job: Job, node: Node, name: str, target: str, values: Sequence[Array]
) -> list[Array]:
    """Running variances with the variances of the batches themselves."""
    assert job.recipe is not None
    begun = fold(weight_in(job.weights_of_steps, name))
    # Before each step, the statistics of its batch are there already.
    batches = [min(number + 1, job.recipe.steps) for number in range(len(values))]
    return [
        running_variance.biased(graph, node, target, value, begun, seen)
        for value, seen in zip(values, batches, strict=True)
    ]


def _rule(recipe: Recipe, moved: list[tuple[Node, Weight]], stored: Stored) -> float:
    """How far a framework's steps are from v ← m·v - d·r·w - r·g, w ← w + v (Krizhevsky et al.
    2012, section 5) with its own gradients g: the largest error, scaled."""
    rate, momentum, decay = (
        float(np.float32(value))
        for value in (recipe.learning_rate, recipe.momentum, recipe.weight_decay)
    )
    errors = []
    for node, weight in moved:
        if not weight.trainable:
            continue
        name = canonical_name(node, weight)
        velocity = np.zeros_like(stored[0][name])
        for before, after in pairwise(stored):
            gradient = before[f"{name}.gradient"]
            velocity = momentum * velocity - decay * rate * before[name] - rate * gradient
            with np.errstate(invalid="ignore"):  # what is not finite is a problem already
                expected = before[name] + velocity
            errors.append(_scaled(after[name], expected, after[f"{name}.largest"]))
    return largest(errors)


def _apart(moved: list[tuple[Node, Weight]], one: Stored, other: Stored) -> tuple[float, ...]:
    """How far two runs of one framework are from each other after each step, scaled."""
    return tuple(
        largest(
            _scaled(b[name], a[name], a[f"{name}.largest"]) / spread(weight.size)
            for node, weight in moved
            for name in [canonical_name(node, weight)]
        )
        for a, b in zip(one, other, strict=True)
    )


def _scaled(found: Array, expected: Array, largest: Array) -> float:
    return float(np.abs(found - expected).max()) / (float(largest) or 1.0)
