"""`verify --gradients` and `--train-steps`: what is equal passes, and a fault is named with its place."""

import numpy as np
import pytest
from support.faults import NETWORKS, SMALL

import archc
from archc.proof import differences, folding
from archc.proof.result import Proof
from archc.proof.verify import verify

pytestmark = pytest.mark.usefixtures("warm")

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
    assert [*proof.gradients.agreement] == [*proof.gradients.whole] == ["keras"]
    assert [*proof.gradients.agreement["keras"].layers] == layers
    assert len(proof.steps.agreement["keras"].limits) == 5


def test_the_recipe_is_the_specs_own_and_float32_casts_are_reported() -> None:
    proof = proven(SMALL, steps=20)
    steps = proof.steps
    assert steps and steps.passed, proof.record()
    assert (steps.recipe.learning_rate, steps.recipe.momentum) == (0.01, 0.9)
    assert (steps.recipe.loss, steps.recipe.published) == ("cross_entropy", True)
    assert steps.agreement["keras"].worst[1] <= 1e-10
    assert max(steps.rule.values()) < 1e-14
    assert 1e-9 < steps.rounding["torch"][-1] < 1e-5  # what float32 makes of 0.9
    for drift in steps.drift.values():
        assert len(drift) == 21
        assert 1e-8 < drift[-1] < 1e-3
    assert {*steps.agreement["keras"].errors} >= {
        "norm.mean",
        "norm.variance",
        "conv.weight",
        "fc.bias",
    }


def test_a_single_target_is_held_against_the_reference() -> None:
    (proof,) = verify([NET.compiled], targets=["torch"], with_gradients=True)
    assert proof.passed
    assert proof.gradients and proof.gradients.agreement == {}
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
    smooth = differences.Slope(0, 1.0, 1.0 + 1e-9)
    kinked = differences.Slope(0, 0.5, 0.75)
    assert smooth.smooth(1.0)
    assert not kinked.smooth(1.0)
    assert smooth.value == pytest.approx(1.0 + 4e-9 / 3)


@pytest.mark.parametrize("shape", [(300, 777), (16, 16), (1, 40_000), (7, 5, 3, 400)])
def test_folding_reads_any_layout_in_the_order_of_its_axes(shape: tuple[int, ...]) -> None:
    value = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    turned = value.transpose()
    assert (folding.fold(turned) == folding.fold(np.ascontiguousarray(turned))).all()
