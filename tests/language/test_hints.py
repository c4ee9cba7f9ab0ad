"""Values that only look right, and the words that other tools have for them: what the help says."""

import pytest

import archc
from archc.errors import ArchcError

HEAD = "archc: 1\nname: Net\ninput: {channels: 3, height: 8, width: 8}\nlayers:\n  - a: "
CONV = "type: conv2d, filters: 4"


def helps(layer: str) -> list[str]:
    with pytest.raises(ArchcError) as caught:
        archc.parse(HEAD + "{" + layer + "}")
    return [diagnostic.help for diagnostic in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("layer", "help"),
    [
        (f"{CONV}, kernel: [3]", "write 3 or [3, 3]"),
        (f"{CONV}, kernel: [3, 3, 3]", "write 3 or [3, 3]"),
        (f"{CONV}, kernel: [3, 5, 3]", ""),
        (f"{CONV}, kernel: []", ""),
        (f"{CONV}, kernel: [a]", ""),
        (f'{CONV}, kernel: "3x5"', "write [3, 5]"),
        (f'{CONV}, kernel: "3"', "remove the quotes"),
        (f"{CONV}, kernel: 3.0", "write 3"),
        (
            f"{CONV}, kernel: 3, padding: [1, 1, 1, 1]",
            "name the sides: {top: …, bottom: …, left: …, right: …}",
        ),
        (
            f"{CONV}, kernel: 3, bias: 0",
            "whether there is one; how it begins is init: {bias: 0}",
        ),
        (
            f"{CONV}, kernel: 3, bias: 0.1",
            "whether there is one; how it begins is init: {bias: 0.1}",
        ),
        (f"{CONV}, kernel: 3, bias: 'false'", "remove the quotes"),
        (f"{CONV}, kernel: 3, bias: no", "write false"),
        (f"{CONV}, kernel: 3, bias: maybe", ""),
        ("type: max_pool, kernel: 2, ceil_mode: 1", "write true"),
        ("type: max_pool, kernel: 2, ceil_mode: 0", "write false"),
        (f"{CONV}, kernel: 3, init: he_normal", "write {weight: he_normal}"),
        (f"{CONV}, kernel: 3, init: kaiming", "write {weight: he_normal}"),
        (
            f"{CONV}, kernel: 3, init: {{weight: {{normal: [0, 0.01]}}}}",
            "the mean is always 0: write {normal: 0.01}",
        ),
        (f"{CONV}, kernel: 3, init: {{weight: {{constant: [0]}}}}", ""),
        ("type: dropout, rate: 50%", "write 0.5"),
        ("type: dropout, rate: half", ""),
        (f"{CONV}, kernel: 3, activation: [relu]", "write relu"),
        (f"{CONV}, kernel: 3, activation: {{type: relu}}", "write relu"),
        (f"{CONV}, kernel: 3, activation: {{relu: 1}}", "write relu"),
        (f"{CONV}, kernel: 3, activation: {{leaky_relu: 0.1}}", "write {leaky_relu: {slope: 0.1}}"),
        (
            f"{CONV}, kernel: 3, activation: {{type: leaky_relu, slope: 0.2}}",
            "write {leaky_relu: {slope: 0.2}}",
        ),
        (f"{CONV}, kernel: 3, activation: {{gelu: tanh}}", "write {gelu: {form: tanh}}"),
        (
            f"{CONV}, kernel: 3, activation: {{relu: {{}}, tanh: {{}}}}",
            "a layer has one: make the second a layer of its own, such as - act: {type: relu}",
        ),
        (f"{CONV}, kernel: 3, activation: {{rule: 1}}", ""),
        (f"{CONV}, kernel: 3, activation: true", ""),
    ],
)
def test_a_value_that_only_looks_right(layer: str, help: str) -> None:
    assert helps(layer) == [help]


@pytest.mark.parametrize(
    "layer",
    [
        f"{CONV}, kernel: [3, 3]",
        f"{CONV}, kernel: 3, padding: {{top: 1, bottom: 1, left: 1, right: 1}}",
        f"{CONV}, kernel: 3, init: {{bias: 0.1}}",
        f"{CONV}, kernel: 3, init: {{weight: he_normal}}",
        f"{CONV}, kernel: 3, activation: {{leaky_relu: {{slope: 0.1}}}}",
        f"{CONV}, kernel: 3, activation: {{gelu: {{form: tanh}}}}",
    ],
)
def test_what_a_help_says_to_write_is_valid(layer: str) -> None:
    archc.parse(HEAD + "{" + layer + "}")


@pytest.mark.parametrize(
    ("layer", "help"),
    [
        (f"{CONV}, kernel: 3, ceil_mode: true", "a convolution rounds down; only pools have ceil_mode: pad more"),
        ("type: max_pool, kernel: 2, count_padding: true", "padding is never the largest, so it does not count: leave it out"),
        ("type: avg_pool, kernel: 2, global_pooling: true", "for one value a map, write a kernel as large as the map"),
        ("type: max_pool, kernel: 2, mode: max", "the type says it: max_pool or avg_pool"),
        ("type: relu, negative_slope: 0.1", "that is another function: {type: leaky_relu, slope: …}"),
        ("type: relu, max_value: 6", "the language has no relu6"),
        ("type: activation", "its function is the type: {type: relu}"),
        ("type: pooling", "archc calls it 'max_pool', or 'avg_pool' for the mean"),
        ("type: DepthwiseConv2D", "archc calls it 'conv2d', with groups: the number of its input maps"),
        ("type: normalization", "archc calls it 'batch_norm', or 'lrn', across channels"),
    ],
)  # fmt: skip
def test_a_word_from_elsewhere(layer: str, help: str) -> None:
    assert help in helps(layer)
