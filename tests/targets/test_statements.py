"""Which lines of a generated file belong to a layer: those that define it, whatever its name."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from support.networks import specs

import archc
from archc.errors import ArchcError
from archc.language.shipped import shipped
from archc.targets import TARGETS
from archc.targets.render import parts, render
from archc.targets.statements import Statement

WORDS = archc.parse(
    """
archc: 1
name: Words
input: {channels: 4, height: 9, width: 9}
layers:
  - kernel: {type: conv2d, filters: 4, kernel: 3, padding: 1}
  - relu: {type: relu}
  - bias: {type: conv2d, filters: 4, kernel: 3, padding: same_upper, stride: 2, init: {weight: {normal: 0.012345678}}}
  - padding: {type: conv2d, from: relu, filters: 4, kernel: 1, stride: 2, activation: {leaky_relu: {slope: 0.1}}}
  - add: {type: add, from: [bias, padding], activation: relu}
  - cat: {type: concat, from: [add, bias]}
  - flat: {type: flatten}
  - random: {type: dense, units: 6, activation: tanh}
  - units: {type: dense, units: 5, activation: relu}
  - out: {type: dense, units: 3, activation: softmax}
"""
)


def lit(net: archc.Network, target: str, layer: str) -> list[str]:
    """The lines that light up with a layer."""
    file = render(net.graph, target, net.stem)
    lines = file.text.splitlines()
    return [lines[n - 1].strip() for n, owner in file.layers.items() if owner == layer]


def test_a_residual_join_lights_what_makes_it_and_nothing_that_reads_it() -> None:
    assert lit(WORDS, "torch", "add") == ["add = F.relu(bias + padding)  # 4x5x5"]
    assert lit(WORDS, "torch", "cat") == ["x = torch.cat([add, bias], dim=1)  # 8x5x5"]
    assert lit(WORDS, "keras", "add") == [
        'add = layers.Add(name="add")([bias, padding])',
        'add = layers.ReLU(name="add_relu")(add)  # 5x5x4',
    ]
    assert lit(WORDS, "onnx", "add") == [
        "add_pre = Add (bias, padding)",
        "add = Relu (add_pre)",
    ]


def test_a_layer_called_like_a_function_lights_its_own_lines_alone() -> None:
    assert lit(WORDS, "torch", "relu") == ["relu = F.relu(x)"]
    assert lit(WORDS, "keras", "relu") == ['relu = layers.ReLU(name="relu")(x)']
    assert lit(WORDS, "onnx", "relu") == ["relu = Relu (kernel)"]


def test_keyword_arguments_and_help_texts_are_no_layers() -> None:
    assert lit(WORDS, "torch", "padding") == [
        "self.padding = nn.Conv2d(4, 4, kernel_size=1, stride=2)",
        "padding = F.leaky_relu(self.padding(relu), negative_slope=0.1)  # 4x5x5",
    ]
    assert lit(WORDS, "torch", "kernel") == [
        "self.kernel = nn.Conv2d(4, 4, kernel_size=3, padding=1)",
        "x = self.kernel(x)  # 4x9x9",
    ]
    assert "".join(lit(WORDS, "keras", "kernel")).count("name=") == 1
    assert lit(WORDS, "onnx", "out") == [
        'float[3, 5]       "out.weight",     float[3] "out.bias"',
        'out_pre = Gemm <transB = 1> (units, "out.weight", "out.bias")',
        "out = Softmax <axis = 1> (out_pre)",
        '"out.weight": uniform(rng, (6 / (5 + 3)) ** 0.5, (3, 5)),',
        '"out.bias": np.zeros(3, np.float32),',
    ]
    assert not any("default_rng" in line for line in lit(WORDS, "onnx", "random"))


def test_all_lines_of_a_statement_light_up() -> None:
    (text,) = [line for line in lit(WORDS, "keras", "bias") if "0.012345678" in line]
    lines = lit(WORDS, "keras", "bias")
    assert text in lines[1:-1]
    assert lines[-1].startswith(")(")
    bitmaps = lit(archc.load("lenet5-1998"), "torch", "out")
    assert bitmaps[0] == 'OUT_CODES = """' and bitmaps[-3] == '"""'


def held(net: archc.Network) -> None:
    """Every layer has its lines, all that a target tells of it and in its own order, and each layer's
    output is made by one of them."""
    for target in TARGETS:
        try:
            file = render(net.graph, target, net.stem)
        except ArchcError:
            continue  # Keras refuses some
        names = [node.name for node in net.graph.nodes]
        assert {*file.layers.values()} == {*names}
        assert [*file.outputs] == names
        assert not re.search(r"[\x00-\x08\x0b-\x1f]", file.text)
        shown = [part for part in parts(net.graph, target).values() if isinstance(part, list)]
        told = [one for part in shown for one in part if isinstance(one, Statement)]
        placed = [place.statement for place in file.places]
        assert Counter((one.node.name, one.text) for one in placed) == Counter(
            (one.node.name, one.text) for one in told
        )
        lines = file.text.splitlines()
        for place in file.places:
            found = "\n".join(lines[place.first - 1 : place.last])
            assert place.statement.lines.strip() in found  # a separator may stand behind it


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_network_is_lit_to_the_last_line(name: str) -> None:
    held(archc.load(name))


@settings(max_examples=60)
@given(specs())
def test_any_network_is_lit_to_the_last_line(text: str) -> None:
    held(archc.parse(text))


def test_a_network_of_odd_names_is_lit_to_the_last_line() -> None:
    held(WORDS)
