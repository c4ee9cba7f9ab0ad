"""What a file says its layers compute is held to the spec, field by field."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from support.checkpoints import import_file, layers, stored

import archc
from archc.errors import EnvironmentProblem
from archc.weights import exporting, importing

SPEC = """
conv: {{type: conv2d, filters: 6, kernel: 3, stride: {stride}, padding: {padding}, activation: {activation}}}
norm: {{type: batch_norm, epsilon: {epsilon}, momentum: 0.9}}
act: {{type: leaky_relu, slope: {slope}}}
pool: {{type: {pool}, kernel: 2, stride: 1}}
lrn: {{type: lrn, size: 3, k: 2, alpha: {alpha}, beta: 0.75, over: {over}}}
last: {{type: conv2d, filters: 4, kernel: 3, dilation: {dilation}, groups: {groups}}}
"""
USUAL: dict[str, Any] = {
    "stride": 1, "padding": 1, "activation": "relu", "epsilon": "1e-5", "slope": 0.01, "pool": "max_pool",
    "alpha": "1e-4", "over": "sum", "dilation": 1, "groups": 1,
}  # fmt: skip


def net(**changes: Any) -> archc.Network:
    return layers(SPEC.format(**USUAL | changes))


def said(graph: Any, path: Path, **how: Any) -> list[str]:
    """What an import is refused for, and how it is mended."""
    with pytest.raises(EnvironmentProblem) as caught:
        importing.find(graph, path, **how)
    assert {found.code for found in caught.value.diagnostics} == {"E712"}
    found = caught.value.diagnostics
    return [f"{d.message.replace(str(path), 'FILE')}; {d.help}" for d in found]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    stored(net(), folder / "w.safetensors")
    exporting.export(net().compiled, folder / "w.safetensors", "onnx", folder / "n.onnx")
    return folder / "n.onnx"


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"epsilon": "1e-3"}, "epsilon of 'norm' is 0.001 in the spec, but 1e-05 in FILE; if the file is right: --set norm.epsilon=1e-05"),
        ({"slope": 0.3}, "slope of 'act' is 0.3 in the spec, but 0.01 in FILE; if the file is right: --set act.slope=0.01"),
        ({"stride": "[2, 1]"}, "stride of 'conv' is [2, 1] in the spec, but 1 in FILE; if the file is right: --set conv.stride=1"),
        ({"padding": "[0, 2]"}, "padding of 'conv' is [0, 2] in the spec, but 1 in FILE; if the file is right: --set conv.padding=1"),
        ({"padding": "{top: 2, left: 1, right: 1}"}, "padding of 'conv' is {top: 2, bottom: 0, left: 1, right: 1} in the spec, but 1 in FILE; if the file is right: --set conv.padding=1"),
        ({"activation": "tanh"}, "activation of 'conv' is tanh in the spec, but relu in FILE; if the file is right: --set conv.activation=relu"),
        ({"activation": "null"}, "activation of 'conv' is none in the spec, but relu in FILE; if the file is right: --set conv.activation=relu"),
        ({"alpha": "2e-4"}, "alpha of 'lrn' is 0.0002 in the spec, but 0.0001 in FILE; if the file is right: --set lrn.alpha=0.0001"),
        ({"over": "mean"}, "alpha of 'lrn' is 0.0001 in the spec, but 0.0003 in FILE; if the file is right: --set lrn.alpha=0.0003"),
        ({"dilation": 2}, "dilation of 'last' is 2 in the spec, but 1 in FILE; if the file is right: --set last.dilation=1"),
    ],
)  # fmt: skip
def test_a_difference_names_the_layer_and_the_set_that_mends_it(
    changes: dict[str, Any], wanted: str, exported: Path
) -> None:
    other = net(**changes)
    assert said(other.graph, exported) == [wanted]
    mend = wanted.partition("--set ")[2]
    path, _, value = mend.partition("=")
    text = other.compiled.text
    mended = archc.parse(text, "spec.yaml", [f"{path}={value}"]) if mend else other
    assert importing.find(mended.graph, exported).unchecked == ()


def test_what_agrees_is_imported_and_nothing_is_unchecked(exported: Path, tmp_path: Path) -> None:
    found = import_file(net().graph, exported, tmp_path / "mine.safetensors")
    assert found.unchecked == ()
    assert "not checked" not in str(found)


def test_all_differences_are_said_at_once(exported: Path) -> None:
    other = net(epsilon="1e-3", slope=0.3, activation="tanh", alpha="2e-4", dilation=2)
    assert len(said(other.graph, exported)) == 5


def test_layers_that_differ_alike_are_one_finding(tmp_path: Path) -> None:
    lines = "\n".join(
        f"n{i}: {{type: batch_norm, epsilon: {{e}}, momentum: 0.9}}" for i in range(5)
    )
    mine, other = (layers(lines.replace("{e}", e)) for e in ("1e-5", "1e-3"))
    stored(mine, tmp_path / "w.safetensors")
    exporting.export(mine.compiled, tmp_path / "w.safetensors", "onnx", tmp_path / "n.onnx")
    assert said(other.graph, tmp_path / "n.onnx") == [
        "epsilon of 'n0', 'n1', 'n2' and 2 more is 0.001 in the spec, but 1e-05 in FILE; if the file "
        "is right: --set n0.epsilon=1e-05 --set n1.epsilon=1e-05 --set n2.epsilon=1e-05 and so on"
    ]


def foreign(path: Path, *nodes: Any, **weights: np.ndarray) -> Path:
    """An ONNX file of these nodes, from `x` to `y`."""
    graph = helper.make_graph(
        list(nodes), "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 4, 8, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )  # fmt: skip
    onnx.save(helper.make_model(graph), path)
    return path


CONV = {"c.weight": np.ones((4, 4, 3, 3), "f"), "c.bias": np.ones(4, "f")}


@pytest.mark.parametrize(
    ("spec", "attributes", "same"),
    [
        ("padding: 1", {"pads": [1, 1, 1, 1]}, True),
        ("padding: same", {"auto_pad": "SAME_UPPER"}, True),
        ("padding: same_upper, stride: 2", {"auto_pad": "SAME_UPPER", "strides": [2, 2]}, True),
        ("padding: same_lower, stride: 2", {"auto_pad": "SAME_UPPER", "strides": [2, 2]}, False),
        ("padding: valid, stride: 2", {"strides": [2, 2]}, True),
        # The last row and column are read by no window.
        ("padding: {top: 1, left: 1}, stride: 2", {"pads": [1, 1, 1, 1], "strides": [2, 2]}, True),
        ("padding: {bottom: 1, right: 1}, stride: 2", {"pads": [1, 1, 1, 1], "strides": [2, 2]}, False),
    ],
)  # fmt: skip
def test_paddings_are_equal_if_their_windows_are(
    spec: str, attributes: dict[str, Any], same: bool, tmp_path: Path
) -> None:
    net = layers(f"c: {{type: conv2d, filters: 4, kernel: 3, {spec}}}")
    node = helper.make_node("Conv", ["x", "c.weight", "c.bias"], ["y"], **attributes)
    path = foreign(tmp_path / "n.onnx", node, **CONV)
    if same:
        assert importing.find(net.graph, path).unchecked == ()
    else:
        assert said(net.graph, path)[0].startswith("padding of 'c' is ")


def test_a_function_that_the_language_lacks_has_no_set(tmp_path: Path) -> None:
    net = layers("c: {type: conv2d, filters: 4, kernel: 3, activation: relu}")
    nodes = [
        helper.make_node("Conv", ["x", "c.weight", "c.bias"], ["h"]),
        helper.make_node("Elu", ["h"], ["y"]),
    ]
    assert said(net.graph, foreign(tmp_path / "n.onnx", *nodes, **CONV)) == [
        "activation of 'c' is relu in the spec, but elu in FILE; "
        "change the spec: the language has no field for elu here"
    ]


def test_a_softmax_that_the_file_lacks_is_a_difference(tmp_path: Path) -> None:
    net = layers("flat: {type: flatten}\nd: {type: dense, units: 2, activation: softmax}")
    nodes = [
        helper.make_node("Flatten", ["x"], ["f"]),
        helper.make_node("Gemm", ["f", "d.weight", "d.bias"], ["y"], transB=1),
    ]
    path = foreign(tmp_path / "n.onnx", *nodes, **{"d.weight": np.ones((2, 256), "f"), "d.bias": np.ones(2, "f")})  # fmt: skip
    assert said(net.graph, path) == [
        "activation of 'd' is softmax in the spec, but none in FILE; "
        "if the file is right: --set d.activation=null"
    ]


def test_what_cannot_be_followed_is_said_to_be_unchecked(tmp_path: Path) -> None:
    net = layers("c: {type: conv2d, filters: 4, kernel: 3, activation: scaled_tanh}")
    nodes = [
        helper.make_node("Conv", ["x", "c.weight", "c.bias"], ["h"]),
        helper.make_node("Abs", ["h"], ["y"]),
    ]
    found = importing.find(net.graph, foreign(tmp_path / "n.onnx", *nodes, **CONV))
    assert found.unchecked == ("c",)
    assert str(found).endswith("not checked: what the file says of 'c' cannot be compared")


def keras_model(*inner: Any) -> keras.Model:
    return keras.Sequential([keras.layers.Input((8, 8, 4)), *inner])


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        (lambda k: [k.Conv2D(6, 3, padding="same", activation="relu"), k.BatchNormalization(epsilon=1e-5), k.LeakyReLU(0.01)], []),
        (lambda k: [k.ZeroPadding2D(1), k.Conv2D(6, 3), k.ReLU(), k.BatchNormalization(epsilon=1e-5), k.LeakyReLU(0.01)], []),
        (lambda k: [k.Conv2D(6, 3, padding="same", activation="relu"), k.BatchNormalization(), k.LeakyReLU()],
         ["epsilon of 'norm' is 1e-05 in the spec, but 0.001 in FILE; if the file is right: --set norm.epsilon=0.001",
          "slope of 'act' is 0.01 in the spec, but 0.3 in FILE; if the file is right: --set act.slope=0.3"]),
        (lambda k: [k.Conv2D(6, 3, strides=2, activation="gelu"), k.BatchNormalization(epsilon=1e-5), k.LeakyReLU(0.01)],
         ["padding of 'conv' is 1 in the spec, but 0 in FILE; if the file is right: --set conv.padding=0",
          "stride of 'conv' is 1 in the spec, but 2 in FILE; if the file is right: --set conv.stride=2",
          "activation of 'conv' is relu in the spec, but gelu in FILE; "
          "if the file is right: --set 'conv.activation={gelu: {form: exact}}'"]),
    ],
)  # fmt: skip
def test_the_description_in_a_keras_file_is_compared(
    inner: Any, wanted: list[str], tmp_path: Path
) -> None:
    lines = SPEC.format(**USUAL).strip().split("\n")[:3]
    mine = layers("\n".join(lines))
    keras_model(*inner(keras.layers)).save(tmp_path / "k.keras")
    if wanted:
        assert said(mine.graph, tmp_path / "k.keras") == wanted
    else:
        assert importing.find(mine.graph, tmp_path / "k.keras").unchecked == ()


def test_branches_are_compared_up_to_where_they_part_and_meet(tmp_path: Path) -> None:
    k = keras.layers
    x = k.Input((8, 8, 4))
    a = k.Conv2D(4, 3, padding="same", activation="relu", name="a")(x)
    b = k.Conv2D(4, 3, padding="same", name="b")(a)
    y = k.ReLU()(k.Add()([a, b]))
    keras.Model(x, y).save(tmp_path / "k.keras")
    text = ("a: {type: conv2d, filters: 4, kernel: 3, padding: 1, activation: relu}\n"
            "b: {type: conv2d, filters: 4, kernel: 3, padding: 1}\n"
            "s: {type: add, from: [a, b], activation: %s}")  # fmt: skip
    assert importing.find(layers(text % "relu").graph, tmp_path / "k.keras").unchecked == ()
    (found,) = said(layers(text % "tanh").graph, tmp_path / "k.keras")
    assert found.startswith("activation of 's' is tanh in the spec, but relu in FILE")


def test_what_stands_before_the_first_weights_is_compared_too(tmp_path: Path) -> None:
    spec = (
        "act: {{type: leaky_relu, slope: {slope}}}\n"
        "pool: {{type: max_pool, kernel: {kernel}, stride: 1, padding: {padding}}}\n"
        "conv: {{type: conv2d, filters: 4, kernel: 3}}"
    )
    in_file = layers(spec.format(slope=0.01, kernel=3, padding=1))
    stored(in_file, tmp_path / "w.safetensors")
    exporting.export(in_file.compiled, tmp_path / "w.safetensors", "onnx", tmp_path / "n.onnx")
    assert importing.find(in_file.graph, tmp_path / "n.onnx").unchecked == ()
    other = layers(spec.format(slope=0.3, kernel=5, padding=2))
    assert said(other.graph, tmp_path / "n.onnx") == [
        "padding of 'pool' is 2 in the spec, but 1 in FILE; if the file is right: --set pool.padding=1",
        "kernel of 'pool' is 5 in the spec, but 3 in FILE; if the file is right: --set pool.kernel=3",
        "slope of 'act' is 0.3 in the spec, but 0.01 in FILE; if the file is right: --set act.slope=0.01",
    ]


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ({}, ""),
        ({"max_value": 6}, "activation of 'c' is relu in the spec, but relu6 in FILE; change the spec: the language has no field for relu6 here"),
        ({"negative_slope": 0.2}, "activation of 'c' is relu in the spec, but leaky_relu in FILE; if the file is right: --set 'c.activation={leaky_relu: {slope: 0.2}}'"),
        ({"negative_slope": 0.2, "max_value": 6}, None),
        ({"max_value": 5}, None),
        ({"threshold": 1}, None),
    ],
)  # fmt: skip
def test_a_rectifier_of_keras_is_what_its_fields_make_of_it(
    how: dict[str, float], wanted: str | None, tmp_path: Path
) -> None:
    k = keras.layers
    keras_model(k.Conv2D(4, 3, name="c"), k.ReLU(**how)).save(tmp_path / "k.keras")
    net = layers("c: {type: conv2d, filters: 4, kernel: 3, activation: relu}")
    if wanted:
        assert said(net.graph, tmp_path / "k.keras") == [wanted]
    else:
        unchecked = () if wanted == "" else ("c",)
        assert importing.find(net.graph, tmp_path / "k.keras").unchecked == unchecked
