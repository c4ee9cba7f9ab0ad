"""Reserved names are those that the frameworks own, as they are installed."""

import ast
import inspect

import keras
import pytest
import torch

import archc
from archc.language import names


def test_every_public_attribute_of_a_module_is_reserved() -> None:
    owned = {name for name in dir(torch.nn.Module()) if names.LAYER.fullmatch(name)}
    assert {name for name in owned if names.why_reserved(name) is None} == set()


def test_every_public_attribute_of_a_model_is_reserved() -> None:
    inputs = keras.Input((1,))
    model = keras.Model(inputs, inputs)
    owned = {name for name, _ in inspect.getmembers_static(model) if names.LAYER.fullmatch(name)}
    assert {name for name in owned if names.why_reserved(name) is None} == set()


EVERYTHING = """
archc: 1
name: Everything
cite: A paper
input: {channels: 2, height: 9, width: 11}
defaults: {conv2d: {init: {weight: {truncated_normal: 0.1}}}}
layers:
  - a: {type: conv2d, filters: 4, kernel: 3, groups: 2, activation: scaled_tanh}
  - b: {type: avg_pool, kernel: 2, stride: 1, padding: {top: 1}}
  - c: {type: max_pool, kernel: 2, stride: 1, padding: {bottom: 1}}
  - d: {type: lrn, size: 3, k: 1, alpha: 1e-4, beta: 0.75, over: sum}
  - e: {type: scaled_tanh}
  - h: {type: subsample, kernel: 1, activation: {gelu: {form: tanh}}}
  - i: {type: conv2d, filters: 1, kernel: 1, connections: "X\\nX\\n.\\n.", init: {weight: 0.5}}
  - flat: {type: flatten}
  - g: {type: dense, units: 4}
  - j: {type: rbf, codes: "XX\\n.."}
"""


def _bound(node: ast.AST) -> set[str]:
    """What a module or function binds in its own scope."""
    found: set[str] = set()
    if isinstance(node, ast.FunctionDef):
        found |= {argument.arg for argument in node.args.args}
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
            found.add(child.name)
        elif isinstance(child, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in child.names}
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            found.add(child.id)
        else:
            found |= _bound(child)
    return found


@pytest.mark.parametrize("target", ["torch", "keras", "onnx"])
def test_what_a_generated_file_binds_beside_layers_is_reserved(target: str) -> None:
    net = archc.parse(EVERYTHING)
    tree = ast.parse(net.compile(target))
    bound = _bound(tree)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Everything":
            methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
            bound |= {method.name for method in methods if names.LAYER.fullmatch(method.name)}
            bound |= {n for method in methods if method.name == "forward" for n in _bound(method)}
        elif isinstance(node, ast.FunctionDef) and node.name == "spec" and target == "keras":
            bound |= _bound(node)
    bound -= {"Everything", "spec", "I_CONNECTIONS", "J_CODES"} | names.SCRIPT
    assert {"CITATION"} <= bound
    assert {name for name in bound if names.why_reserved(name) is None} == set()


@pytest.mark.parametrize(
    ("network", "class_name"), [("AlexNet", "AlexNet"), ("LeNet-5", "LeNet5"), ("A b.c+", "Abc")]
)
def test_a_network_names_its_class(network: str, class_name: str) -> None:
    assert names.class_name(network) == class_name


@pytest.mark.parametrize(
    ("stem", "function"),
    [
        ("alexnet", "alexnet"),
        ("lenet5-1998", "lenet5_1998"),
        ("MyNet", "mynet"),
        ("main", "main_network"),
        ("keras", "keras_network"),
        ("class", "class_network"),
        ("list", "list_network"),
        ("uniform", "uniform_network"),
    ],
)
def test_a_file_names_the_function_and_hides_nothing_of_python_or_the_generated_code(
    stem: str, function: str
) -> None:
    assert names.function_name(stem) == function
    text = "archc: 1\nname: Net\ninput: {channels: 1, height: 4, width: 4}\nlayers:\n"
    net = archc.parse(text + "  - a: {type: conv2d, filters: 2, kernel: 3}\n", f"{stem}.yaml")
    assert f"\ndef {function}() -> keras.Model:\n" in net.compile("keras")
    assert net.onnx().graph.name == "Net"
