"""A network that magnifies rounding is not called wrong, and its faults are still found."""

import numpy as np
import pytest

import archc
from archc.proof import sampling
from archc.proof.job import WHOLE32, WHOLE64
from archc.proof.layer_errors import EXACT, Errors
from archc.proof.sensitivity import MOST, amplified_errors, widen
from archc.proof.verify import verify
from archc.proof.wording import of_network, verdict

pytestmark = pytest.mark.usefixtures("warm")

# The sigmoid is far below zero, and so returns the absolute error of `sum` as a relative one.
SENSITIVE = """
archc: 1
name: Sensitive
input: {channels: 1, height: 5, width: 11}
layers:
  - n0: {type: subsample, kernel: 1}
  - n1: {type: lrn, size: 1, k: 1, alpha: 1e-4, beta: 0.5, over: sum}
  - sum: {type: add, from: [n0, n0, n1], activation: {leaky_relu: {slope: 0.3}}}
  - flat: {type: flatten}
  - last: {type: dense, units: 1, activation: sigmoid}
"""

# The GELU is far out in its tail, where float32 leaves nothing of 1 + erf.
TAIL = """
archc: 1
name: Tail
input: {channels: 4, height: 5, width: 5}
layers:
  - a: {type: relu}
  - b: {type: add, from: [a, a]}
  - c: {type: add, from: [b, b], activation: tanh}
  - flat: {type: flatten}
  - fc0: {type: dense, units: 3, bias: false}
  - fc1: {type: dense, units: 1, bias: false}
  - fc2: {type: dense, units: 1, activation: {gelu: {form: exact}}}
"""

# What the batch normalisation scales and what it adds almost cancel, and ONNX rounds its epsilon.
CANCELS = """
archc: 1
name: Cancels
input: {channels: 1, height: 5, width: 5}
layers:
  - n0: {type: subsample, kernel: 1, activation: tanh}
  - a: {type: conv2d, filters: 1, kernel: 1, bias: false}
  - b: {type: conv2d, filters: 1, kernel: 1, bias: false, from: n0}
  - c: {type: add, from: [a, b]}
  - d: {type: conv2d, filters: 1, kernel: 1, bias: false}
  - e: {type: conv2d, filters: 1, kernel: 1, bias: false}
  - f: {type: concat, from: [d, e]}
  - norm: {type: batch_norm, epsilon: 1e-3, momentum: 0.9, activation: relu}
"""


def test_what_a_network_magnifies_is_not_a_fault() -> None:
    net = archc.parse(SENSITIVE)
    proof = net.verify("keras", "onnx")
    assert proof.passed, proof.record()
    errors = proof.targets["keras"].whole64
    assert errors is not None
    assert errors.limits["flat"] < errors.layers["last"] <= errors.limits["last"] < 1e-4
    weights = dict(sampling.weights(net.graph, 0))
    x = sampling.inputs(net.graph, 0).astype(np.float64)
    found = amplified_errors(net.graph, weights, x, WHOLE64, {"sum"})
    assert found["last"] == errors.limits["last"]


def test_a_fault_that_a_network_magnifies_is_found() -> None:
    net = archc.parse(SENSITIVE)
    wrong = net.compile("keras").replace("LeakyReLU(0.3", "LeakyReLU(0.300001")
    (proof,) = verify([net.compiled], targets=["keras"], sources=[{"keras": wrong}])
    first = proof.targets["keras"].first
    assert first and (first.layer, first.comparison) == ("sum", "float64")


def test_what_a_rounded_attribute_makes_of_cancelling_terms_is_not_a_fault() -> None:
    net = archc.parse(CANCELS)
    proof = net.verify("onnx")
    assert proof.passed, proof.record()
    wrong = net.compile("onnx").replace("epsilon = 0.001", "epsilon = 0.00100001")
    assert wrong != net.compile("onnx")
    (proof,) = verify([net.compiled], targets=["onnx"], sources=[{"onnx": wrong}])
    first = proof.targets["onnx"].first
    assert first and (first.layer, first.comparison) == ("norm", "float64")


def test_a_layer_of_which_float32_keeps_nothing_is_nobodys_fault_and_not_proven() -> None:
    net = archc.parse(TAIL + "  - fc3: {type: dense, units: 3, bias: false}\n")
    proof = net.verify("torch", "onnx")
    assert all(target.passed for target in proof.targets.values())
    assert (proof.below_float32, proof.first, proof.passed) == (("fc3",), None, False)
    assert proof.record()["lost_in_float32"] == ["fc3"]
    assert verdict(proof).startswith("NOT proven: below float32 resolution (")
    assert [*of_network(proof)] == [
        "below float32 resolution: rounding leaves nothing of 'fc3' on any target"
    ]


def test_a_fault_in_a_layer_that_float32_loses_is_found() -> None:
    net = archc.parse(TAIL + "  - fc3: {type: dense, units: 3, bias: false}\n")
    wrong = net.compile("torch").replace("self.fc3(x)", "1.00001 * self.fc3(x)")
    (proof,) = verify([net.compiled], targets=["torch"], sources=[{"torch": wrong}])
    first = proof.targets["torch"].first
    assert first and (first.layer, first.comparison) == ("fc3", "float64")


def test_no_network_magnifies_so_much_that_all_passes() -> None:
    errors = Errors({"a": MOST, "b": 2 * MOST, "c": 2 * MOST}, dict.fromkeys("abc", EXACT))
    change = {"a": 1.0, "b": 1.0, "c": 1.5 * MOST}
    exact, none = widen(WHOLE64, errors, change)
    assert (exact.failed, none) == (["b", "c"], ())
    single, lost = widen(WHOLE32, errors, change)
    assert (single.failed, lost) == (["c"], ("b",))


def test_a_tail_that_float32_does_not_hold_is_not_a_fault() -> None:
    net = archc.parse(TAIL)
    proof = net.verify("torch", "onnx")
    assert proof.passed, proof.record()
    wrong = net.compile("torch").replace("F.gelu(", "1e-4 - F.gelu(")
    (proof,) = verify([net.compiled], targets=["torch"], sources=[{"torch": wrong}])
    errors = proof.targets["torch"].whole32
    assert errors is not None
    assert errors.failed == ["fc2"]
