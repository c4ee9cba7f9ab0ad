"""Every operation has a label, a colour and, where it can be a mark, an icon; captions say all."""

import re
from itertools import pairwise

import pytest
from support.scenes import HEAD

import archc
from archc.ops import OPS
from archc.ops.activations import ACTIVATIONS
from archc.picture.icons import BARS, CURVES, OTHERS, SIZE, icon
from archc.picture.items import Item
from archc.picture.legend import swatches
from archc.picture.picture import picture
from archc.picture.scene import Text
from archc.picture.theme import HUES, THEMES
from archc.picture.words import label

MARKS = {
    name: op.model_construct()
    for name, op in OPS.items()
    if op.keeps_shape or op.traits.shares == "always"
}
SHAPED = ("relu", "leaky_relu", "gelu", "tanh", "scaled_tanh", "sigmoid")
"""The activations that have a curve of one input."""


def words(text: str, style: str) -> list[str]:
    """The texts of a network of these layers."""
    return [found.text for found in picture(archc.parse(HEAD + text).graph, style).texts()]


def test_every_operation_has_a_label_and_a_colour() -> None:
    labels = [label(op.model_construct()) for op in OPS.values()]
    assert len({*labels}) == len(OPS)
    assert not any("_" in text for text in labels)
    assert {"input", *(op.family for op in OPS.values())} == HUES.keys()


def test_icons_are_of_operations_and_families_that_there_are() -> None:
    assert MARKS.keys() == {*ACTIVATIONS, "lrn", "batch_norm", "dropout", "flatten"}
    assert {*CURVES, *BARS, *OTHERS} <= {*MARKS, *(op.family for op in MARKS.values())}


def test_an_operation_without_an_icon_has_its_familys() -> None:
    def drawn(kind: str) -> object:
        return icon(MARKS[kind], 0, 0, "#000000")

    assert drawn("tanh") == drawn("scaled_tanh") == drawn("sigmoid")
    assert drawn("lrn") == drawn("batch_norm")
    own = MARKS.keys() & {*CURVES, *BARS, *OTHERS}
    assert own == {"relu", "leaky_relu", "gelu", "softmax", "dropout"}
    assert len({drawn(kind) for kind in own | {"tanh", "lrn", "flatten"}}) == 8


@pytest.mark.parametrize("op", MARKS)
def test_an_icon_stands_in_its_square(op: str) -> None:
    for part in icon(MARKS[op], 10, 20, "#000000"):
        box = part.box
        assert 10 <= box.left < box.right <= 10 + SIZE + 1e-9
        assert 20 - SIZE - 1e-9 <= box.top < box.bottom <= 20 + 1e-9


@pytest.mark.parametrize("op", SHAPED)
def test_a_curve_has_the_shape_of_its_function(op: str) -> None:
    """Its slopes at both ends and whether it falls on the way, beside those of the function."""
    curve = CURVES.get(op, CURVES["activation"])
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = *curve[:2], *curve[-2:]
    left, right = (y1 - y0) / (x1 - x0), (y3 - y2) / (x3 - x2)
    falls = any(after[1] < before[1] for before, after in pairwise(curve))
    assert falls == (op == "gelu")
    if op in ("tanh", "scaled_tanh", "sigmoid"):
        assert 0 <= left < 0.3 and 0 <= right < 0.3
        assert {(round(1 - x, 9), round(1 - y, 9)) for x, y in curve} == set(curve)
    else:
        assert right > 1
        assert (left > 0) == (op == "leaky_relu")


def test_normalisation_is_what_it_is_called() -> None:
    assert OPS["lrn"].family == OPS["batch_norm"].family == "normalisation"
    said = words("  - a: {type: batch_norm, epsilon: 1e-5, momentum: 0.9}\n", "flow")
    assert "normalisation" in said
    assert "in place" not in said


def test_the_legend_names_what_has_no_colour_of_its_own() -> None:
    graph = archc.load("alexnet").graph
    items = [Item(node.name, node, node.shape, node.inputs) for node in graph.nodes]
    labels = [
        part.text
        for e in swatches(items, THEMES["light"])
        for part in e.parts
        if isinstance(part, Text)
    ]
    assert labels == ["convolution", "pooling", "dense", "normalisation", "flatten, dropout"]


WINDOWS = {
    "kernel: 5": "5×5",
    "kernel: 5, padding: 2": "5×5, pad 2",
    "kernel: [1, 5], padding: [0, 2]": "1×5, pad 0×2",
    "kernel: 3, stride: 2, padding: same_upper": "3×3 /2, pad 0,1,0,1",
    "kernel: [1, 5], dilation: 2": "1×5, dilation 2",
    "kernel: 3, stride: [1, 2], dilation: [1, 2]": "3×3 /1×2, dilation 1×2",
    "kernel: 3, groups: 4": "3×3",  # four towers
    "kernel: 3, groups: 12": "3×3, 12 groups",
}


@pytest.mark.parametrize("style", ["blocks", "lenet"])
@pytest.mark.parametrize("fields", WINDOWS)
def test_a_caption_says_the_window_and_what_is_not_plain(fields: str, style: str) -> None:
    layers = "  - a: {type: conv2d, filters: 12, kernel: 1}\n"
    said = words(f"{layers}  - b: {{type: conv2d, filters: 12, {fields}}}\n", style)
    assert WINDOWS[fields] in said


@pytest.mark.parametrize("style", ["blocks", "lenet"])
def test_a_long_window_goes_on_in_a_line_of_its_own(style: str) -> None:
    fields = "kernel: 3, stride: 2, padding: 1, dilation: 2, groups: 12"
    layers = "  - a: {type: conv2d, filters: 12, kernel: 1}\n"
    said = words(f"{layers}  - b: {{type: conv2d, filters: 12, {fields}}}\n", style)
    assert said[said.index("3×3 /2, pad 1") + 1] == "dilation 2, 12 groups"


def test_flow_says_all_of_a_layer_in_one_line() -> None:
    fields = "kernel: 3, stride: 2, padding: 1, dilation: 2, groups: 4, activation: tanh"
    said = words(f"  - a: {{type: conv2d, filters: 12, {fields}}}\n", "flow")
    assert "convolution 3×3 /2, pad 1, dilation 2, 4 groups, tanh" in said


def test_flow_counts_fixed_numbers_too() -> None:
    assert "8 + 8 fixed" in words(
        "  - a: {type: batch_norm, epsilon: 1e-5, momentum: 0.9}\n", "flow"
    )
    text = [found.text for found in picture(archc.load("lenet5-1998").graph, "flow").texts()]
    assert "840 fixed" in text


@pytest.mark.parametrize("style", ["blocks", "lenet", "flow"])
def test_words_are_those_of_the_field(style: str) -> None:
    said = " ".join(
        text.text
        for name in ("alexnet", "alexnet-bn", "lenet5", "lenet5-1998")
        for text in picture(archc.load(name).graph, style).texts()
    )
    assert not re.search(r"\b(max_pool|avg_pool|lrn|batch_norm|conv2d|scaled_tanh|relu)\b", said)
    assert "trained" not in said


def test_one_is_not_many() -> None:
    head = "archc: 1\nname: Net\ninput: {channels: 1, height: 1, width: 1}\nlayers:\n"
    text = head + "  - a: {type: conv2d, filters: 1, kernel: 1, bias: false}\n"
    said = [found.text for found in picture(archc.parse(text).graph).texts()]
    assert "1 layer · 1 parameter · 1 multiply-accumulate" in said
    net = archc.parse(text)
    assert repr(net) == "<Network Net: 1 layer, 1 parameter>"
    assert repr(net.summary(["macs"])) == "<Summary of Net: 1 layer, 2 columns>"
    assert "\n1 parameter, 1 multiply-accumulate per image\n" in net.compile("torch")
