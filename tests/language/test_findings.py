"""Wrong values in archc's words: what is expected, what stands there, and how to mend it."""

import pytest

import archc
from archc.errors import ArchcError, Diagnostic

HEAD = "archc: 1\nname: Net\ninput: {channels: 3, height: 8, width: 8}\n"
LAYER = "layers:\n  - a: {type: conv2d, filters: 4, kernel: 3}\n"
RECIPE = "train:\n  source: here\n  loss: cross_entropy\n"


def only(text: str) -> Diagnostic:
    with pytest.raises(ArchcError) as caught:
        archc.parse(HEAD + text)
    (found,) = caught.value.diagnostics
    return found


@pytest.mark.parametrize(
    ("field", "message", "help"),
    [
        ("init: {bias: he_normal}", "bias must be a number or a rule with a scale, such as {normal: 0.01}, not the string 'he_normal'", "it has no fan-in or fan-out to scale by"),
        ("init: {weight: normal}", "weight must be a rule with a scale, not the string 'normal'", "write {normal: …}"),
        ("init: {weight: [1]}", "weight must be a number, a rule (he_normal) or a rule with a scale ({normal: 0.01}), not [1]", ""),
        ("init: {weight: {gaussian: 1}}", "unknown initialiser 'gaussian'", "archc calls it 'normal'"),
        ("activation: 3", "activation must be a name (relu) or a one-key mapping ({leaky_relu: {slope: 0.1}}), not 3", ""),
        ("activation: {leaky_relu: {}}", "leaky_relu requires the field 'slope'", "write {leaky_relu: {slope: …}}"),
        ("activation: identity", "unknown activation 'identity'", "leave it out, or write null to cancel a default"),
        ("padding: {top: 1.0}", "top must be an integer, not 1.0", "write 1"),
        ("padding: {above: 1}", "unknown side 'above'", "known: top, bottom, left, right"),
        ("bias: yes", "bias must be true or false, not the string 'yes'", "write true"),
        ("stride: '2'", "stride must be an integer or [height, width], not the string '2'", "remove the quotes"),
    ],
)  # fmt: skip
def test_a_field_of_a_layer(field: str, message: str, help: str) -> None:
    found = only(LAYER.replace("kernel: 3", f"kernel: 3, {field}"))
    assert (found.message, found.help) == (message, help)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (LAYER + "notes: [3]\n", (6, 9), "notes must be text, not 3"),
        (LAYER + RECIPE + "  schedule: {type: stages, rates: []}\n", (9, 35), "rates must be a list of at least 1, not []"),
        (LAYER + RECIPE + "  schedule: plateau\n", (9, 13), "schedule must be a mapping with a type, not the string 'plateau'"),
        (LAYER + RECIPE + "  schedule: {epochs: 3}\n", (9, 13), "schedule requires the field 'type'"),
    ],
)  # fmt: skip
def test_a_field_of_the_spec(text: str, place: tuple[int, int], message: str) -> None:
    found = only(text)
    assert found.span is not None
    assert ((found.span.line, found.span.column), found.message) == (place, message)


@pytest.mark.parametrize("name", ["init", "relu", "a"])
def test_published_figures_of_a_layer_whatever_it_is_called(name: str) -> None:
    figures = f"expect:\n  - source: here\n    layers: {{{name}: {{marcs: 1}}}}\n"
    found = only(LAYER + figures)
    assert found.code == "E201"
    assert found.message == f"{name} has no field 'marcs'"
    assert found.help == "did you mean 'macs'?"


def test_a_misspelt_field_is_not_also_missing() -> None:
    found = only("layers:\n  - a: {type: conv2d, out_channels: 4, kernel: 3}\n")
    assert (found.code, found.help) == ("E201", "archc calls it 'filters'")
