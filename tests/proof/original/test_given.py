"""`verify --weights`, `--against` and `--samples`: what is the user's own, and what is refused."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.command import run
from support.originals import SPEC, TORCH

import archc
from archc.errors import ArchcError, EnvironmentProblem
from archc.proof.original.samples import judge
from archc.proof.verify import verify

pytestmark = pytest.mark.usefixtures("warm")
NET = archc.parse(SPEC, "net.yaml")


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    path = tmp_path / "theirs.py"
    path.write_text(TORCH)
    return path


def test_a_model_of_ones_own_is_part_of_the_proof(tmp_path: Path, theirs: Path) -> None:
    (tmp_path / "net.yaml").write_text(SPEC)
    arguments = [str(tmp_path / "net.yaml"), "--target", "onnx", "--against", f"{theirs}:make"]
    code, output, errors = run("verify", *arguments)
    assert (code, errors) == (0, "")
    row = next(line.split() for line in output.splitlines() if " original " in line)
    assert (row[0], row[1], row[-1]) == ("theirs.py:make", "original", "equal")
    assert " steps; 10 of 10 layers told apart" in output
    code, output, _ = run("verify", *arguments, "--set", "bn1.epsilon=1e-3")
    assert code == 1
    assert "first difference: 'bn1' on theirs.py:make, its values (original, bn1.output):" in output
    assert "\n  it is equal with --set bn1.epsilon=1e-05\n" in output
    assert "Net: NOT proven: theirs.py:make (" in output


def test_json_has_the_comparison(theirs: Path) -> None:
    proof = NET.verify("onnx", against=f"{theirs}:make")
    record = proof.record()["original"]
    assert record["passed"] is proof.passed is True
    assert record["precision"] == "float64"
    assert [*record["layers"]] == [*record["limits"]] == [n.name for n in NET.graph.nodes]
    assert record["not_told_apart"] == []
    assert proof.record()["origin"]["own_sha256"] == {
        "against": sha256(theirs.read_bytes()).hexdigest()
    }


def test_a_model_that_only_runs_in_float32_is_compared_so(theirs: Path) -> None:
    proof = NET.verify("onnx", against=f"{theirs}:stubborn")
    assert proof.original
    assert proof.original.single
    assert proof.passed, proof.record()
    assert set(proof.original.errors.limits.values()) == {5e-5}
    assert "  it only runs in float32: compared at the limit of float32" in str(proof)


@pytest.mark.parametrize(
    ("factory", "words"),
    [
        ("wrong", r"KeyError: 'no such checkpoint' \(theirs.py, line \d+\)"),
        ("words", "TypeError: it made str, not a model of PyTorch or Keras"),
        ("nn.Identity", "E704 .* has no tensors for 'conv1.weight', 'conv1.bias'"),
        ("nothing", "AttributeError: module 'theirs' has no attribute 'nothing'"),
        ("slow", "not finished within 20 s"),
    ],
)
def test_a_model_that_cannot_be_run_is_said_to_be_so(
    theirs: Path, factory: str, words: str
) -> None:
    from archc.proof.original.given import Given

    given = Given(against=f"{theirs}:{factory}")
    code = "" if words.startswith("E704") else "E609 .*: "
    with pytest.raises(EnvironmentProblem, match=f"{code}{words}"):
        verify([NET.compiled], targets=["onnx"], given=given, seconds=20)


def test_a_model_of_other_inputs_is_said_to_be_so(theirs: Path) -> None:
    larger = archc.parse(SPEC, "net.yaml", {"input.width": 20})
    with pytest.raises(ArchcError, match=r"E70\d |E609 "):
        larger.verify("onnx", against=f"{theirs}:make")


@pytest.mark.parametrize("name", ["none.onnx", "none.keras", "none.py:make"])
def test_a_model_that_is_not_there_is_said_to_be_so(name: str) -> None:
    with pytest.raises(EnvironmentProblem, match=r"E505 .*: cannot read none\.\w+: no such file"):
        NET.verify("onnx", against=name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("net", "name a file (model.keras or model.onnx), or what makes the model: net.py:factory"),
        ("net.py", "name the function in it that makes the model: net.py:make"),
        ("net.pt", "a file of weights says nothing of the layers: use --weights for it"),
    ],
)
def test_what_is_not_a_model_is_told_what_would_be_one(name: str, hint: str) -> None:
    with pytest.raises(EnvironmentProblem, match=rf"E608 .*\n  help: {re.escape(hint)}$"):
        NET.verify("onnx", against=name)


def test_a_fresh_batch_normalisation_is_no_identity(tmp_path: Path) -> None:
    """Statistics of 0 and 1 make epsilon nearly invisible, and the values around it nearly equal."""
    path = tmp_path / "fresh.py"
    start = TORCH.index("    net.stem[1].running_mean")
    path.write_text(TORCH[:start] + TORCH[TORCH.index("    return net\n") :])
    wrong = archc.parse(SPEC.replace("epsilon: 1e-5", "epsilon: 1e-3"), "net.yaml")
    first = wrong.verify("onnx", against=f"{path}:make").first
    assert first
    assert first.layer == "bn1"
    assert first.error == pytest.approx(5e-4, rel=0.05)
    assert first.notes[0] == "it is equal with --set bn1.epsilon=1e-05"
    assert sum("--set" in note for note in first.notes) == 1


def test_weights_of_other_layers_are_refused_by_name(theirs: Path) -> None:
    more = archc.parse(SPEC.replace("units: 10", "units: 11"), "net.yaml")
    with pytest.raises(EnvironmentProblem, match=r"E70[34] .*theirs.py:make"):
        more.verify("onnx", against=f"{theirs}:make")


@pytest.fixture
def weights(tmp_path: Path) -> dict[str, Any]:
    """A model's own weights as a state dict, and its outputs."""
    made: dict[str, Any] = {}
    exec(compile(TORCH, "theirs.py", "exec"), made)
    model = made["make"]().eval()
    torch.save(model.state_dict(), tmp_path / "net.pt")
    x = torch.randn(5, 3, 12, 10)
    with torch.no_grad():
        y = model(x)["logits"]
        wide = model.double()(x.double())["logits"]
    return {"file": tmp_path / "net.pt", "x": x.numpy(), "y": y.numpy(), "wide": wide.numpy()}


def test_ones_own_weights_and_samples_are_part_of_the_proof(
    tmp_path: Path, weights: dict[str, Any]
) -> None:
    net, io = NET, tmp_path / "io.npz"
    np.savez(io, inputs=weights["x"], outputs=weights["y"])
    proof = net.verify("onnx", weights=weights["file"], samples=io)
    assert proof.passed, proof.record()
    assert proof.samples
    assert (proof.samples.count, proof.samples.limit) == (5, 5e-5)
    assert f"{io.name}: 5 samples" in str(proof).splitlines()
    np.savez(io, inputs=weights["x"].astype(float), outputs=weights["wide"])
    assert net.verify("onnx", weights=weights["file"], samples=io).samples.limit == 1e-10  # type: ignore[union-attr]
    weights["wide"][3, 2] += 1e-6
    np.savez(io, inputs=weights["x"].astype(float), outputs=weights["wide"])
    proof = net.verify("onnx", weights=weights["file"], samples=io)
    assert not proof.passed
    assert f"{io.name}: 5 samples; the first that differs is 3" in str(proof).splitlines()


def test_a_sample_that_overflows_is_not_forgotten_for_those_after_it(tmp_path: Path) -> None:
    net = archc.parse(
        "archc: 1\nname: Net\ninput: {channels: 1, height: 1, width: 1}\n"
        "layers: [{flat: {type: flatten}}, {codes: {type: rbf, codes: X}}]\n"
    )
    inputs = np.array([1e200, 3.0, 2.0]).reshape(3, 1, 1, 1)
    arrays = inputs, np.array([[1.0], [4.0], [1.0]])
    found = judge(net.graph, net.weights(0), tmp_path / "io.npz", *arrays)
    assert found.first == 0
    assert not found.passed
    assert found.record()["scaled_error"] is None


@pytest.mark.parametrize("made", ["none", "empty", "folder"])
def test_a_file_of_samples_that_is_none_is_told(tmp_path: Path, made: str) -> None:
    io = tmp_path / "io.npz"
    {"none": lambda: None, "empty": io.touch, "folder": io.mkdir}[made]()
    words = {
        "none": "E505 .*: no such file or directory",
        "empty": "E611 .*: it is not an .npz of arrays",
        "folder": "E611 .*: it is not a file",
    }[made]
    with pytest.raises(EnvironmentProblem, match=words):
        NET.verify("onnx", weights=NET.weights(0), samples=io)


def test_sampled_weights_differ_from_ones_own(weights: dict[str, Any]) -> None:
    own = NET.verify("onnx", weights=weights["file"]).record()["targets"]["onnx"]["accumulated"]
    sampled = NET.verify("onnx").record()["targets"]["onnx"]["accumulated"]
    assert own != sampled


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"x": 0, "outputs": 1}, "it has no array 'inputs', but x, outputs"),
        ({"inputs": np.zeros((2, 12, 10, 3)), "outputs": np.zeros((2, 10))},
         "each of its inputs is 12×10×3, not 3×12×10, channels first"),
        ({"inputs": np.zeros((2, 3, 12, 10)), "outputs": np.zeros((2, 9))},
         "each of its outputs is 9, not 10"),
        ({"inputs": np.zeros((2, 3, 12, 10)), "outputs": np.zeros((3, 10))},
         "it has 2 inputs and 3 outputs"),
        ({"inputs": np.zeros((0, 3, 12, 10)), "outputs": np.zeros((0, 10))},
         "it has 0 inputs and 0 outputs"),
        ({"inputs": np.zeros((2, 3, 12, 10), int), "outputs": np.zeros((2, 10))},
         "its inputs are int64, not float32 or float64"),
        ({"inputs": np.full((2, 3, 12, 10), np.nan), "outputs": np.zeros((2, 10))},
         "its inputs are not all finite numbers"),
        ({"inputs": np.array([{}]), "outputs": np.zeros((2, 10))}, "it is not an .npz of arrays"),
    ],
)  # fmt: skip
def test_samples_that_are_not_the_networks_are_refused(
    tmp_path: Path, weights: dict[str, Any], arrays: dict[str, Any], words: str
) -> None:
    io = tmp_path / "io.npz"
    np.savez(io, **arrays)
    with pytest.raises(EnvironmentProblem, match=f"E611 .*: {words}\n"):
        NET.verify("onnx", weights=weights["file"], samples=io)


def test_they_take_a_single_spec() -> None:
    code, _, errors = run("verify", "lenet5", "alexnet", "--weights", "w.safetensors")
    assert code == 2
    words = " ".join(errors.replace("│", " ").split())
    assert "--weights, --against and --samples take a single SPEC" in words
