"""The proof passes what is equal, and says where what is not differs."""

from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from support.faults import NETWORKS, SMALL

import archc
from archc.errors import EnvironmentProblem
from archc.proof import sampling
from archc.proof.terminal import show
from archc.proof.verify import verify

pytestmark = pytest.mark.usefixtures("warm")


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("backend", ["tensorflow", "torch", "jax"])
def test_a_network_of_every_operation_is_equal_everywhere(backend: str, name: str) -> None:
    net = archc.parse(NETWORKS[name], f"{name}.yaml")
    proof = net.verify(backend=backend)
    assert list(proof.targets) == ["torch", "keras", "onnx"]
    assert proof.passed, proof.record()
    for target in proof.targets.values():
        assert target.parameters == net.graph.totals.parameters + net.graph.totals.fixed
        for errors in target.comparisons.values():
            assert list(errors.layers) == [node.name for node in net.graph.nodes]


@pytest.mark.parametrize("name", NETWORKS)
def test_float32_errs_by_about_a_unit_of_the_magnitude_and_adds_up(name: str) -> None:
    """A magnitude that is too large leaves float32 unchecked; float32 that is no worse than a
    rounded float64 was not computed in float32."""
    proof = archc.parse(NETWORKS[name], f"{name}.yaml").verify()
    for target in proof.targets.values():
        assert target.local32 and target.whole32
        for layer, units in target.local32.layers.items():
            assert 0.2 < units < 8, (layer, units)
        assert max(target.whole32.layers.values()) > 2 * 2.0**-24


@pytest.mark.cold  # the peak is that of these proofs alone
def test_both_specs_at_full_size_are_equal_everywhere() -> None:
    nets = [archc.load(name) for name in ("lenet5", "alexnet")]
    proofs = verify([net.compiled for net in nets])
    for net, proof in zip(nets, proofs, strict=True):
        assert proof.passed, proof.record()
        for name, target in proof.targets.items():
            assert target.parameters == net.graph.totals.parameters
            assert target.local64 is not None
            assert list(target.local64.layers) == [node.name for node in net.graph.nodes]
            limits = set(target.local64.limits.values())
            lrn = any(node.op.type == "lrn" for node in net.graph.nodes)
            assert limits == ({1e-10, 1e-7} if name == "onnx" and lrn else {1e-10})
        assert proof.peak < 8 * 2**30


def test_a_network_whose_reference_is_not_finite_is_not_proven() -> None:
    """The squared distances of a radial basis function at 1e300, beyond float64."""
    net = archc.parse(
        """
archc: 1
name: Beyond
input: {channels: 1, height: 2, width: 2}
layers:
  - flat: {type: flatten}
  - high: {type: scaled_tanh, amplitude: 1e300, slope: 1}
  - codes: {type: rbf, codes: "X.XX"}
""",
        "beyond.yaml",
    )
    proof = net.verify()
    assert not any(target.passed for target in proof.targets.values())
    assert not proof.passed
    words = "beyond float64: 'codes' has values that are not finite, on sampled inputs"
    assert words in str(proof).splitlines()


def failing(code: str) -> tuple[str, ...]:
    """The problems of a PyTorch file that runs `code` before its first layer."""
    net = archc.load("lenet5")
    text = net.compile("torch")
    bad = text.replace("import torch\n", f"import torch\n{code}\n", 1)
    (proof,) = verify([net.compiled], targets=["torch"], sources=[{"torch": bad}], seconds=20)
    assert not proof.passed
    return proof.targets["torch"].problems


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os; os._exit(0)", "the worker ended with status 0"),
        ("raise SystemExit", "the worker ended with status 0"),
        ("import os; os.kill(os.getpid(), 11)", "the worker ended with status -11"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ('print(\'{"done": true, "parameters": 61706}\'); 1 / 0', "ZeroDivisionError"),
    ],
)
def test_a_worker_that_dies_is_a_failure(code: str, words: str) -> None:
    assert words in failing(code)[0]


def test_a_worker_that_hangs_is_a_failure() -> None:
    net = archc.load("lenet5")
    bad = net.compile("torch").replace("import torch\n", "import torch, time; time.sleep(99)\n", 1)
    (proof,) = verify([net.compiled], targets=["torch"], sources=[{"torch": bad}], seconds=8)
    assert proof.targets["torch"].problems == ("not finished within 8 s",)
    assert not proof.passed


def test_a_worker_that_takes_too_much_memory_is_a_failure() -> None:
    net = archc.load("lenet5")
    hog = "import torch, time; a = bytearray(2 * 2**30); time.sleep(30)\n"
    bad = net.compile("torch").replace("import torch\n", hog, 1)
    (proof,) = verify(
        [net.compiled], targets=["torch"], sources=[{"torch": bad}], memory=2**30, seconds=60
    )
    assert proof.targets["torch"].problems == ("it held more than 1.0 GiB of memory",)


def test_a_nan_is_a_failure() -> None:
    net = archc.load("lenet5")
    bad = net.compile("torch").replace("self.flat(x)", 'self.flat(x) * float("nan")', 1)
    (proof,) = verify([net.compiled], targets=["torch"], sources=[{"torch": bad}])
    first = proof.targets["torch"].first
    assert first and (first.layer, first.comparison) == ("flat", "float64")
    assert proof.record()["targets"]["torch"]["layers"]["flat"] is None


def test_a_failure_does_not_spoil_the_next_network() -> None:
    net = archc.load("lenet5")
    text = net.compile("torch")
    bad = text.replace("import torch\n", "import torch, os; os._exit(3)\n", 1)
    proofs = verify(
        [net.compiled] * 2, targets=["torch"], sources=[{"torch": bad}, {"torch": text}]
    )
    assert [proof.passed for proof in proofs] == [False, True]


def test_an_output_that_ignores_the_input_is_vacuous() -> None:
    proof = archc.parse(
        one_layer("{type: conv2d, filters: 1, kernel: 1, activation: softmax}")
    ).verify("torch")
    assert proof.vacuous
    assert not proof.passed
    assert proof.targets["torch"].passed
    assert proof.record()["vacuous"] is True
    screen = Console(file=StringIO(), width=200)
    show(screen, proof)
    words = screen.file.getvalue()
    assert "vacuous: the output does not depend on the input" in words
    assert "One: NOT proven: vacuous" in words


def test_an_output_that_hardly_depends_on_the_input_is_not_vacuous() -> None:
    layer = "{type: conv2d, filters: 2, kernel: 1, activation: softmax}"
    assert archc.parse(one_layer(layer)).verify("torch").passed


def one_layer(layer: str) -> str:
    """A network of one layer on one map."""
    head = "archc: 1\nname: One\ninput: {channels: 1, height: 4, width: 5}\n"
    return f"{head}layers:\n  - a: {layer}\n"


REFUSED = """
archc: 1
name: Net
input: {channels: 1, height: 9, width: 9}
layers:
  - a: {type: leaky_relu, slope: 1e-40}
"""


def test_a_target_that_refuses_is_skipped_unless_asked_for() -> None:
    net = archc.parse(REFUSED)
    proof = net.verify()
    assert proof.passed
    assert list(proof.targets) == ["torch", "keras"]
    assert "does not support slope 1e-40 of 'a'" in proof.skipped["onnx"]
    asked = net.verify("onnx", "torch")
    assert not asked.passed
    assert "does not support" in asked.targets["onnx"].problems[0]
    assert asked.skipped == {}


def test_a_framework_that_is_missing_is_the_commands_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("archc.weights.requirements.find_spec", lambda name: None)
    with pytest.raises(EnvironmentProblem) as caught:
        archc.load("lenet5").verify()
    found = {(d.code, d.message, d.help) for d in caught.value.diagnostics}
    assert ("E504", "torch is not installed", "pip install torch") in found
    assert ("E504", "tensorflow is not installed", "pip install tensorflow-cpu") in found


@pytest.mark.cold
def test_nothing_in_the_working_directory_is_picked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("torch", "yaml", "numpy", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('hijacked')\n")
    monkeypatch.chdir(tmp_path)
    assert archc.load("lenet5").verify("torch").passed


def test_the_drawn_numbers_are_the_same_everywhere() -> None:
    drawn = sampling.odd_fractions(seed=0, stream=3, shape=(6,))
    scaled = (drawn.astype(np.float64) * 2**24).astype(int).tolist()
    assert scaled == [-12737481, -833521, -2011371, -405279, 9390049, 1853835]
    assert (drawn != 0).all()
    again = sampling.odd_fractions(seed=0, stream=3, shape=(2, 3))
    assert (again.ravel() == drawn).all()


def test_a_long_draw_is_one_stream_whatever_the_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sampling.odd_fractions(1, 2, (1000,))
    monkeypatch.setattr(sampling, "CHUNK", 64)
    assert (sampling.odd_fractions(1, 2, (1000,)) == whole).all()


@pytest.mark.parametrize(
    ("before", "after"), [("eps=1e-12", "eps=0.0"), ("eps=1e-12", "eps=2e-12")]
)
def test_no_epsilon_is_too_small_to_miss(before: str, after: str) -> None:
    net = archc.parse(
        "archc: 1\nname: Small\ninput: {channels: 3, height: 8, width: 7}\nlayers:\n"
        "  - norm: {type: batch_norm, epsilon: 1e-12, momentum: 0.9}\n"
    )
    text = net.compile("torch")
    assert before in text
    sources = [{"torch": text}, {"torch": text.replace(before, after)}]
    right, wrong = verify([net.compiled] * 2, targets=["torch"], sources=sources)
    assert right.passed
    first = wrong.targets["torch"].first
    assert first and (first.layer, first.comparison) == ("norm", "float64")


@pytest.mark.parametrize(
    ("target", "before", "after", "problem"),
    [
        ("torch", "p=0.25", "p=0.5", "dropouts are {'drop': 0.5}, not {'drop': 0.25}"),
        ("keras", "Dropout(0.25", "Dropout(0.5", "dropouts are {'drop': 0.5}, not {'drop': 0.25}"),
        ("onnx", "= {0.25}", "= {0.5}", "dropouts are {'drop': 0.5}, not {'drop': 0.25}"),
        ("onnx", "momentum = 0.875", "momentum = 0.5", "momenta are {'norm': 0.5}, not {'norm': 0.875}"),
    ],
)  # fmt: skip
def test_what_inference_does_not_show_is_read(
    target: str, before: str, after: str, problem: str
) -> None:
    net = archc.parse(SMALL)
    text = net.compile(target)
    assert before in text
    (proof,) = verify(
        [net.compiled], targets=[target], sources=[{target: text.replace(before, after)}]
    )
    assert proof.targets[target].problems == (f"ValueError: its {problem}",)
