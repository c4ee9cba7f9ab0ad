"""Every operation is spelled by every target, and no field of one is dropped by any."""

import ast
import re

import numpy as np
import pytest
from support.cases import CASES, Fields, network

import archc
from archc.files.locations import TEMPLATES
from archc.language.reserved import DERIVED
from archc.ops import OPS
from archc.ops.activations import ACTIVATIONS
from archc.targets import TARGETS
from archc.targets.onnx.declarations import BY_WEIGHTS, DRAWN, NOTES


def render(kind: str, fields: Fields, target: str) -> str:
    """The file of that network."""
    return archc.parse(network(kind, fields)).compile(target)


def test_every_operation_has_a_template_in_every_target() -> None:
    for target in TARGETS:
        made = {path.name.partition(".")[0] for path in (TEMPLATES / target / "ops").iterdir()}
        shared = (TEMPLATES / target / "ops" / "activations.py.jinja").read_text()
        lines = set(re.findall(r"macro (\w+)\(", shared))
        assert lines <= set(ACTIVATIONS)
        assert not lines & made
        assert (made - {"activations", "_default"}) | lines == set(OPS)


def test_every_operation_and_every_field_has_a_case() -> None:
    assert set(CASES) == set(OPS)
    for kind, op in OPS.items():
        assert {"type", *CASES[kind].others} == set(op.model_fields), kind


def essence(text: str, target: str, field: str, kind: str) -> str:
    """What a file does with the layer `a`, without comments, docstrings and counts."""
    tree = ast.parse(text)
    if field == "codes":
        return text[text.index("A_CODES") :]
    if target == "onnx":
        graph = text.split('GRAPH = """')[1].split('"""')[0]
        declared, _, nodes = graph.partition("\n{\n")
        constants = "\n".join(line for line in declared.split("\n") if " a_" in line)
        told = NOTES.get((kind, field), ())
        if BY_WEIGHTS in told or DRAWN in told or field == "connections":
            return graph + text[text.index("def initial_weights") :]
        return constants + nodes.partition("\n}\n")[0]
    kept = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.Return)):
            kept.append(ast.unparse(node))
        elif isinstance(node, ast.FunctionDef) and node.name == "init_weights":
            kept.append(ast.unparse(node) if field == "init" else "")
        elif isinstance(node, ast.FunctionDef):
            kept.append(ast.unparse(node.args))
    return "\n".join(kept)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("kind", OPS)
def test_every_field_reaches_the_target(kind: str, target: str) -> None:
    base, variants = CASES[kind].fields, CASES[kind].others
    for field, values in variants.items():
        texts = {"": essence(render(kind, base, target), target, field, kind)}
        for value in values:
            text = essence(render(kind, {**base, field: value}, target), target, field, kind)
            twin = next((what for what, seen in texts.items() if seen == text), None)
            assert twin is None, f"{target}: {field} {value} reads like {twin or 'the default'}"
            texts[f"{field} {value}"] = text


@pytest.mark.parametrize("target", TARGETS)
def test_dilation_reaches_the_target(target: str) -> None:
    """On a stride of 1: Keras refuses it beside any other."""
    fields = {"filters": 4, "kernel": 3}
    texts = [render("conv2d", {**fields, "dilation": d}, target) for d in (1, 2, [1, 2], [2, 1])]
    assert len({essence(text, target, "dilation", "conv2d") for text in texts}) == 4


@pytest.mark.parametrize("target", TARGETS)
def test_connections_reach_the_target(target: str) -> None:
    fields = {"filters": 3, "kernel": 3, "init": {"weight": "lecun_uniform"}}
    tables = (None, "XXX\nXXX", "XX.\n.XX", "X.X\n.XX")
    texts = [render("conv2d", {**fields, "connections": table}, target) for table in tables]
    assert len({essence(text, target, "connections", "conv2d") for text in texts}) == 4


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_arranged_for_a_framework_comes_back_as_it_was(target: str) -> None:
    for kind in OPS:
        node = archc.parse(network(kind, CASES[kind].fields)).graph.output
        for weight in node.weights:
            home = TARGETS[target].home(node, weight)
            array = np.arange(weight.size).reshape(weight.shape)
            arranged = home.arranged(array)
            assert arranged.shape == home.stored
            assert (home.canonical(arranged, weight.shape) == array).all()


def test_every_name_that_a_template_derives_is_refused_to_layers() -> None:
    used = {"pre", "connections", "codes", "fan_in"}  # what archc/targets adds itself
    for path in TEMPLATES.glob("*/ops/*.jinja"):
        for pair in re.findall(
            r"(?:name|identifier) }}_(\w+)|(?:name|identifier) ~ \"_(\w+)\"", path.read_text()
        ):
            used |= {suffix for suffix in pair if suffix}
    assert used == set(DERIVED)


def test_the_imports_point_downwards() -> None:
    from importlinter.cli import lint_imports

    assert lint_imports(config_filename=str(TEMPLATES.parent / "pyproject.toml")) == 0


def test_no_module_is_too_long_to_read_at_one_sitting() -> None:
    for path in (TEMPLATES.parent / "archc").rglob("*.py"):
        assert len(path.read_text().splitlines()) <= 400, path
