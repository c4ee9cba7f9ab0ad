"""The verdict on training steps: what is not finite, not there or beyond telling is never a pass."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from support.faults import SMALL

import archc
from archc.errors import ArchcError, EnvironmentProblem
from archc.proof import preparation, steps
from archc.proof.folding import fold
from archc.proof.job import EXACT, RUNS, SINGLE, Job, full
from archc.proof.training_result import Steps
from archc.weights.initial import canonical_name

NET = archc.parse(SMALL, "small.yaml")
STEPS = 3
TAKEN = [("torch", run) for run in RUNS] + [("keras", EXACT), ("keras", SINGLE)]
Values = dict[str, np.ndarray]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """The steps of two targets that train SMALL alike, by the rule."""
    files, _ = preparation.generated(NET.compiled, ["torch", "keras"], {})
    job = preparation.job_of(NET.compiled, files, tmp_path / "0", full(), train_steps=STEPS)
    job.prepare(dict.fromkeys(files, ""))
    save_file(begun(), job.weights_of_steps)
    for target, run in TAKEN:
        _train(job, target, run)
    return job


def begun() -> Values:
    """The weights to begin with."""
    each = ((canonical_name(node, w), w) for node in NET.graph.nodes for w in node.weights)
    return {n: np.linspace(-1, 1, w.size, dtype=np.float32).reshape(w.shape) for n, w in each}


def _train(job: Job, target: str, run: str) -> None:
    """Steps of v ← m·v - d·r·w - r·g, of which each gradient is the weights themselves."""
    recipe = job.recipe
    assert recipe
    rate, momentum, decay = map(
        float,
        np.float32([recipe.learning_rate, recipe.momentum, recipe.weight_decay]),
    )
    dtype = np.float32 if run == SINGLE else np.float64
    moved = [(n, w) for n in NET.graph.nodes for w in n.weights]
    weights = {name: value.astype(dtype) for name, value in begun().items()}
    speed = {name: np.zeros_like(value) for name, value in weights.items()}
    for number in range(STEPS + 1):
        stored = {}
        for node, weight in moved:
            name = canonical_name(node, weight)
            value = weights[name]
            if name == "norm.variance" and target == "torch":
                value = (value * _unbiased(min(number + 1, STEPS))).astype(dtype)
            stored[name] = fold(value)
            stored[f"{name}.largest"] = np.float64(np.abs(value).max())
            if weight.trainable:
                if run == EXACT and number < STEPS:
                    stored[f"{name}.gradient"] = fold(value)
                speed[name] = dtype(momentum) * speed[name] - dtype(rate * (decay + 1)) * value
                weights[name] = value + speed[name]
        np.savez(job.training_step(target, run, number), **stored)


def _unbiased(batches: int) -> float:
    """What PyTorch makes of a running variance that the biased ones of batches leave as it is."""
    left = 0.875**batches
    return left + (1 - left) * 80 / 79  # four samples of 5×4


def damage(job: Job, target: str, run: str, step: int, change: Callable[[Values], object]) -> Steps:
    """The verdict after a change of what a target stores."""
    file = job.training_step(target, run, step)
    with np.load(file) as stored:
        values = dict(stored)
    change(values)
    np.savez(file, **values)
    return judged(job)


def judged(job: Job, inexact: bool = False) -> Steps:
    layers = ["norm"] if inexact else []
    return steps.judge(NET.graph, job, {"torch": (), "keras": layers})


@pytest.mark.parametrize("inexact", [False, True])
def test_equal_steps_by_the_rule_pass(job: Job, inexact: bool) -> None:
    found = judged(job, inexact)
    assert found.passed, found.record()
    assert [*found.agreement] == ["keras"]
    assert max(found.agreement["keras"].limits) <= (1e-7 if inexact else 1e-10)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(("target", "run"), TAKEN)
@pytest.mark.parametrize("name", ["conv.weight", "norm.variance", "fc.bias.largest"])
def test_what_is_not_finite_fails_in_any_run_of_any_target(
    job: Job, target: str, run: str, name: str, value: float
) -> None:
    found = damage(job, target, run, 2, lambda values: values[name].reshape(-1)[:1].fill(value))
    assert not found.passed
    words = f"{target} does not stay finite in {steps.NAMES[run]} from step 2 on"
    assert any(problem.startswith(words) for problem in found.problems), found.problems
    assert "Infinity" not in str(found.record())


@pytest.mark.parametrize(("target", "run"), TAKEN)
def test_a_step_that_is_missing_or_lacks_a_tensor_fails(job: Job, target: str, run: str) -> None:
    words = f"{target} did not return step 1 in {steps.NAMES[run]} as expected"
    assert damage(job, target, run, 1, lambda v: v.pop("fc.weight")).problems == (words,)
    job.training_step(target, run, 1).unlink()
    assert judged(job).problems == (words,)


def test_a_tensor_of_another_size_is_not_stretched_to_fit(job: Job) -> None:
    found = damage(
        job, "keras", EXACT, 1, lambda v: v.update({"fc.bias": v["fc.bias"].mean(keepdims=True)})
    )
    assert found.problems == ("keras did not return step 1 in float64 as expected",)


def apart(name: str, far: float) -> Callable[[Values], None]:
    """A change of a tensor by a share of its largest value."""

    def change(values: Values) -> None:
        moved = values[name] + far * values[f"{name}.largest"]
        values[name] = moved.astype(np.float32).astype(np.float64)

    return change


def test_training_in_float32_that_is_lost_fails(job: Job) -> None:
    assert damage(job, "torch", SINGLE, 2, apart("fc.bias", 0.05)).passed
    found = damage(job, "torch", SINGLE, 2, apart("fc.bias", 0.1))
    assert not found.passed
    assert found.problems == (
        "torch in float32 is 2e-01 from float64 after step 2, so that no difference would show: "
        "lower the learning rate or take fewer steps",
    )


@pytest.mark.parametrize(("inexact", "limit"), [(False, 2e-9), (True, 1e-5)])
def test_no_limit_grows_beyond_use_however_far_float32_drifts(
    job: Job, inexact: bool, limit: float
) -> None:
    damage(job, "torch", SINGLE, 2, apart("fc.bias", 0.06))
    assert judged(job, inexact).passed
    assert 0.8 * limit < max(judged(job, inexact).agreement["keras"].limits) <= limit
    damage(job, "keras", EXACT, 2, lambda v: v["fc.bias"].__iadd__(1.1 * limit))
    found = judged(job, inexact)
    assert found.agreement["keras"].divergence == ("fc.bias", 2)


def test_float32_that_is_float64_fails(job: Job) -> None:
    def more_exact(values: Values) -> None:
        values["conv.weight"] += 1e-12

    found = damage(job, "keras", SINGLE, 1, more_exact)
    assert found.problems == ("keras did not train in float32 where it was to",)


def test_steps_in_which_nothing_moves_fail(job: Job) -> None:
    for target, run in TAKEN:
        with np.load(job.training_step(target, run, 0)) as first:
            values = dict(first)
        for number in range(STEPS + 1):
            kept = {n: v for n, v in values.items() if number < STEPS or "gradient" not in n}
            np.savez(job.training_step(target, run, number), **kept)
    found = judged(job)
    assert not found.passed
    assert found.problems == tuple(
        f"no parameter moves on {target}: its gradients vanish, or the learning rate is too small"
        for target in ("torch", "keras")
    )


@pytest.mark.usefixtures("warm")
def test_training_that_blows_up_is_not_proven() -> None:
    net = archc.parse(SMALL.replace("learning_rate: 0.01", "learning_rate: 1e3"), "small.yaml")
    proof = net.verify("torch", "keras", train_steps=20)
    assert not proof.passed
    assert proof.steps
    assert proof.steps.problems[0].endswith("on: the learning rate may be too large")
    assert str(proof).splitlines()[-1].startswith("Small: NOT proven: training steps (")


@pytest.mark.parametrize(
    ("targets", "gradients", "train_steps", "words"),
    [
        (["torch"], False, 5, "training steps need two targets that train, got torch"),
        (["keras", "onnx"], True, 5, "training steps need two targets that train, got keras, onnx"),
        (["onnx"], True, 0, "gradients need a target that trains, got onnx"),
    ],
)
def test_too_few_targets_for_training_are_refused_at_once(
    targets: list[str], gradients: bool, train_steps: int, words: str
) -> None:
    with pytest.raises(EnvironmentProblem, match=rf"E606 .*: {words}\n"):
        NET.verify(*targets, gradients=gradients, train_steps=train_steps)


def test_a_network_without_parameters_takes_no_steps() -> None:
    pools = SMALL[: SMALL.index("layers:")] + "layers: [{a: {type: relu}}]\n"
    with pytest.raises(ArchcError, match=r"E607 .*: Small has no parameters to train"):
        archc.parse(pools).verify(train_steps=2)
