"""All errors at once: what is known of a layer that is wrong, and of those behind it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.networks import specs

import archc
from archc.errors import ArchcError, Diagnostic

HEAD = "archc: 1\nname: Net\ninput: {channels: 3, height: 8, width: 8}\nlayers:\n"
TOO_LARGE = "  - z: {type: conv2d, filters: 4, kernel: 9}\n"


def found(text: str) -> list[Diagnostic]:
    with pytest.raises(ArchcError) as caught:
        archc.parse(HEAD + text)
    return list(caught.value.diagnostics)


def codes(text: str) -> list[str]:
    return [diagnostic.code for diagnostic in found(text)]


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        ("{type: conv2d, filters: 4, kernel: 3, activation: swish}", "E205"),
        ("{type: conv2d, filters: 4, kernel: 3, activation: leaky_relu}", "E202"),
        ("{type: conv2d, filters: 4, kernel: 3, bias: yes}", "E203"),
        ("{type: conv2d, filters: 4, kernel: 3, init: {weight: he}}", "E205"),
        ("{type: conv2d, filters: 4, kernel: 3, init: {wieght: 0}}", "E201"),
        ("{type: conv2d, out_channels: 4, kernel: 3}", "E201"),
        ("{type: conv2d, filters: 4, kernal: 3}", "E201"),
        ("{type: conv2d, filters: 4, kernel: 3, in_channels: 3}", "E201"),
        ("{type: conv2d, filters: 4, kernel: 3, actvation: relu}", "E201"),
        ("{type: avg_pool, kernel: 3, stride: 1, count_padding: 1}", "E203"),
        ("{type: rleu}", "E205"),
        ("{type: swish}", "E205"),
        ("{type: dropuot, rate: 0.5}", "E205"),
        ("{type: batch_norm}", "E202"),
        ("{type: batch_norm, epsilon: 0, momentum: 2}", "E204"),
        ("{type: lrn, size: 4, k: 2, alpha: 1, beta: 1}", "E212"),
        ("{type: dropout, p: 0.5}", "E201"),
    ],
)
def test_the_shape_behind_a_wrong_layer_is_known(layer: str, code: str) -> None:
    assert {*codes(f"  - a: {layer}\n{TOO_LARGE}")} >= {code, "E304"}


@pytest.mark.parametrize(
    "layer",
    [
        "{type: conv2d, filters: 4, kernel: [3]}",
        "{type: conv2d, kernel: 3}",
        "{type: conv2d, filters: 4, kernel: 3, strid: x}",
        "{type: conv2d, filters: 4, kernel: 3, whatever: 1}",
        "{type: max_pool, kernel: 3, dilation: 2}",
        "{type: conv1d, filters: 4, kernel: 3}",
        "{type: upsample}",
        "{type: 3}",
        "{filters: 3}",
    ],
)
def test_a_layer_of_unknown_shape_says_nothing_of_those_behind_it(layer: str) -> None:
    assert "E304" not in codes(f"  - a: {layer}\n{TOO_LARGE}")
    assert "E304" in codes(
        f"  - a: {layer}\n{TOO_LARGE.replace('kernel: 9', 'kernel: 9, from: input')}"
    )


def test_an_unknown_type_poisons_only_what_depends_on_it() -> None:
    text = (
        "  - a: {type: conv3x, filters: 4}\n"
        "  - b: {type: conv2d, filters: 4, kernel: 3}\n"
        "  - c: {type: max_pool, kernel: 9, from: input}\n"
        "  - d: {type: add, from: [a, q]}\n"
        "  - e: {type: relu, from: a}\n"
    )
    assert [str(d).partition("\n")[0].partition(": error ")[2] for d in found(text)] == [
        "E205 [unknown-name]: unknown type 'conv3x'",
        "E304 [kernel-too-large]: the kernel of 9×9 is larger than its input of 8×8",
        "E301 [unknown-layer]: unknown layer 'q'",
    ]


def test_what_no_layer_reads_is_told_beside_other_errors() -> None:
    text = (
        "  - a: {type: rleu}\n  - b: {type: relu, from: input}\n  - c: {type: unheard, from: q}\n"
    )
    assert codes(text) == ["E205", "E205", "E301"]
    assert codes(text.replace("from: q", "from: a")) == ["E205", "E303", "E205"]


@pytest.mark.parametrize("field", ["year: old", "train: {loss: x}", "title: 3", "extra: 1"])
def test_a_wrong_field_of_the_spec_hides_no_shape(field: str) -> None:
    assert "E304" in codes(f"{TOO_LARGE}{field}\n")


def test_a_connection_table_without_its_rule_is_not_refused_for_the_default() -> None:
    table = 'connections: "X\\nX\\nX"'
    layer = f"  - a: {{type: conv2d, filters: 1, kernel: 3, {table}, init: {{weight: he}}}}\n"
    assert codes(layer) == ["E205"]


@settings(max_examples=60)
@given(specs(), st.data())
def test_a_wrong_activation_adds_no_error_to_a_valid_network(
    text: str, data: st.DataObject
) -> None:
    """Whatever is repaired, the shapes behind it are those of the network without the fault."""
    net = archc.parse(text)
    fields = [layer for layer in net.spec.layers if hasattr(layer.op, "activation")]
    if not fields:
        return
    name = data.draw(st.sampled_from(fields)).name
    with pytest.raises(ArchcError) as caught:
        archc.parse(text, overrides={f"{name}.activation": "swish"})
    assert {d.code for d in caught.value.diagnostics} == {"E205"}


def test_the_fields_of_a_type_under_another_name_are_checked_at_once() -> None:
    text = "  - a: {type: Conv2d, out_channels: 4, kernel_size: 3}\n" + TOO_LARGE
    assert [d.message for d in found(text)] == [
        "unknown type 'Conv2d'",
        "conv2d has no field 'out_channels'",
        "conv2d has no field 'kernel_size'",
        "the kernel of 9×9 is larger than its input of 6×6",
    ]
    assert codes("  - a: {type: Conv1d, out_channels: 4}\n" + TOO_LARGE) == ["E205"]
