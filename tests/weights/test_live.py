"""Live models in one line."""

import pickle
from pathlib import Path

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from support.checkpoints import MIXED, answer, differs, stored

import archc
from archc.errors import EnvironmentProblem
from archc.proof.sampling import inputs

NETS = [archc.load("lenet5-1998"), archc.parse(MIXED, "mixed.yaml")]


@pytest.mark.parametrize("net", NETS, ids=lambda net: net.stem)
@pytest.mark.parametrize("given", ["file", "text", "arrays"])
def test_three_live_models_answer_as_the_definition(
    net: archc.Network, given: str, tmp_path: Path
) -> None:
    path = tmp_path / "w.safetensors"
    arrays = stored(net, path)
    weights = {"file": path, "text": str(path), "arrays": arrays}[given]
    x = inputs(net.graph, 0)
    expected = answer(net, arrays, x)
    model = net.torch(weights=weights)
    assert isinstance(model, torch.nn.Module) and model.training
    with torch.no_grad():
        assert differs(model.eval()(torch.from_numpy(x)).numpy(), expected) < 5e-5
    built = net.keras(weights=weights)
    assert isinstance(built, keras.Model)
    assert differs(built(x.transpose(0, 2, 3, 1), training=False), expected) < 5e-5
    proto = net.onnx(weights=weights)
    assert isinstance(proto, onnx.ModelProto)
    session = onnxruntime.InferenceSession(proto.SerializeToString())
    assert differs(session.run(None, {"input": x})[0], expected) < 5e-5


def test_without_weights_the_generated_code_draws_its_own() -> None:
    net = archc.load("lenet5")
    torch.manual_seed(0)
    first, second = net.torch(), net.torch()
    assert not torch.equal(first.c1.weight, second.c1.weight)
    assert {w.shape for w in net.keras().weights} and net.onnx().graph.initializer[0].dims


def test_the_spec_s_own_weights_need_no_file() -> None:
    net = archc.load("lenet5")
    model = net.torch(weights=net.weights(seed=0))
    assert (model.c1.weight.detach().numpy() == net.weights()["c1.weight"]).all()


def test_any_arrays_will_do_as_long_as_they_are_the_network_s() -> None:
    net = archc.load("lenet5")
    wide = {name: array.astype(np.float64) for name, array in net.weights().items()}
    tensors = {name: torch.tensor(array) for name, array in wide.items()}
    assert torch.equal(net.torch(wide).c3.weight, net.torch(tensors).c3.weight)
    for name, code in (("c1.bias", "E704"), ("extra", "E705")):
        changed = {**wide, "extra": wide["c1.bias"]} if name == "extra" else {**wide}
        if code == "E704":
            changed.pop(name)
        with pytest.raises(EnvironmentProblem, match=rf"{code} .*: .*weights"):
            net.torch(changed)
    with pytest.raises(
        EnvironmentProblem,
        match=r"E703 .*: 'c1.bias' in weights is 5, but 'c1.bias' of the network is 6",
    ):
        net.torch({**wide, "c1.bias": wide["c1.bias"][:5]})
    with pytest.raises(
        EnvironmentProblem, match=r"E707 \[invalid-weight\]: 'c1.bias' in weights is nan"
    ):
        net.torch({**wide, "c1.bias": wide["c1.bias"] * np.nan})


def test_a_live_model_is_pickled_and_its_source_is_shown() -> None:
    import inspect

    net = archc.load("lenet5")
    model = net.torch(weights=net.weights())
    again = pickle.loads(pickle.dumps(model))
    assert torch.equal(again.c1.weight, model.c1.weight)
    assert inspect.getsource(type(model)).startswith("class LeNet5(nn.Module):")


def test_the_opset_is_as_asked() -> None:
    net = archc.load("lenet5")
    assert net.onnx(net.weights(), opset=20).opset_import[0].version == 20
