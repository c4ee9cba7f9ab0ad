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
        ("activation: {leaky_relu: {}}", "leaky_relu requires the field 'slope'", "write {leaky_relu: {slope: …}}, usually 0.01 (PyTorch, ONNX), 0.1 (Darknet), 0.2 (TensorFlow) or 0.3 (Keras)"),
        ("activation: identity", "unknown activation 'identity'", "leave it out, or write null to cancel a default"),
        ("padding: {top: 1.0}", "top must be an integer, not 1.0", "write 1"),
        ("padding: {above: 1}", "unknown side 'above'", "known: top, bottom, left, right"),
        ("bias: yes", "bias must be true or false, not the string 'yes'", "write true"),
        ("bias: no", "bias must be true or false, not the string 'no'", "write false"),
        ("bias: On", "bias must be true or false, not the string 'On'", "write true"),
        ("bias: OFF", "bias must be true or false, not the string 'OFF'", "write false"),
        ("activation: gelu", "gelu requires the field 'form'", "write {gelu: {form: …}}, usually exact (PyTorch, Keras, ONNX) or tanh (Flax, GPT-2)"),
        ("stride: (2,2)", "stride must be an integer or [height, width], not the string '(2,2)'", "write 2 or [2, 2]"),
        ("stride: (2, 3)", "stride must be an integer or [height, width], not the string '(2,3)'", "write [2, 3]"),
        ("stride: 2x2", "stride must be an integer or [height, width], not the string '2x2'", "write 2 or [2, 2]"),
        ("stride: 2×3", "stride must be an integer or [height, width], not the string '2×3'", "write [2, 3]"),
        ("padding: reflect", "unknown padding 'reflect'", "archc has no such padding; known: valid, same, same_upper, same_lower"),
        ("padding: SAME", "unknown padding 'SAME'", "did you mean 'same'?"),
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


def test_a_tuple_in_a_block_is_one_value_too() -> None:
    found = only("layers:\n  - a:\n      type: max_pool\n      kernel: (3,5)\n")
    assert (found.code, found.help) == ("E203", "write [3, 5]")


def test_a_bracket_that_is_no_tuple_is_an_unknown_field() -> None:
    text = LAYER.replace("kernel: 3", "kernel: (3, bias: true, 3): 1")
    with pytest.raises(ArchcError) as caught:
        archc.parse(HEAD + text)
    assert [found.code for found in caught.value.diagnostics] == ["E203", "E201"]


@pytest.mark.parametrize(
    ("fields", "help"),
    [
        ("{type: batch_norm, momentum: 0.9}", "add epsilon: 1e-5 (PyTorch, ONNX, Caffe) or 1e-3 (Keras)"),
        ("{type: batch_norm, epsilon: 1e-5}", "add momentum: 0.9 (PyTorch's 0.1; ONNX) or 0.99 (Keras)"),
        ("{type: lrn, size: 5, k: 2, alpha: 1e-4, beta: 0.75}", "add over: sum (Krizhevsky et al. 2012, TensorFlow) or mean (PyTorch, ONNX, Caffe)"),
        ("{type: dropout}", "add rate: 0.5 (Krizhevsky et al. 2012, PyTorch)"),
        ("{type: leaky_relu}", "add slope: 0.01 (PyTorch, ONNX), 0.1 (Darknet), 0.2 (TensorFlow) or 0.3 (Keras)"),
        ("{type: gelu}", "add form: exact (PyTorch, Keras, ONNX) or tanh (Flax, GPT-2)"),
        ("{type: max_pool}", "add kernel: …"),
    ],
)  # fmt: skip
def test_a_missing_field_is_shown_with_its_usual_values(fields: str, help: str) -> None:
    assert only(f"layers:\n  - a: {fields}\n").help == help


@pytest.mark.parametrize(
    ("loss", "help"),
    [
        ("mse", "archc calls it 'mean_squared_error'"),
        ("CrossEntropyLoss", "archc calls it 'cross_entropy'"),
        ("bce", "archc has no binary cross-entropy"),
    ],
)
def test_a_loss_by_another_name(loss: str, help: str) -> None:
    assert only(LAYER + RECIPE.replace("cross_entropy", loss)).help == help
