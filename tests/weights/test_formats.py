"""Every framework's files: their users' own way of loading them, and the same bytes back."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
import safetensors.numpy
import safetensors.torch
import torch
from support.checkpoints import (  # noqa: F401
    MIXED,
    answer,
    differs,
    import_file,
    in_process,
    layers,
    small,
    stored,
)
from typer.testing import CliRunner

import archc
from archc.api import Network
from archc.cli import app
from archc.errors import EnvironmentProblem
from archc.language import names
from archc.language.shipped import shipped
from archc.proof.sampling import inputs
from archc.weights import canonical, exporting, importing, limits

FILES = (("torch", "w.pt"), ("torch", "t.safetensors"), ("keras", "w.weights.h5"),
         ("keras", "w.keras"), ("onnx", "w.onnx"))  # fmt: skip
LIMIT = 5e-5
"""Of float32 in all of a network, as the proof has it."""
LOADED = ("lenet5-1998", "mixed")


def network(name: str) -> Network:
    return archc.parse(MIXED, "mixed.yaml") if name == "mixed" else small(name)


def codes(call: object) -> list[str]:
    """The codes of the findings that a call ends with."""
    with pytest.raises(EnvironmentProblem) as caught:
        call()  # type: ignore[operator]
    return [finding.code for finding in caught.value.diagnostics]


def module(net: Network, target: str, folder: Path) -> ModuleType:
    """The generated file, imported as its users do."""
    path = folder / f"{net.stem.replace('-', '_')}_{target}.py"
    path.write_text(net.compile(target))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = found
    spec.loader.exec_module(found)
    return found


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("name", [*shipped(), "mixed"])
def test_a_round_trip_through_every_format_returns_the_same_bytes(
    name: str, tmp_path: Path
) -> None:
    net = network(name)
    first, back = tmp_path / "first.safetensors", tmp_path / "back.safetensors"
    stored(net, first)
    for target, file in FILES:
        exporting.export(net.compiled, first, target, tmp_path / file)
        found = import_file(net.graph, tmp_path / file, back, force=True)
        assert {match.by for match in found.matches.values()} == {"name"}
        assert back.read_bytes() == first.read_bytes(), file
    keras.backend.clear_session()


@pytest.mark.parametrize("name", LOADED)
def test_pytorch_loads_both_files_strictly(name: str, tmp_path: Path) -> None:
    net = network(name)
    weights = stored(net, tmp_path / "w.safetensors")
    x = inputs(net.graph, 0)
    model = getattr(module(net, "torch", tmp_path), names.class_name(net.name))().eval()
    for file in ("t.safetensors", "t.pt"):
        exporting.export(net.compiled, tmp_path / "w.safetensors", "torch", tmp_path / file)
    for state in (
        safetensors.torch.load_file(tmp_path / "t.safetensors"),
        torch.load(tmp_path / "t.pt", weights_only=True),
    ):
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.zero_()
            model.load_state_dict(state, strict=True)
            found = model(torch.from_numpy(x)).numpy()
        assert differs(found, answer(net, weights, x)) < LIMIT


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("name", LOADED)
def test_keras_loads_the_weights_and_the_model(name: str, tmp_path: Path) -> None:
    net = network(name)
    weights = stored(net, tmp_path / "w.safetensors")
    for file in ("k.weights.h5", "k.keras"):
        exporting.export(net.compiled, tmp_path / "w.safetensors", "keras", tmp_path / file)
    model = getattr(module(net, "keras", tmp_path), names.function_name(net.stem))()
    model.load_weights(tmp_path / "k.weights.h5")
    x = inputs(net.graph, 0)
    for loaded in (model, keras.models.load_model(tmp_path / "k.keras")):
        found = loaded(x.transpose(0, 2, 3, 1), training=False)
        assert differs(found, answer(net, weights, x)) < LIMIT


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("largest", [2**31, 0])
@pytest.mark.parametrize("name", LOADED)
def test_onnx_runtime_loads_the_model(name: str, largest: int, tmp_path: Path) -> None:
    """Its weights in the file, or, as above 2 GiB, in one beside it."""
    net = network(name)
    first, back = tmp_path / "w.safetensors", tmp_path / "back.safetensors"
    weights = stored(net, first)
    exporting.export(net.compiled, first, "onnx", tmp_path / "o.onnx", largest=largest)
    assert (tmp_path / "o.onnx.data").exists() == (largest == 0)
    x = inputs(net.graph, 0)
    (found,) = onnxruntime.InferenceSession(tmp_path / "o.onnx").run(None, {"input": x})
    assert differs(found, answer(net, weights, x)) < LIMIT
    import_file(net.graph, tmp_path / "o.onnx", back)
    assert back.read_bytes() == first.read_bytes()


def test_the_state_dict_counts_the_batches_of_batch_normalisation(tmp_path: Path) -> None:
    net = network("mixed")
    stored(net, tmp_path / "w.safetensors")
    exporting.export(net.compiled, tmp_path / "w.safetensors", "torch", tmp_path / "t.safetensors")
    state = safetensors.numpy.load_file(tmp_path / "t.safetensors")
    assert state["norm.num_batches_tracked"].dtype == np.int64
    assert {"norm.running_mean", "norm.running_var", "norm.weight", "norm.bias"} <= set(state)


def test_the_canonical_file_is_the_spec_s_weights_in_their_order(tmp_path: Path) -> None:
    net = archc.load("lenet5")
    canonical.init(net.graph, tmp_path / "w.safetensors", 5)
    with (tmp_path / "w.safetensors").open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = file.read(length).decode()
    assert header.startswith(
        '{"c1.weight":{"dtype":"F32","shape":[6,1,5,5],"data_offsets":[0,600]}'
    )
    assert header.rstrip().endswith("}}")
    assert length % 8 == 0
    found = safetensors.numpy.load_file(tmp_path / "w.safetensors")
    assert list(net.weights(5)) == [*canonical.weights_of(net.graph)]
    assert all((found[name] == array).all() for name, array in net.weights(5).items())


def test_an_existing_file_stays_unless_it_is_forced(tmp_path: Path) -> None:
    net, path = archc.load("lenet5"), tmp_path / "w.safetensors"
    path.write_text("precious")
    assert codes(lambda: canonical.init(net.graph, path)) == ["E701"]
    assert path.read_text() == "precious"
    canonical.init(net.graph, path, force=True)
    assert path.stat().st_size > 200_000
    assert [*tmp_path.iterdir()] == [path]


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    net, path = archc.load("lenet5"), tmp_path / "w.safetensors"
    (tmp_path / "target").write_text("precious")
    path.symlink_to(tmp_path / "target")
    assert codes(lambda: canonical.init(net.graph, path, force=True)) == ["E507"]
    assert (tmp_path / "target").read_text() == "precious"


def test_a_failure_while_writing_leaves_what_was_there(tmp_path: Path) -> None:
    net, path = archc.load("lenet5"), tmp_path / "w.safetensors"
    path.write_text("precious")

    def value(*_: object) -> np.ndarray:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        canonical.write(net.graph, path, value, what="", force=True)
    assert path.read_text() == "precious"
    assert [*tmp_path.iterdir()] == [path]


def test_what_would_not_fit_is_refused_with_the_bytes_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    net, path = archc.load("lenet5"), tmp_path / "w.safetensors"
    monkeypatch.setattr(limits.shutil, "disk_usage", lambda _: SimpleNamespace(free=4 * 61_706 - 1))
    with pytest.raises(EnvironmentProblem, match=r"needs at least 246,824 bytes on the disk of"):
        canonical.init(net.graph, path)
    assert [*tmp_path.iterdir()] == []
    huge = layers("flat: {type: flatten}\nd: {type: dense, units: 1000000000000}")
    assert codes(lambda: huge.weights()) == ["E708"]
    assert codes(lambda: huge.torch()) == ["E708"]


def test_a_missing_framework_is_named_with_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = archc.load("lenet5")
    monkeypatch.setattr("archc.weights.requirements.find_spec", lambda name: None)
    (tmp_path / "w.pt").touch()
    for call, install in (
        (lambda: net.torch(), "pip install torch"),
        (lambda: net.keras(), "pip install keras"),
        (lambda: net.onnx(), "pip install onnx"),
        (lambda: importing.read(tmp_path / "w.pt"), "pip install torch"),
        (lambda: importing.read(tmp_path / "w.keras"), "pip install h5py"),
        (
            lambda: exporting.export(net.compiled, tmp_path / "w", "keras", tmp_path / "k.keras"),
            "pip install tensorflow-cpu",
        ),
    ):
        with pytest.raises(EnvironmentProblem, match=f"E504(.|\n)*help: {install}"):
            call()


def test_a_newer_opset_reaches_the_file(tmp_path: Path) -> None:
    net = archc.load("lenet5")
    canonical.init(net.graph, tmp_path / "w.safetensors")
    weights = tmp_path / "w.safetensors"
    exporting.export(net.compiled, weights, "onnx", tmp_path / "o.onnx", opset=20)
    model = onnx.load(tmp_path / "o.onnx")
    assert [entry.version for entry in model.opset_import] == [20]


def test_what_a_killed_run_left_is_swept_away_by_the_next(tmp_path: Path) -> None:
    net = archc.load("lenet5")
    (tmp_path / ".archc-stage-x").mkdir()
    (tmp_path / ".archc-stage-x" / "w.safetensors").write_text("half of it")
    canonical.init(net.graph, tmp_path / "w.safetensors")
    assert [path.name for path in tmp_path.iterdir()] == ["w.safetensors"]


@pytest.mark.parametrize("name", ["w.pt", "w.onnx", "w.keras", "w"])
def test_the_canonical_file_is_not_written_under_the_name_of_another_format(
    name: str, tmp_path: Path
) -> None:
    # Nothing that reads a .pt would read it.
    there = str(tmp_path / "there.safetensors")
    assert CliRunner().invoke(app, ["weights", "init", "lenet5", "-o", there]).exit_code == 0
    for command in (["init", "lenet5"], ["import", "lenet5", there]):
        result = CliRunner().invoke(app, ["weights", *command, "-o", str(tmp_path / name)])
        assert result.exit_code == 2
        assert (
            f"{name} is not that of archc's own weights\n  help: use .safetensors" in result.output
        )
    assert [path.name for path in tmp_path.iterdir()] == ["there.safetensors"]


def test_weights_of_another_network_are_not_to_be_ignored_on_export(tmp_path: Path) -> None:
    stored(archc.load("lenet5"), tmp_path / "w.safetensors")
    with pytest.raises(EnvironmentProblem) as caught:
        archc.load("lenet5-1998").torch(weights=tmp_path / "w.safetensors")
    (extra,) = [d for d in caught.value.diagnostics if d.code == "E705"]
    assert extra.help == (
        "use the spec and the --set that the weights were made with, or archc weights import to choose"
    )
