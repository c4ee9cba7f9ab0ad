"""The generated files as their users run them: built, drawn, saved, loaded, exported."""

import importlib.util
import os
import subprocess
import sys
from math import sqrt
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from safetensors.numpy import save_file
from support.cases import CASES, network
from support.modules import module
from support.networks import spec_text

import archc
from archc.language import names
from archc.ops import OPS
from archc.targets.onnx.target import IR_VERSIONS

TARGETS = ("torch", "keras", "onnx")


def drawn(net: archc.Network, target: str, folder: Path) -> dict[str, np.ndarray]:
    """The new network's weights by their canonical names; Keras's kernels in Keras's layout."""
    made = module(net, target, folder)
    if target == "torch":
        torch.manual_seed(7)
        model = getattr(made, net.name)()
        return {name: p.detach().numpy() for name, p in model.named_parameters()}
    if target == "onnx":
        return dict(made.initial_weights(seed=7))
    keras.utils.set_random_seed(7)
    model = getattr(made, names.function_name(net.stem))()
    return {
        f"{layer.name}.{'bias' if v.name == 'bias' else 'weight'}": keras.ops.convert_to_numpy(v)
        for layer in model.layers
        for v in layer.weights
    }


@pytest.mark.parametrize("target", TARGETS)
def test_alexnet_is_drawn_as_the_paper_says(target: str, tmp_path: Path) -> None:
    """NIPS 2012, section 5: Gaussian weights, 0.01; biases 1 in conv2, 4, 5 and the hidden layers."""
    found = drawn(archc.load("alexnet"), target, tmp_path)
    ones = {"conv2", "conv4", "conv5", "fc6", "fc7"}
    assert len(found) == 16
    for name, value in found.items():
        layer, _, kind = name.partition(".")
        if kind == "bias":
            assert (value == (1.0 if layer in ones else 0.0)).all(), name
        else:
            # Five standard errors of the mean and of the deviation.
            assert abs(value.mean()) < 5 * 0.01 / sqrt(value.size), name
            assert abs(value.std() / 0.01 - 1) < 5 / sqrt(2 * value.size), name
            assert abs(value).max() > 0.03, name  # not truncated


FAN_IN, FAN_OUT = 600, 400
DRAWS: dict[str, tuple[Any, float, float]] = {  # (as written, deviation, largest value)
    "glorot_uniform": ("glorot_uniform", sqrt(2 / 1000), sqrt(6 / 1000)),
    "glorot_normal": ("glorot_normal", sqrt(2 / 1000), np.inf),
    "he_uniform": ("he_uniform", sqrt(2 / 600), sqrt(6 / 600)),
    "he_normal": ("he_normal", sqrt(2 / 600), np.inf),
    "lecun_uniform": ("lecun_uniform", sqrt(1 / 600), sqrt(3 / 600)),
    "lecun_normal": ("lecun_normal", sqrt(1 / 600), np.inf),
    "normal": ({"normal": 0.2}, 0.2, np.inf),
    # The variance of a normal cut at two deviations is 0.7737 of the whole one's.
    "truncated_normal": ({"truncated_normal": 0.2}, 0.2 * sqrt(0.7737413), 0.4),
    "uniform": ({"uniform": 0.3}, 0.3 / sqrt(3), 0.3),
}


@pytest.mark.parametrize("target", TARGETS)
def test_every_initialiser_draws_what_it_says(target: str, tmp_path: Path) -> None:
    layers: list[dict[str, Any]] = [{"flat": {"type": "flatten"}}]
    for kind, (written, _, _) in DRAWS.items():
        init = {"weight": written, "bias": 0.25}
        layers.append({f"r_{kind}": {"type": "dense", "units": FAN_OUT, "init": init}})
        layers.append({f"w_{kind}": {"type": "dense", "units": FAN_IN}})
    shape = {"channels": 6, "height": 10, "width": 10}
    text = spec_text(layers, name="Drawn", input=shape)
    found = drawn(archc.parse(text, "drawn.yaml"), target, tmp_path)
    for kind, (_, deviation, largest) in DRAWS.items():
        value = found[f"r_{kind}.weight"]
        assert abs(value.mean()) < 5 * deviation / sqrt(value.size), kind
        assert abs(value.std() / deviation - 1) < 0.01, kind
        assert abs(value).max() <= largest * (1 + 1e-6), kind
        if largest == np.inf:
            assert abs(value).max() > 3 * deviation, kind  # not cut
        else:
            assert abs(value).max() > 0.98 * largest, kind
        assert (found[f"r_{kind}.bias"] == 0.25).all(), kind


@pytest.mark.parametrize("target", TARGETS)
def test_a_depthwise_kernel_has_the_fans_of_the_definition(target: str, tmp_path: Path) -> None:
    conv = {"type": "conv2d", "filters": 3000, "kernel": 3, "groups": 1500, "bias": False}
    conv["init"] = {"weight": "he_uniform"}
    shape = {"channels": 1500, "height": 3, "width": 3}
    net = archc.parse(spec_text([{"a": conv}], name="Deep", input=shape), "deep.yaml")
    (value,) = drawn(net, target, tmp_path).values()
    limit = sqrt(6 / 9)  # a filter reads 3·3 pixels of one map
    assert 0.99 * limit < abs(value).max() <= limit * (1 + 1e-6)


# Biases: numbers that differ, numbers and draws, one number, one draw; and a layer without any.
@pytest.mark.parametrize("biases", [(0.25, 2), (0, {"normal": 0.1}), (0.5, 0.5), ({"normal": 0.1},) * 2])  # fmt: skip
@pytest.mark.parametrize("deviations", [(0.5, 0.01), (0.2, 0.2)])
@pytest.mark.parametrize("target", TARGETS)
def test_convolutions_that_start_unlike_each_start_their_own_way(
    target: str, deviations: tuple[float, ...], biases: tuple[Any, ...], tmp_path: Path
) -> None:
    layers: list[dict[str, Any]] = [
        {name: {"type": "conv2d", "filters": 400, "kernel": 1}
         | {"init": {"weight": {"normal": deviation}, "bias": bias}}}
        for name, deviation, bias in zip("ab", deviations, biases, strict=True)
    ]  # fmt: skip
    init = {"weight": {"normal": deviations[0]}}
    layers.append({"c": {"type": "conv2d", "filters": 4, "kernel": 1, "bias": False, "init": init}})
    net = archc.parse(spec_text(layers, name="Starts"), "starts.yaml")
    found = drawn(net, target, tmp_path)
    assert set(found) == {"a.weight", "a.bias", "b.weight", "b.bias", "c.weight"}
    for name, deviation, bias in zip("ab", deviations, biases, strict=True):
        weight = found[f"{name}.weight"]
        assert abs(weight.std() / deviation - 1) < 5 / sqrt(2 * weight.size), name
        if isinstance(bias, dict):
            assert abs(found[f"{name}.bias"].std() / bias["normal"] - 1) < 5 / sqrt(2 * 400), name
        else:
            assert (found[f"{name}.bias"] == bias).all(), name


@pytest.mark.parametrize("spec", ["alexnet", "lenet5"])
@pytest.mark.parametrize("target", TARGETS)
def test_a_generated_file_needs_no_archc(spec: str, target: str, tmp_path: Path) -> None:
    module(archc.load(spec), target, tmp_path)
    code = (
        f"import sys; sys.modules['archc'] = None; sys.path.insert(0, {str(tmp_path)!r}); "
        f"import {spec}_{target}"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=120)


@pytest.mark.parametrize("kind", OPS)
def test_a_keras_model_of_every_operation_is_saved_and_loaded(kind: str, tmp_path: Path) -> None:
    fields = CASES[kind].fields
    if "activation" in CASES[kind].others:
        fields = {**fields, "activation": {"scaled_tanh": {"slope": 0.5}}}
    if "padding" in fields:
        fields = {**fields, "padding": {"top": 1}, "ceil_mode": True}
        fields = fields if "pool" in kind else {k: v for k, v in fields.items() if k != "ceil_mode"}
    if "groups" in fields:
        fields = {**fields, "groups": 2, "filters": 4}
    net = archc.parse(network(kind, fields), f"saved_{kind}.yaml")
    model = getattr(module(net, "keras", tmp_path), f"saved_{kind}")()
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    x = np.random.default_rng(0).normal(size=(2, 6, 9, 2)).astype(np.float32)
    assert (keras.ops.convert_to_numpy(model(x)) == keras.ops.convert_to_numpy(again(x))).all()


def test_keras_strides_behind_a_dilated_convolution() -> None:
    fields = {"filters": 6, "kernel": 3, "stride": [2, 1], "dilation": 2, "padding": 1}
    net = archc.parse(network("conv2d", fields), "net.yaml")
    text = net.compile("keras")
    steps = text[text.index("layers.ZeroPadding2D") : text.index("    return keras.Model")]
    assert steps.splitlines() == [
        'layers.ZeroPadding2D(1, name="a_pad")(x)',
        '    x = conv2d(6, 3, dilation_rate=2, name="a")(x)',
        '    x = layers.MaxPooling2D(1, strides=(2, 1), name="a_strided")(x)  # 2x7x6',
    ]
    assert "strides: " not in text
    proof = net.verify("keras", "torch", gradients=True)
    assert proof.passed, proof.record()


def test_a_keras_model_of_1000_layers_is_made() -> None:
    layers = [{"flat": {"type": "flatten"}}]
    layers += [{f"a{n}": {"type": "dense", "units": 2}} for n in range(1000)]
    net = archc.parse(
        spec_text(layers, input={"channels": 2, "height": 1, "width": 1}), "deep.yaml"
    )
    done = subprocess.run(
        [sys.executable, "-c", net.compile("keras") + "\nprint(len(deep().layers))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "1002\n"
    assert "setrecursionlimit" not in archc.load("alexnet").compile("keras")


def test_the_onnx_model_is_checked_named_and_takes_any_batch(tmp_path: Path) -> None:
    made = module(archc.load("lenet5"), "onnx", tmp_path)
    model = made.lenet5(made.initial_weights())
    onnx.checker.check_model(model, full_check=True)
    assert [(o.domain, o.version) for o in model.opset_import] == [("", min(IR_VERSIONS))]
    assert all(node.name == node.output[0] for node in model.graph.node)
    assert len({node.name for node in model.graph.node}) == len(model.graph.node)
    assert not model.graph.value_info
    session = onnxruntime.InferenceSession(model.SerializeToString())
    for batch in (1, 3):
        (y,) = session.run(None, {"input": np.ones((batch, 1, 32, 32), np.float32)})
        assert y.shape == (batch, 10)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda w: w.pop("c1.bias"), KeyError),
        (lambda w: w.update({"c1.bias": np.zeros(7)}), ValueError),
    ],
)
def test_the_onnx_model_refuses_wrong_weights(change: Any, error: type, tmp_path: Path) -> None:
    made = module(archc.load("lenet5"), "onnx", tmp_path)
    weights = made.initial_weights()
    change(weights)
    with pytest.raises(error, match=r"c1\.bias"):
        made.lenet5(weights)


def test_the_onnx_file_is_a_script(tmp_path: Path) -> None:
    made = module(archc.load("lenet5"), "onnx", tmp_path)
    weights = {name: w.astype(np.float32) for name, w in made.initial_weights(3).items()}
    save_file(weights, tmp_path / "w.safetensors")
    for arguments in (["--weights", "w.safetensors"], ["--seed", "3"]):
        command = [sys.executable, "lenet5_onnx.py", *arguments, "-o", "out.onnx"]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=120, env={**os.environ})
        model = onnx.load(tmp_path / "out.onnx")
        stored = {c.name: onnx.numpy_helper.to_array(c) for c in model.graph.initializer}
        assert all((stored[name] == w).all() for name, w in weights.items())


def test_every_opset_that_is_offered_is_one_that_the_runtime_loads(tmp_path: Path) -> None:
    net = archc.load("alexnet")
    for opset, ir_version in IR_VERSIONS.items():
        text = net.compile("onnx", opset=opset)
        assert f'<ir_version: {ir_version}, opset_import: ["" : {opset}]>' in text
        wanted = onnx.helper.find_min_ir_version_for([onnx.helper.make_opsetid("", opset)])
        assert ir_version == wanted
        small = archc.load("lenet5")
        path = tmp_path / f"lenet5_{opset}.py"
        path.write_text(small.compile("onnx", opset=opset))
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None and spec.loader is not None
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        model = made.lenet5(made.initial_weights())
        onnxruntime.InferenceSession(model.SerializeToString())
