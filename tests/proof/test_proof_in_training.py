"""`verify --gradients` and `--train-steps`: what is equal passes, and a fault is named with its place."""

import numpy as np
import pytest
from test_verify import NETWORKS

import archc
from archc.proof import folding, gradients
from archc.proof.result import Proof
from archc.proof.verify import verify

SMALL = """
archc: 1
name: Small
input: {channels: 2, height: 7, width: 6}
layers:
  - conv: {type: conv2d, filters: 3, kernel: 3, activation: relu}
  - norm: {type: batch_norm, epsilon: 1e-3, momentum: 0.875}
  - flat: {type: flatten}
  - drop: {type: dropout, rate: 0.25}
  - fc: {type: dense, units: 4}
train:
  source: "a test"
  loss: cross_entropy
  optimizer: {type: sgd, learning_rate: 0.01, momentum: 0.9, weight_decay: 5e-4}
"""
NET = archc.parse(SMALL, "small.yaml")


def proven(text: str, steps: int = 4, backend: str = "tensorflow") -> Proof:
    network = archc.parse(text, "net.yaml").compiled
    (proof,) = verify(
        [network],
        targets=["torch", "keras"],
        backend=backend,
        with_gradients=True,
        train_steps=steps,
    )
    return proof


@pytest.mark.parametrize("name", [*NETWORKS])
@pytest.mark.parametrize("backend", ["tensorflow", "torch", "jax"])
def test_gradients_and_steps_of_every_operation_are_equal(name: str, backend: str) -> None:
    proof = proven(NETWORKS[name], backend=backend)
    assert proof.gradients and proof.steps
    assert proof.passed, proof.record()
    layers = [node.name for node in archc.parse(NETWORKS[name]).graph.nodes]
    for errors in proof.gradients.values.values():
        assert [*errors.layers] == layers
    for errors in proof.gradients.differences.values():
        assert [*errors.layers] == [*layers, "input"]
    assert proof.gradients.agreement and [*proof.gradients.agreement.layers] == layers
    assert len(proof.steps.limits) == 5


def test_the_recipe_is_the_specs_own_and_float32_casts_are_reported() -> None:
    proof = proven(SMALL, steps=20)
    steps = proof.steps
    assert steps and steps.passed, proof.record()
    assert (steps.recipe.learning_rate, steps.recipe.momentum) == (0.01, 0.9)
    assert (steps.recipe.loss, steps.recipe.published) == ("cross_entropy", True)
    assert steps.worst[1] <= 1e-10
    assert max(steps.rule.values()) < 1e-14
    assert 1e-9 < steps.rounding[-1] < 1e-5  # what float32 makes of 0.9
    for drift in steps.drift.values():
        assert len(drift) == 21
        assert 1e-8 < drift[-1] < 1e-3
    assert {*steps.agreement} >= {"norm.mean", "norm.variance", "conv.weight", "fc.bias"}


# (target, what the generated file says, what it says instead, layer, quantity)
FAULTS = [
    ("torch", "momentum=0.125", "momentum=0.875", "norm", "statistics"),
    ("keras", "momentum=0.875", "momentum=0.125", "norm", "statistics"),
    ("torch", "F.relu(self.conv(x))", "F.relu(self.conv(x)).detach() + 0 * self.conv(x)", "conv", "gradient"),
    ("torch", "self.fc(x)", "self.fc(x * 1.0) * 0.5 + self.fc(x).detach() * 0.5", "fc", "gradient"),
    ("torch", "self.norm(x)", "F.batch_norm(x, self.norm.running_mean, self.norm.running_var, "
     "self.norm.weight, self.norm.bias, eps=0.001)", "norm", "values"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "before", "after", "layer", "quantity"), FAULTS)
def test_a_fault_that_only_training_shows_is_named(
    target: str, before: str, after: str, layer: str, quantity: str
) -> None:
    text = NET.compile(target)
    assert before in text
    inference, training = (
        verify(
            [NET.compiled],
            targets=["torch", "keras"],
            sources=[{target: text.replace(before, after, 1)}],
            with_gradients=asked,
        )[0]
        for asked in (False, True)
    )
    assert inference.passed
    assert not training.passed
    first = training.first
    assert first is not None
    assert (first.target, first.layer, first.quantity) == (target, layer, quantity)
    assert first.samples
    assert all(expected != found for _, expected, found in first.samples[:1])


@pytest.mark.parametrize(
    ("target", "before", "after"),
    [("torch", "p=0.25", "p=0.5"), ("keras", "Dropout(0.25", "Dropout(0.5")],
)
def test_a_wrong_rate_of_dropout_is_read(target: str, before: str, after: str) -> None:
    text = NET.compile(target).replace(before, after)
    (proof,) = verify(
        [NET.compiled], targets=[target], sources=[{target: text}], with_gradients=True
    )
    (problem,) = proof.targets[target].problems
    assert problem == "ValueError: its dropouts are {'drop': 0.5}, not {'drop': 0.25}"


def test_one_target_alone_is_held_against_the_definition() -> None:
    (proof,) = verify([NET.compiled], targets=["torch"], with_gradients=True)
    assert proof.passed
    assert proof.gradients and proof.gradients.agreement is None
    assert [*proof.gradients.differences] == ["torch"]


def test_folding_misses_no_difference_and_is_linear() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 3 * folding.BINS + 5))
    assert len(folding.fold(a)) == folding.BINS
    np.testing.assert_allclose(
        folding.fold(2 * a - b), 2 * folding.fold(a) - folding.fold(b), atol=1e-13
    )
    for place in (0, folding.BINS, len(a) - 1):
        changed = a.copy()
        changed[place] += 1e-6
        moved = np.abs(folding.fold(changed) - folding.fold(a))
        assert moved.max() == pytest.approx(1e-6, rel=1e-6)
        assert (moved > 1e-12).sum() == 1


def test_a_step_over_a_kink_is_no_difference() -> None:
    smooth = gradients.Slope(0, 1.0, 1.0 + 1e-9)
    kinked = gradients.Slope(0, 0.5, 0.75)
    assert smooth.smooth(1.0)
    assert not kinked.smooth(1.0)
    assert smooth.value == pytest.approx(1.0 + 4e-9 / 3)
