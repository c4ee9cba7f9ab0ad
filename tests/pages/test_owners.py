"""Which lines of a generated file light up with a layer: those that define it, whatever its name."""

from collections import Counter

import pytest
from hypothesis import given, settings
from support.networks import specs

import archc
from archc.errors import ArchcError
from archc.language.shipped import shipped
from archc.pages.owners import owners
from archc.targets.render import parts

TARGETS = ("torch", "keras", "onnx")
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
    text = net.compile(target)
    found = owners(target, text, net.graph)
    return [
        line.strip() for n, line in enumerate(text.splitlines(), 1) if found.get(n) == layer
    ]  # fmt: skip


def test_a_residual_join_lights_what_makes_it_and_nothing_that_reads_it() -> None:
    assert lit(WORDS, "torch", "add") == ["add = F.relu(bias + padding)  # 4x5x5"]
    assert lit(WORDS, "torch", "cat") == ["x = torch.cat([add, bias], dim=1)  # 8x5x5"]
    assert lit(WORDS, "keras", "add") == [
        'add = layers.Add(name="add_pre")([bias, padding])',
        'add = layers.ReLU(name="add")(add)  # 5x5x4',
    ]
    assert lit(WORDS, "onnx", "add") == [
        "[add_pre] add_pre = Add (bias, padding)",
        "[add] add = Relu (add_pre)",
    ]


def test_a_layer_called_like_a_function_lights_its_own_lines_alone() -> None:
    assert lit(WORDS, "torch", "relu") == ["self.relu = nn.ReLU()", "relu = self.relu(x)"]
    assert lit(WORDS, "keras", "relu") == ['relu = layers.ReLU(name="relu")(x)']
    assert lit(WORDS, "onnx", "relu") == ["[relu] relu = Relu (kernel)"]


def test_keyword_arguments_and_help_texts_are_no_layers() -> None:
    assert lit(WORDS, "torch", "padding") == [
        "self.padding = nn.Conv2d(4, 4, kernel_size=1, stride=2)",
        "padding = F.leaky_relu(self.padding(relu), negative_slope=0.1)  # 4x5x5",
    ]
    for target in ("torch", "keras"):
        lines = lit(WORDS, target, "kernel")
        assert all(
            "kernel = " in line or 'name="kernel"' in line or "x = " in line for line in lines
        )
    assert lit(WORDS, "onnx", "out") == [
        'float[3, 5]       "out.weight",     float[3] "out.bias"',
        '[out_pre] out_pre = Gemm <transB = 1> (units, "out.weight", "out.bias")',
        "[out] out = Softmax <axis = 1> (out_pre)",
        '"out.weight": np.sqrt(6 / (5 + 3)) * random.uniform(-1, 1, (3, 5)),',
        '"out.bias": np.zeros(3),',
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
    """Every line that a target says of the layers is one layer's, and no other line is."""
    for target in TARGETS:
        try:
            text = net.compile(target)
        except ArchcError:
            continue  # Keras refuses some
        found = owners(target, text, net.graph)
        assert {*found.values()} == {node.name for node in net.graph.nodes}
        context = parts(net.graph, target)
        told = [
            f'{name} = """\n' + "\n".join(lines) + '\n"""' for name, lines in context["drawings"]
        ]
        for part in ("attributes", "steps", "declarations", "lines", "fan_ins"):
            told += context.get(part, ())
        told += context["draws"] if target == "onnx" else ()
        expected = Counter(line.strip().rstrip(",") for each in told for line in each.split("\n"))
        lines = text.splitlines()
        assert Counter(lines[number - 1].strip().rstrip(",") for number in found) == expected


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_network_is_lit_to_the_last_line(name: str) -> None:
    held(archc.load(name))


@settings(max_examples=60)
@given(specs())
def test_any_network_is_lit_to_the_last_line(text: str) -> None:
    held(archc.parse(text))


def test_a_network_of_odd_names_is_lit_to_the_last_line() -> None:
    held(WORDS)
