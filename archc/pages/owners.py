"""Generated file → the layer that each of its lines belongs to.

A statement belongs to the layer that it defines, never to those that it reads, so that no line has
two. It is found by its place in the code: a word of a layer's name may stand anywhere.
"""

import ast
import re
from collections.abc import Callable, Iterator

from archc.language import names, reserved
from archc.network.graph import Graph
from archc.targets.base import drawing_name

_ENTRY = re.compile(r"""
    \s* (?: \[ (?P<node>\w+) \] \s                                # [conv1_pre] conv1_pre = Conv …
          | \w+ (?: \[ [^]]* \] )? \s+ "? (?P<declared>\w+) )     # float[96] "conv1.bias", …
""", re.VERBOSE)  # fmt: skip
"""A line of an ONNX graph that names what it defines."""


def owners(target: str, text: str, graph: Graph) -> dict[int, str]:
    """The layer of each line that has one; lines count from 1."""
    tree, lines = ast.parse(text), text.splitlines()
    found: dict[int, str] = {}
    for place, layer in (*_drawings(tree, graph), *_READERS[target](tree, lines, graph)):
        # The shape of a long step stands above it.
        above = lines[place.start - 2].lstrip().startswith("#")
        found |= dict.fromkeys(range(place.start - above, place.stop), layer)
    return found


_Owned = Iterator[tuple[range, str]]


def _lines(node: ast.stmt | ast.expr, end: ast.expr | None = None) -> range:
    last = (end or node).end_lineno
    assert last is not None
    return range(node.lineno, last + 1)


def _layer(word: str, layers: set[str]) -> str | None:
    """The layer that a name of the generated code is of: its own, or that of a part of it.

    No layer is named like a part of another: `names.collisions` refuses it.
    """
    wholes = (word, *(word.removesuffix(f"_{part}") for part in reserved.DERIVED))
    return next((whole for whole in wholes if whole in layers), None)


def _drawings(tree: ast.Module, graph: Graph) -> _Owned:
    """The tables and bitmaps above the model."""
    constants = {drawing_name(node): node.name for node in graph.nodes}
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]) if name in constants:
                yield _lines(statement), constants[name]


def _definition(body: list[ast.stmt], name: str) -> list[ast.stmt]:
    """The body of a class or function."""
    return next(
        statement.body
        for statement in body
        if isinstance(statement, ast.ClassDef | ast.FunctionDef) and statement.name == name
    )


def _torch(tree: ast.Module, lines: list[str], graph: Graph) -> _Owned:
    """Attributes of the layers' names, then one statement of `forward` for each layer."""
    layers = {node.name for node in graph.nodes}
    body = _definition(tree.body, names.class_name(graph.name))
    for statement in _definition(body, "__init__"):
        match statement:
            case ast.Assign(targets=[ast.Attribute(attr=name)]) if name in layers:
                yield _lines(statement), name
    steps = _definition(body, "forward")[:-1]
    for statement, node in zip(steps, graph.nodes, strict=True):
        yield _lines(statement), node.name


def _keras(tree: ast.Module, lines: list[str], graph: Graph) -> _Owned:
    """Steps of the model's function, each of which names a Keras layer."""
    layers = {node.name for node in graph.nodes}
    for statement in _definition(tree.body, names.function_name(graph.name)):
        if isinstance(statement, ast.Assign):
            calls = (each for each in ast.walk(statement) if isinstance(each, ast.Call))
            given = (word.value for call in calls for word in call.keywords if word.arg == "name")
            for value in given:
                assert isinstance(value, ast.Constant)
                if layer := _layer(str(value.value), layers):
                    yield _lines(statement), layer


def _onnx(tree: ast.Module, lines: list[str], graph: Graph) -> _Owned:
    """Declarations and nodes of the graph's text, and the entries of the drawn weights."""
    layers = {node.name for node in graph.nodes}
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="GRAPH")]):
                yield from _entries(lines, _lines(statement), layers)
    for statement in _definition(tree.body, "initial_weights"):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]) if name.endswith("_fan_in"):
                yield _lines(statement), name.removesuffix("_fan_in")
            case ast.Return(value=ast.Dict(keys=keys, values=values)):
                for key, value in zip(keys, values, strict=True):
                    assert isinstance(key, ast.Constant)
                    yield _lines(key, value), str(key.value).rpartition(".")[0]


def _entries(lines: list[str], within: range, layers: set[str]) -> _Owned:
    layer, depth = None, 0
    for number in within:
        line = lines[number - 1]
        if depth <= 0:  # else it continues a constant between braces
            match = _ENTRY.match(line)
            layer = _layer(match["node"] or match["declared"], layers) if match else None
        if layer:
            depth += line.count("{") - line.count("}")
            yield range(number, number + 1), layer


_READERS: dict[str, Callable[[ast.Module, list[str], Graph], _Owned]] = {
    "torch": _torch,
    "keras": _keras,
    "onnx": _onnx,
}
