"""Training steps: PyTorch's against Keras's, and each one's against the rule of the 2012 paper."""

from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from archc.network.graph import Graph, Node
from archc.ops.tensor import Weight
from archc.proof import training_inputs
from archc.proof.folding import fold, spread
from archc.proof.job import EXACT, SINGLE, WRITTEN, Job, Recipe, weight_in
from archc.proof.result import EXACT as LIMIT
from archc.proof.result import GROWN, STORED32, Steps

Array = npt.NDArray[Any]
Stored = list[dict[str, Array]]
"""What a run holds before each of its steps, and after the last."""


def judge(graph: Graph, job: Job, targets: Sequence[str], stored32: bool) -> Steps:
    """Compare what the targets stored; `stored32`: a layer keeps numbers as float32."""
    assert job.recipe is not None
    problems: list[str] = []
    runs = {
        (target, run): _read(job, target, run, problems)
        for target in targets
        for run in ((EXACT, WRITTEN, SINGLE) if target == "torch" else (EXACT, SINGLE))
    }
    if problems:
        return Steps(job.recipe, problems=tuple(dict.fromkeys(problems)))
    moved = [(n, w) for n in graph.nodes for w in n.weights if not w.codes]
    exact = {target: runs[target, EXACT] for target in targets}
    for target, stored in exact.items():
        if not all(np.isfinite(value).all() for step in stored for value in step.values()):
            problems.append(f"{target} does not stay finite: the learning rate may be too large")
    agreement = {}
    if len(targets) == 2:
        agreement = _agreement(graph, job, moved, exact["torch"], exact["keras"])
    drift = {t: _apart(moved, stored, runs[t, SINGLE]) for t, stored in exact.items()}
    return Steps(
        recipe=job.recipe,
        batch=training_inputs.batch(graph),
        limits=tuple(_limit(max(errors), stored32) for errors in zip(*drift.values(), strict=True)),
        agreement=agreement,
        rule={target: _rule(job.recipe, moved, stored) for target, stored in exact.items()},
        drift=drift,
        rounding=_apart(moved, exact["torch"], runs["torch", WRITTEN]) if "torch" in exact else (),
        problems=tuple(problems),
    )


def _limit(drift: float, stored32: bool) -> float:
    """The largest difference that passes where float32 has drifted so far from float64."""
    if stored32:  # one number of a layer is as a float32: no more than all of them
        return max(STORED32, drift)
    return max(LIMIT, GROWN * drift * 2.0**-29)


def _read(job: Job, target: str, run: str, problems: list[str]) -> Stored:
    assert job.recipe is not None
    found = []
    for number in range(job.recipe.steps + 1):
        try:
            with np.load(job.stepped(target, run, number), allow_pickle=False) as file:
                found.append(dict(file))
        except (OSError, ValueError, EOFError):
            problems.append(f"{target} did not answer step {number} ({run})")
    return found


def _agreement(
    graph: Graph, job: Job, moved: list[tuple[Node, Weight]], torch: Stored, keras: Stored
) -> dict[str, tuple[float, ...]]:
    """By canonical name: the error after each step, from 0 on, scaled by the largest value."""
    assert job.recipe is not None
    found = {}
    for node, weight in moved:
        name = f"{node.name}.{weight.name}"
        errors = []
        for number, (one, other) in enumerate(zip(torch, keras, strict=True)):
            expected = one[name]
            if weight.name == "variance":
                # PyTorch's is the unbiased variance: undo that, for as many batches as were seen.
                momentum = getattr(node.op, "momentum")  # noqa: B009
                seen = min(number + 1, job.recipe.steps)
                first = fold(weight_in(job.weights_of_steps, name)) * momentum**seen
                count = training_inputs.batch(graph) * prod(graph.inputs(node)[0][1:])
                expected = first + (expected - first) * (count - 1) / count
            errors.append(_scaled(other[name], expected, one[f"{name}.largest"]))
        found[name] = tuple(errors)
    return found


def _rule(recipe: Recipe, moved: list[tuple[Node, Weight]], stored: Stored) -> float:
    """How far a framework's steps are from v ← m·v - d·r·w - r·g, w ← w + v (Krizhevsky et al.
    2012, section 5) with its own gradients g: the largest error, scaled."""
    rate, momentum, decay = (
        float(np.float32(value))
        for value in (recipe.learning_rate, recipe.momentum, recipe.weight_decay)
    )
    worst = 0.0
    for node, weight in moved:
        if not weight.trainable:
            continue
        name = f"{node.name}.{weight.name}"
        velocity = np.zeros_like(stored[0][name])
        for before, after in pairwise(stored):
            gradient = before[f"{name}.gradient"]
            velocity = momentum * velocity - decay * rate * before[name] - rate * gradient
            expected = before[name] + velocity
            error = _scaled(after[name], expected, after[f"{name}.largest"])
            worst = error if not error <= worst else worst
    return worst


def _apart(moved: list[tuple[Node, Weight]], one: Stored, other: Stored) -> tuple[float, ...]:
    """How far two runs of one framework are from each other after each step, scaled."""
    return tuple(
        max(
            (
                _scaled(b[name], a[name], a[f"{name}.largest"]) / spread(weight.size)
                for node, weight in moved
                for name in [f"{node.name}.{weight.name}"]
            ),
            default=0.0,
        )
        for a, b in zip(one, other, strict=True)
    )


def _scaled(found: Array, expected: Array, largest: Array) -> float:
    return float(np.abs(found - expected).max()) / (float(largest) or 1.0)
