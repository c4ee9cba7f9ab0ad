"""Layers taken apart, defaults filled in, and what is wrong with either."""

import pytest

from archc.errors import Source
from archc.language.elaborate import MOST_MALFORMED, Document, elaborate
from archc.language.reader import parse


def read(text: str) -> Document:
    return elaborate(parse(Source("spec.yaml", text)))


def test_a_layer_has_its_own_fields_over_those_of_its_type() -> None:
    document = read(
        "defaults: {dense: {bias: false, activation: {gelu: {form: exact}}, init: {weight: 1, bias: 2}}}\n"
        "layers: [a: {type: dense, units: 3, activation: relu, init: {bias: 4}}, b: {type: relu}]"
    )
    assert not document.diagnostics
    assert [(layer.name, layer.type, layer.fields.plain()) for layer in document.layers] == [
        (
            "a",
            "dense",
            {
                "type": "dense",
                "units": 3,
                "bias": False,
                "activation": "relu",
                "init": {"weight": 1, "bias": 4},
            },
        ),
        ("b", "relu", {"type": "relu"}),
    ]


def test_a_field_of_the_defaults_is_placed_there() -> None:
    (layer,) = read("defaults: {dense: {bias: no}}\nlayers: [a: {type: dense, units: 3}]").layers
    assert (layer.fields.place("bias").line, layer.fields.place("units").line) == (1, 2)


@pytest.mark.parametrize(
    ("defaults", "message", "help"),
    [
        ("{conv: {}}", "unknown type 'conv'", "archc calls it 'conv2d'"),
        ("{conv2: {}}", "unknown type 'conv2'", "did you mean 'conv2d'?"),
        ("{conv2d: 3}", "conv2d must be a mapping of fields, not 3", ""),
        ("{conv2d: {from: a}}", "defaults for conv2d has no field 'from'", "each layer has its own"),
        ("{conv2d: {type: relu}}", "defaults for conv2d has no field 'type'", "each layer has its own"),
    ],
)  # fmt: skip
def test_defaults_that_reach_no_layer_by_mistake(defaults: str, message: str, help: str) -> None:
    (found,) = read(f"defaults: {defaults}\nlayers: [a: {{type: conv2d}}]").diagnostics
    assert (found.message, found.help) == (message, help)


@pytest.mark.parametrize(
    ("layer", "example"),
    [
        ("conv1", "conv1"),
        ("3x3", "layer2"),
        ("[1]", "layer2"),
        ("{conv1: 3}", "conv1"),
        ("{type: conv2d}", "layer2"),
        ("{name: conv1, type: conv2d}", "conv1"),
    ],
)
def test_a_malformed_layer_is_shown_as_it_would_be_written(layer: str, example: str) -> None:
    document = read(f"layers: [a: {{type: relu}}, {layer}, b: {{type: relu}}]")
    assert [layer.name for layer in document.layers] == ["a", "b"]
    (found,) = document.diagnostics
    assert (found.code, found.help) == ("E206", f"write - {example}: {{type: …}}")


def test_very_many_malformed_layers_are_not_all_reported() -> None:
    document = read(f"layers: [{'3, ' * (MOST_MALFORMED + 9)} a: {{type: relu}}]")
    assert len(document.diagnostics) == MOST_MALFORMED + 1
    assert document.layers == ()
