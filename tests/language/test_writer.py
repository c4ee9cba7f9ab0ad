"""Fields as an author writes them: what is spelled means what it was made of."""

from typing import Any

import pytest
from hypothesis import given, settings
from support.networks import specs

import archc
from archc.errors import Source
from archc.language.reader import parse
from archc.language.writer import flow_yaml, spell
from archc.ops import OPS
from archc.ops.activations import Relu, ScaledTanh
from archc.ops.base import Op
from archc.ops.initializers import Initializer
from archc.ops.window import Padding, Pads


def read_back(op: Op) -> Op:
    """The operation that the fields of `op`, as they are spelled, describe."""
    fields = flow_yaml({name: spell(value) for name, value in op})
    return OPS[op.type].model_validate(parse(Source("", fields)).plain())


@given(text=specs())
@settings(max_examples=60)
def test_what_is_spelled_means_the_same_operation(text: str) -> None:
    for node in archc.parse(text).graph.nodes:
        assert read_back(node.op) == node.op


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((3, 3), "3"),
        ((3, 5), "[3, 5]"),
        (Padding(), "0"),
        (Padding(word="same_upper"), "same_upper"),
        (Padding(pads=Pads(1, 1, 2, 2)), "[1, 2]"),
        (Padding(pads=Pads(1, 0, 0, 2)), "{top: 1, right: 2}"),
        (Initializer(kind="constant", value=0.0), "0"),
        (Initializer(kind="constant", value=1e30), "1e+30"),
        (Initializer(kind="normal", value=0.01), "{normal: 0.01}"),
        (Initializer(kind="he_normal"), "he_normal"),
        (Relu(), "relu"),
        (ScaledTanh(slope=0.5), "{scaled_tanh: {slope: 0.5}}"),
        (("X.", ".X"), '"X.\\n.X"'),
        ((("X.", ".X"), ("..", "XX")), '"X.\\n.X\\n\\n..\\nXX"'),
        (None, "null"),
        (True, "true"),
        (1e-4, "0.0001"),
        ("null", '"null"'),
        ("layer1.0.conv1", "layer1.0.conv1"),
        ("1.0", '"1.0"'),
    ],
)
def test_values_are_spelled_as_briefly_as_can_be(value: Any, text: str) -> None:
    assert flow_yaml(spell(value)) == text
