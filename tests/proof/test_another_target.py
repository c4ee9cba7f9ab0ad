"""A fourth target is one class, its templates and its prover: every pass takes it as it is."""

import json

import pytest
from support.numpy_target import Numpy

import archc
from archc.errors import ArchcError
from archc.proof import documents
from archc.proof.job import Recipe
from archc.proof.result import Proof
from archc.proof.training_result import Agreement, Steps
from archc.proof.verify import verify
from archc.targets import TARGETS

pytestmark = pytest.mark.usefixtures("warm")

NET = archc.parse(
    """
archc: 1
name: Small
input: {channels: 2, height: 3, width: 2}
layers:
  - flat: {type: flatten}
  - left: {type: dense, units: 4, activation: tanh}
  - right: {type: dense, units: 4, bias: false, activation: relu, from: flat}
  - sum: {type: add, from: [left, right]}
  - bend: {type: relu}
  - last: {type: dense, units: 3}
""",
    "small.yaml",
)
FILE = '''
def small(x, weights):
    """(N, 2, 3, 2) -> (N, 3)."""
    flat = x.reshape(len(x), -1)
    left = np.tanh(flat @ weights["left.weight"].T + weights["left.bias"])
    right = np.maximum(flat @ weights["right.weight"].T, 0)
    sum = left + right
    bend = np.maximum(sum, 0)
    last = bend @ weights["last.weight"].T + weights["last.bias"]
    return last
'''


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TARGETS, "numpy", Numpy())


def faulty(before: str, after: str, *targets: str) -> Proof:
    """The proof in training of the network, with another text in its NumPy file."""
    text = NET.compile("numpy")
    assert before in text
    sources = [{"numpy": text.replace(before, after, 1)}]
    (proof,) = verify([NET.compiled], targets=targets, sources=sources, with_gradients=True)
    assert not proof.passed
    return proof


def test_it_is_compiled() -> None:
    assert NET.compile("numpy").endswith(FILE)


def test_all_targets_that_train_are_compared_with_the_first() -> None:
    proof = NET.verify(gradients=True, train_steps=4)
    assert proof.passed, proof.record()
    assert [*proof.targets] == ["torch", "keras", "onnx", "numpy"]
    gradients, steps = proof.gradients, proof.steps
    assert gradients and steps
    assert gradients.baseline == steps.baseline == "torch"
    assert [*gradients.values] == [*gradients.differences] == ["torch", "keras", "numpy"]
    assert [*gradients.agreement] == [*gradients.whole] == ["keras", "numpy"]
    layers = [node.name for node in NET.graph.nodes]
    for target in ("keras", "numpy"):
        assert [*gradients.agreement[target].layers] == layers
        assert [*gradients.whole[target].layers] == ["left", "right", "last", "input"]
        assert len(steps.agreement[target].limits) == 5
    weights = ["left.weight", "left.bias", "right.weight", "last.weight", "last.bias"]
    assert [*steps.agreement["numpy"].errors] == weights
    assert [*steps.rule] == [*steps.drift] == ["torch", "keras", "numpy"]
    assert [*steps.rounding] == ["torch"]


def test_the_keys_of_a_further_target_carry_its_name() -> None:
    proof = NET.verify("torch", "keras", "numpy", gradients=True, train_steps=1)
    record = json.loads(documents.in_json([proof]))
    assert [*record["gradients"]["comparisons"]] == [
        "torch in training", "keras in training", "numpy in training",
        "torch gradients", "keras gradients", "numpy gradients",
        "gradients agree", "gradients agree, whole",
        "numpy gradients agree", "numpy gradients agree, whole",
    ]  # fmt: skip
    assert [*record["steps"]] == [
        "passed", "recipe", "batch", "limits", "agreement", "rule", "float32", "rounding",
        "problems", "numpy limits", "numpy agreement",
    ]  # fmt: skip
    assert "  torch, numpy   gradients agree, whole   " in str(proof)
    assert "\n  torch and numpy: " in str(proof)
    heading = "|   steps |   torch and keras apart |   limit |   torch and numpy apart |   limit |"
    assert heading in documents.in_markdown([proof])


def test_each_target_that_differs_in_a_step_is_named() -> None:
    recipe = Recipe(1, "mean_squared_error", False, 0.5, 0.875, 0.0, published=False)
    errors = {"keras": (0.0, 2e-10), "numpy": (0.0, 1e-9)}
    agreement = {t: Agreement({"a.weight": e}, (1e-10, 2e-10)) for t, e in errors.items()}
    steps = Steps(recipe, baseline="torch", agreement=agreement)
    assert not steps.passed
    assert agreement["numpy"].worst == ("a.weight", 1e-9)
    record = steps.record()
    assert "divergence" not in record
    assert record["numpy divergence"] == {"what": "a.weight", "step": 1}
    assert record["agreement"] == {"a.weight": [0.0, 2e-10]}
    assert record["numpy limits"] == [1e-10, 2e-10]


def test_any_two_targets_are_enough() -> None:
    proof = NET.verify("keras", "numpy", gradients=True, train_steps=2)
    assert proof.passed, proof.record()
    assert proof.gradients and proof.gradients.baseline == "keras"
    assert [*proof.gradients.agreement] == ["numpy"]
    assert proof.steps and [*proof.steps.agreement] == ["numpy"]


def test_one_target_says_which_others_would_be_compared() -> None:
    proof = NET.verify("numpy", gradients=True)
    assert proof.passed, proof.record()
    words = (
        "only numpy was trained: its steps and all of its gradients need torch or keras to compare"
    )
    assert words in str(proof).splitlines()


def test_a_fault_is_found_and_named() -> None:
    proof = faulty("np.tanh(flat @", "np.tanh(1.0000001 * flat @", "numpy")
    first = proof.first
    assert first is not None
    assert (first.target, first.layer, first.quantity) == ("numpy", "left", "values")
    assert first.comparison == "float64"


def test_a_fault_that_only_training_shows_is_found_and_named() -> None:
    proof = faulty("np.maximum(sum, 0)", "np.maximum(sum.real, 0)", "torch", "numpy")
    assert all(target.passed for target in proof.targets.values())
    assert proof.gradients and proof.first
    first = proof.first
    assert (first.target, first.layer, first.quantity) == ("numpy", "bend", "gradient")
    assert first.comparison == "numpy gradients"
    assert proof.gradients.agreement["numpy"].failed == ["bend"]
    assert not proof.gradients.differences["torch"].failed


def test_a_weight_too_many_is_counted() -> None:
    proof = faulty('"last.bias": (3,)', '"last.bias": (4,)', "numpy")
    assert proof.targets["numpy"].problems == ("it counts 116 parameters, not 115",)


def test_what_it_cannot_express_is_refused_with_the_reason() -> None:
    net = archc.parse(
        "archc: 1\nname: Small\ninput: {channels: 2, height: 3, width: 2}\nlayers:\n"
        "  - drop: {type: dropout, rate: 0.5}\n  - act: {type: sigmoid}\n"
    )
    with pytest.raises(ArchcError) as caught:
        net.compile("numpy")
    assert [(d.code, d.message, d.help) for d in caught.value.diagnostics] == [
        (
            "E501",
            f"the numpy target does not support type {kind} of '{layer}': NumPy has no such layer",
            "leave it out, or use another target",
        )
        for layer, kind in (("drop", "dropout"), ("act", "sigmoid"))
    ]
    proof = net.verify("torch", "numpy")
    assert proof.targets["torch"].passed
    assert "type dropout of 'drop'" in proof.targets["numpy"].problems[0]
