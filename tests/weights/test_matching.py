"""Foreign checkpoints: what is matched, by what, and what is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnx
import pytest
import safetensors.numpy
import safetensors.torch
import torch
from onnx import TensorProto, helper, numpy_helper
from support.checkpoints import CONV, answer, differs, import_file, layers
from torch import nn
from typer.testing import CliRunner

import archc
from archc.cli import app
from archc.errors import ArchcError
from archc.proof.sampling import inputs
from archc.weights import importing

THREE = layers(f"a: {CONV}\nb: {CONV}\nc: {CONV}")
NAMES = [f"{layer}.{weight}" for layer in "abc" for weight in ("weight", "bias")]
FLAT = layers("""
conv: {type: conv2d, filters: 3, kernel: 3}
flat: {type: flatten}
norm: {type: batch_norm, epsilon: 1e-3, momentum: 0.9}
fc: {type: dense, units: 5, activation: relu}
out: {type: dense, units: 2}
""")


def convolutions(*modules: str) -> dict[str, np.ndarray]:
    """Three equal convolutions under other names, each of its own numbers."""
    return {
        f"{module}.{leaf}": np.full(shape, number, np.float32)
        for number, module in enumerate(modules, start=1)
        for leaf, shape in (("weight", (4, 4, 3, 3)), ("bias", (4,)))
    }


def torch_file(path: Path, tensors: dict[str, np.ndarray]) -> Path:
    torch.save({name: torch.tensor(array) for name, array in tensors.items()}, path)
    return path


def safe_file(path: Path, tensors: dict[str, np.ndarray]) -> Path:
    safetensors.numpy.save_file(tensors, path)
    return path


def matched(net: archc.Network, path: Path, **how: Any) -> dict[str, tuple[str, str]]:
    """Weight → (tensor, by what)."""
    found = importing.find(net.graph, path, **how)
    return {name: (match.tensor.name, match.by) for name, match in found.matches.items()}


def said(call: Callable[[], object]) -> list[str]:
    """The findings that a call ends with: their code, and their place if they have one."""
    with pytest.raises(ArchcError) as caught:
        call()
    return [
        f"{d.code} {d.span.line}:{d.span.column}" if d.span else d.code
        for d in caught.value.diagnostics
    ]


def one_tower() -> nn.Module:
    """The network of many a listing, at a scale of 1:16 and with PyTorch's usual names."""
    features = nn.Sequential(
        nn.Conv2d(3, 6, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(6, 16, 5, padding=2),
        nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(16, 24, 3, padding=1), nn.ReLU(),
        nn.Conv2d(24, 24, 3, padding=1), nn.ReLU(), nn.Conv2d(24, 16, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(3, 2),
    )  # fmt: skip
    classifier = nn.Sequential(
        nn.Dropout(), nn.Linear(576, 32), nn.ReLU(), nn.Dropout(), nn.Linear(32, 32), nn.ReLU(),
        nn.Linear(32, 10), nn.Softmax(dim=1),
    )  # fmt: skip
    model = nn.Sequential()
    model.features, model.flatten, model.classifier = features, nn.Flatten(), classifier
    return model.eval()


@pytest.mark.parametrize("ending", ["pt", "safetensors"])
def test_the_one_tower_alexnet_in_pytorch_s_usual_names(ending: str, tmp_path: Path) -> None:
    sizes = {"conv1.filters": 6, "conv2.filters": 16, "conv3.filters": 24, "conv4.filters": 24,
             "conv5.filters": 16, "fc6.units": 32, "fc7.units": 32, "fc8.units": 10}  # fmt: skip
    net = archc.load("alexnet-one-tower", sizes)
    model = one_tower()
    path = tmp_path / f"w.{ending}"
    save = torch.save if ending == "pt" else safetensors.torch.save_file
    save(model.state_dict(), path)
    found = matched(net, path)
    assert found["conv1.weight"] == ("features.0.weight", "shape")
    assert found["conv5.weight"] == ("features.10.weight", "shape")
    assert found["fc8.bias"] == ("classifier.6.bias", "shape")
    import_file(net.graph, path, tmp_path / "mine.safetensors")
    x = torch.from_numpy(inputs(net.graph, 0))
    ours = net.torch(weights=tmp_path / "mine.safetensors").eval()
    with torch.no_grad():
        assert torch.equal(ours(x), model(x))


@pytest.mark.parametrize(
    ("make", "ending", "modules", "by"),
    [
        (safe_file, "safetensors", ("a", "b", "c"), "name"),
        (safe_file, "safetensors", ("model.a", "model.b", "model.c"), "name"),
        (safe_file, "safetensors", ("net.2", "net.9", "net.10"), "order"),
        (torch_file, "pt", ("net.2", "net.9", "net.10"), "order"),
        (torch_file, "pt", ("first", "second", "third"), "order"),
    ],
)
def test_names_count_first_and_then_the_order_if_it_is_asked_for(
    make: Callable[..., Path], ending: str, modules: tuple[str, ...], by: str, tmp_path: Path
) -> None:
    """Modules are registered in an order that need not be that of use, and numbered so."""
    path = make(tmp_path / f"w.{ending}", convolutions(*modules))
    tensors = [f"{module}.{leaf}" for module in modules for leaf in ("weight", "bias")]
    expected = dict(zip(NAMES, ((tensor, by) for tensor in tensors), strict=True))
    assert matched(THREE, path, by_order=True) == expected
    if by == "order":
        assert said(lambda: matched(THREE, path)) == ["E713"]
    else:
        assert matched(THREE, path) == expected


@pytest.mark.parametrize(
    ("make", "ending", "modules"),
    [
        (safe_file, "safetensors", ("first", "second", "third")),  # sorted by the library
        (torch_file, "pt", ("net.9", "net.2", "net.10")),  # the numbers say another order
        (torch_file, "pt", ("one", "two", "three", "four")),  # one too many
    ],
)
def test_what_the_order_does_not_settle_is_refused(
    make: Callable[..., Path], ending: str, modules: tuple[str, ...], tmp_path: Path
) -> None:
    path = make(tmp_path / f"w.{ending}", convolutions(*modules))
    assert said(lambda: matched(THREE, path)) == ["E706"]


def test_branches_have_no_order(tmp_path: Path) -> None:
    net = layers(f"a: {CONV}\nb: {CONV[:-1]}, from: input}}\nsum: {{type: add, from: [a, b]}}")
    path = torch_file(tmp_path / "w.pt", convolutions("net.0", "net.1"))
    assert said(lambda: matched(net, path)) == ["E706"]


def test_a_map_settles_it_with_a_line_for_each_layer(tmp_path: Path) -> None:
    path = safe_file(tmp_path / "w.safetensors", convolutions("one", "two", "three", "head"))
    told = tmp_path / "map.yaml"
    told.write_text("a.weight: three.weight\nb.bias: one.bias\nignore: [head.weight, head.bias]\n")
    assert matched(THREE, path, mapping_file=told) == {
        "a.weight": ("three.weight", "map"),
        "a.bias": ("three.bias", "shape"),
        "b.weight": ("one.weight", "shape"),
        "b.bias": ("one.bias", "map"),
        "c.weight": ("two.weight", "shape"),
        "c.bias": ("two.bias", "shape"),
    }


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("a.wieght: one.weight\nb.weight: on.weight\n", ["E205 1:1", "E205 2:11"]),
        ("a.weight: one.weight\nb.weight: one.weight\n", ["E103 2:11"]),
        ("ignore: [nothing]\n", ["E205 1:10"]),
        ("- a.weight\n", ["E203 1:1"]),
        ("a.weight: one.bias\n", ["E703"]),
        ("a.weight: {\n", ["E101 2:1"]),
    ],
)
def test_a_wrong_map_is_shown_with_its_places(
    text: str, findings: list[str], tmp_path: Path
) -> None:
    path = safe_file(tmp_path / "w.safetensors", convolutions("one", "two", "three"))
    told = tmp_path / "map.yaml"
    told.write_text(text)
    assert said(lambda: matched(THREE, path, mapping_file=told)) == findings


def test_what_is_missing_left_over_or_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    tensors = convolutions("a", "b", "c", "d")
    safe_file(path, tensors)
    assert said(lambda: matched(THREE, path)) == ["E705"]
    safe_file(path, {name: tensors[name] for name in NAMES[1:]})
    assert said(lambda: matched(THREE, path)) == ["E704"]
    safe_file(path, tensors | {"b.bias": np.zeros(5, np.float32)})
    assert said(lambda: matched(THREE, path)) == ["E703"]


def test_narrow_numbers_are_kept_and_wide_ones_rounded(tmp_path: Path) -> None:
    """What float16 and bfloat16 hold is exact in float32."""
    torch.manual_seed(0)
    values = {
        name: torch.randn(a.shape).double() for name, a in convolutions("a", "b", "c").items()
    }
    for dtype, remark in (
        (torch.float16, "converted from float16"),
        (torch.bfloat16, "converted from bfloat16"),
        (torch.float64, "rounded from float64"),
    ):
        stored = {name: value.to(dtype) for name, value in values.items()}
        torch.save({"epoch": 3, "state_dict": stored}, tmp_path / "w.pt")
        safetensors.torch.save_file(stored, tmp_path / "w.safetensors")
        for file in ("w.pt", "w.safetensors"):
            out = tmp_path / "mine.safetensors"
            found = import_file(THREE.graph, tmp_path / file, out, force=True)
            assert str(found).count(remark) == 6
            written = safetensors.torch.load_file(out)
            assert all(torch.equal(written[n], stored[n].float()) for n in NAMES)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_refused(number: float, tmp_path: Path) -> None:
    tensors = convolutions("a", "b", "c")
    tensors["b.weight"][1, 2, 0, 1] = number
    path, out = safe_file(tmp_path / "w.safetensors", tensors), tmp_path / "mine.safetensors"
    with pytest.raises(
        ArchcError, match=rf"E707 .*: 'b.weight' in \S+ is {number} at \[1, 2, 0, 1\]"
    ):
        import_file(THREE.graph, path, out)
    assert not out.exists()


def keras_model(permute: bool) -> keras.Model:
    inner = [keras.layers.Permute((3, 1, 2))] if permute else []
    model = keras.Sequential(
        [
            keras.layers.Input((8, 8, 4)),
            keras.layers.Conv2D(3, 3),
            *inner,
            keras.layers.Flatten(),
            keras.layers.BatchNormalization(epsilon=1e-3),
            keras.layers.Dense(5, "relu"),
            keras.layers.Dense(2),
        ]
    )
    random = np.random.default_rng(0)
    model.set_weights([random.uniform(0.5, 1, w.shape).astype("f") for w in model.weights])
    return model


@pytest.mark.parametrize("order", ["channels_first", "channels_last"])
@pytest.mark.parametrize("file", ["k.weights.h5", "k.keras"])
def test_a_foreign_keras_model_computes_the_same(order: str, file: str, tmp_path: Path) -> None:
    model = keras_model(permute=order == "channels_first")
    (model.save_weights if file.endswith("h5") else model.save)(tmp_path / file)
    out = tmp_path / "mine.safetensors"
    assert said(lambda: matched(FLAT, tmp_path / file)) == ["E709"] * 2
    found = import_file(FLAT.graph, tmp_path / file, out, flatten=order)
    assert {match.by for match in found.matches.values()} == {"shape"}
    x = inputs(FLAT.graph, 0)
    expected = answer(FLAT, safetensors.numpy.load_file(out), x)
    assert differs(model(x.transpose(0, 2, 3, 1)), expected) < 1e-6


def test_keras_numbers_its_layers_in_their_order(tmp_path: Path) -> None:
    """Of twelve equal layers, `dense_10` is behind `dense_9`."""
    net = layers("flat: {type: flatten}\n" + "\n".join(
        f"l{number}: {{type: dense, units: 256}}" for number in range(12)
    ))  # fmt: skip
    keras.backend.clear_session()
    model = keras.Sequential(
        [keras.layers.Input((256,)), *(keras.layers.Dense(256) for _ in "x" * 12)]
    )
    model.save_weights(tmp_path / "k.weights.h5")
    import_file(
        net.graph, tmp_path / "k.weights.h5", tmp_path / "w.safetensors", flatten="channels_first"
    )
    found = safetensors.numpy.load_file(tmp_path / "w.safetensors")
    for number, layer in enumerate(model.layers):
        assert (layer.kernel.numpy() == found[f"l{number}.weight"].T).all()


@pytest.mark.parametrize("gemm", [True, False])
def test_an_onnx_dense_layer_is_turned_where_its_node_says_so(gemm: bool, tmp_path: Path) -> None:
    """Square matrices: their shape does not tell."""
    net = layers(
        "flat: {type: flatten}\na: {type: dense, units: 256}\nb: {type: dense, units: 256}"
    )
    random = np.random.default_rng(0)
    values = {
        f"v{i}": random.normal(size=(256, 256) if i % 2 == 0 else 256).astype("f") for i in range(4)
    }
    if gemm:
        nodes = [helper.make_node("Gemm", ["x", "v0", "v1"], ["h"], name="one", transB=1),
                 helper.make_node("Gemm", ["h", "v2", "v3"], ["y"], name="two")]  # fmt: skip
    else:
        nodes = [helper.make_node("MatMul", ["x", "v0"], ["p"], name="one"),
                 helper.make_node("Add", ["p", "v1"], ["h"]),
                 helper.make_node("MatMul", ["h", "v2"], ["q"], name="two"),
                 helper.make_node("Add", ["v3", "q"], ["y"])]  # fmt: skip
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 256])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 256])],
        [numpy_helper.from_array(value, name) for name, value in values.items()],
    )  # fmt: skip
    onnx.save(helper.make_model(graph), tmp_path / "o.onnx")
    found = import_file(net.graph, tmp_path / "o.onnx", tmp_path / "w.safetensors")
    assert {match.by for match in found.matches.values()} == {"order"}
    written = safetensors.numpy.load_file(tmp_path / "w.safetensors")
    assert (written["a.weight"] == (values["v0"] if gemm else values["v0"].T)).all()
    assert (written["b.weight"] == values["v2"].T).all()
    assert (written["b.bias"] == values["v3"]).all()


def test_the_command_prints_the_match_before_it_writes(tmp_path: Path) -> None:
    spec = tmp_path / "three.yaml"
    spec.write_text("archc: 1\nname: Three\ninput: {channels: 4, height: 8, width: 8}\nlayers:\n"
                    + "".join(f"  - {name}: {CONV}\n" for name in "abc"))  # fmt: skip
    source = safe_file(tmp_path / "w.safetensors", convolutions("n.0", "n.1", "n.2"))
    out = tmp_path / "mine.safetensors"

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(
            app, ["weights", "import", str(spec), str(source), "-o", str(out), *arguments]
        )
        return done.exit_code, done.stdout

    assert run() == (2, "")
    status, text = run("--by-order")
    assert status == 0
    assert "  a.weight   4×4×3×3   n.0.weight    order, unproven\n" in text
    assert "\nnot checked: the file does not say stride, padding, epsilon or activation" in text
    assert text.endswith(f"\n{out}\n")
    assert run("--by-order") == (2, "")
    assert run("--by-order", "--force", "--quiet") == (0, "")
    status, text = run("--by-order", "--force", "--format", "json")
    record = json.loads(text)
    assert record["weights"][0] == {
        "name": "a.weight", "shape": [4, 4, 3, 3], "tensor": "n.0.weight", "dtype": "float32",
        "matched": "order", "channels_last": False,
    }  # fmt: skip
    assert (record["spec"], record["format"], record["ignored"]) == ("three", "torch", [])
    assert (record["unproven"], record["unchecked"]) == (NAMES, ["a", "b", "c"])


def test_names_of_a_file_reach_the_terminal_without_control_characters(tmp_path: Path) -> None:
    tensors = convolutions("a", "b", "c") | {"d\x1b[2J.weight": np.zeros(1, np.float32)}
    path = safe_file(tmp_path / "w.safetensors", tensors)
    with pytest.raises(ArchcError) as caught:
        matched(THREE, path)
    assert "\x1b" not in str(caught.value)
    assert "d\\x1b[2J.weight" in str(caught.value)
