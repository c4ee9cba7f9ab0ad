"""Values given beside a spec: what they change, and where what is wrong with them is placed."""

from typing import Any

import pytest
from hypothesis import given, settings
from support.networks import specs

import archc
from archc.errors import ArchcError, EnvironmentProblem, Source
from archc.language.overrides import SETTABLE, apply, read
from archc.language.reader import parse
from archc.language.writer import flow_yaml, spell

SPEC = """\
archc: 1
name: Net
input: {channels: 4, height: 8, width: 8}
defaults:
  conv2d: {padding: {top: 1, left: 1}, init: {weight: {normal: 0.5}, bias: 1}}
layers:
  - conv1: {type: conv2d, filters: 8, kernel: 3, activation: relu}
  - conv2: {type: conv2d, filters: 8, kernel: 3, groups: 2, init: {bias: 2}}
  - flat: {type: flatten}
  - fc1: {type: dense, units: 5}
expect:
  - {source: here, totals: {parameters: 1}}
errata:
  - {source: there, says: {layers: {fc9: {parameters: 1}}}, because: so}
"""


def fields(*overrides: str) -> dict[str, Any]:
    """Every field of every layer, as it is spelled, by its path."""
    graph = archc.parse(SPEC, overrides=overrides).graph
    return {f"{node.name}.{name}": spell(v) for node in graph.nodes for name, v in node.op}


def findings(*overrides: str, text: str = SPEC) -> list[str]:
    """Place, code and message of all that is wrong."""
    with pytest.raises(ArchcError) as caught:
        archc.parse(text, overrides=overrides)
    return [
        f"{d.span.source.name}:{d.span.line}:{d.span.column} {d.code} {d.message}"
        for d in caught.value.diagnostics
        if d.span
    ]


@pytest.mark.parametrize(
    ("override", "changed"),
    [
        ("fc1.units=10", {"fc1.units": 10}),
        ("conv1.groups=2", {"conv1.groups": 2}),
        ("conv1.kernel=[1,3]", {"conv1.kernel": [1, 3]}),
        ("conv1.padding=same_upper", {"conv1.padding": "same_upper"}),
        ("conv1.padding.top=2", {"conv1.padding": {"top": 2}}),
        ("conv1.activation=null", {"conv1.activation": None}),
        ("conv1.activation=", {"conv1.activation": None}),
        (
            "conv2.activation.scaled_tanh.slope=0.5",
            {"conv2.activation": {"scaled_tanh": {"slope": 0.5}}},
        ),
        ("conv1.init.bias=0.5", {"conv1.init": {"weight": {"normal": 0.5}, "bias": 0.5}}),
        ("conv2.init.weight=he_normal", {"conv2.init": {"weight": "he_normal", "bias": 2}}),
        ("conv2.bias=false", {"conv2.bias": False}),
    ],
)
def test_a_value_stands_as_if_the_layer_had_it(override: str, changed: dict[str, Any]) -> None:
    assert fields(override) == {**fields(), **changed}


def test_a_layer_may_have_dots_in_its_name() -> None:
    root = parse(Source("spec.yaml", "layers: [a: {b: {c: 1}}, a.b: {c: 2}, a.b.c: {d: 3}]"))
    layers = [{"a": {"b": {"c": 1}}}, {"a.b": {"c": 2}}, {"a.b.c": {"d": 3}}]
    for argument, number, changed in (
        ("a.x=4", 0, {"a": {"b": {"c": 1}, "x": 4}}),
        ("a.b.c=4", 1, {"a.b": {"c": 4}}),
        ("a.b.c.d=4", 2, {"a.b.c": {"d": 4}}),
    ):
        found = apply(root, read([argument])).plain()["layers"]
        assert found == (*layers[:number], changed, *layers[number + 1 :])


def test_a_layer_with_dots_in_its_name_is_set_field_by_field() -> None:
    root = parse(Source("spec.yaml", "layers: [a.b: {c: 2}]"))
    with pytest.raises(ArchcError) as caught:
        apply(root, read(["a.b=4"]))
    (found,) = caught.value.diagnostics
    assert found.message == "'a.b' is a layer, not a field"
    assert found.span is not None
    assert (found.span.column, found.span.end_column) == (1, 4)


def test_fields_of_the_spec_and_the_edges_can_be_set() -> None:
    net = archc.parse(SPEC, overrides=["name=Small", "input.height=6", "conv2.from=conv1"])
    assert (net.name, net.graph.input) == ("Small", (4, 6, 8))
    net = archc.parse(
        SPEC, overrides=["input={channels: 2, height: 9, width: 9}", "title=", "year=1998"]
    )
    assert (net.graph.input, net.spec.title, net.spec.year) == ((2, 9, 9), None, 1998)


def test_the_last_of_a_path_holds() -> None:
    assert fields("fc1.units=7", "fc1.units=9")["fc1.units"] == 9
    bias = fields("conv1.init={bias: 3}", "conv1.init.bias=4")["conv1.init"]["bias"]
    assert bias == 4


def test_python_values_are_read_as_strictly_as_a_file() -> None:
    net = archc.load("alexnet", {"fc8.units": 10, "conv1.stride": (2, 1), "conv1.activation": None})
    assert net.graph.output.shape == (10,)
    with pytest.raises(ArchcError) as caught:
        archc.load("alexnet", {"fc8.units": "10"})
    assert str(caught.value) == (
        "overrides:1:11: error E203 [invalid-value]: units must be an integer, not the string '10'\n"
        ' 1 | fc8.units="10"\n'
        "   |           ^^^^\n"
        "  help: remove the quotes"
    )


def test_published_figures_are_read_but_do_not_apply() -> None:
    assert len(archc.parse(SPEC).check()) == 2
    net = archc.parse(SPEC, overrides=["fc1.units=5"])
    assert net.check() == []
    assert (net.spec.expect, net.spec.errata) == ((), ())
    wrong = SPEC.replace("source: here", "source: 3")
    assert findings("fc1.units=5", text=wrong) == [
        "spec.yaml:12:14 E203 source must be text, not 3"
    ]


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("fc1.units=ten", "1:11 E203 units must be an integer, not the string 'ten'"),
        ("fc1.units=0", "1:11 E204 units must be above 0, not 0"),
        ("fc1.units=", "1:11 E203 units must be an integer, not null"),
        ("fc1.units=[1", "1:13 E101 invalid YAML: did not find expected ',' or ']', while parsing a flow sequence"),
        ("fc1.units=!!int 3", "1:11 E105 YAML tags such as !!int are not supported"),
        ("fc1.units=9999999999999999999", "1:11 E109 this integer has more than 18 digits"),
        ("name=null", "1:6 E203 name must be text, not null"),
        ("name=2", "1:6 E203 name must be text, not 2"),
        ("name=-", "1:6 E203 name must be text, not [null]"),
        ("name=class", "1:6 E208 'class' is reserved: it is a Python keyword"),
        ("conv1.kernl=3", "1:7 E201 conv2d has no field 'kernl'"),
        ("conv1.init.bais=1", "1:12 E201 init has no field 'bais'"),
        ("conv1.init.bias=he_normal", "1:17 E203 bias must be a number or a rule with a scale, such as {normal: 0.01}, not the string 'he_normal'"),
        ("conv1.padding.top=-1", "1:19 E204 top must be at least 0, not -1"),
        ("conv2.activation.rleu=", "1:18 E205 unknown activation 'rleu'"),
        ("conv1.type=conv", "1:12 E205 unknown type 'conv'"),
        ("conv2.groups=3", "1:14 E305 8 input maps cannot be split into 3 groups"),
        ("conv2.kernel=99", "1:14 E304 the kernel of 99×99 is larger than its input of 7×7, padded to 8×8"),
        ("conv2.from=nobody", "1:12 E301 unknown layer 'nobody'"),
        ("input.depth=1", "1:7 E201 input has no field 'depth'"),
        ("input.height=0", "1:14 E204 height must be above 0, not 0"),
        ("fc2.units=1", "1:1 E602 spec.yaml has no layer or field 'fc2'"),
        ("inputs.height=1", "1:1 E602 spec.yaml has no layer or field 'inputs'"),
        ("layers.0=1", "1:1 E603 'layers' cannot be overridden"),
        ("expect=[]", "1:1 E603 'expect' cannot be overridden"),
        ("archc=2", "1:1 E603 'archc' cannot be overridden"),
        ("conv1.kernel.height=3", "1:14 E604 conv1.kernel is 3, which has no fields"),
        ("conv1.activation.relu.x=1", "1:18 E604 conv1.activation is the string 'relu', which has no fields"),
        ("fc1=3", "1:1 E605 'fc1' is a layer, not a field"),
        (".".join("a" * 65) + "=1", "1:1 E107 nested more than 64 levels deep"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_placed_in_the_argument(override: str, expected: str) -> None:
    assert findings(override) == [f"--set:{expected}"]


@pytest.mark.parametrize(
    ("override", "help"),
    [
        ("conv3.groups=1", "did you mean 'conv2'?"),
        ("inptu.height=1", "did you mean 'input'?"),
        ("titel=x", "did you mean 'title'?"),
        ("conv1.kernl=3", "did you mean 'kernel'?"),
        ("conv1.kernel_size=3", "archc calls it 'kernel'"),
        ("notes=[]", f"set a field of a layer, or one of {', '.join(SETTABLE)}"),
        ("conv1.kernel.height=3", "set the whole value: conv1.kernel=…"),
        ("fc1=3", "set its fields one by one: fc1.FIELD=VALUE"),
        ("fc1", "name a layer, its field and the value, as in fc8.units=10"),
    ],
)
def test_what_is_wrong_is_mended(override: str, help: str) -> None:
    with pytest.raises(ArchcError) as caught:
        archc.parse(SPEC, overrides=[override])
    assert caught.value.diagnostics[0].help == help


@pytest.mark.parametrize("override", ["fc1.units", "=1", ".a=1", "a..b=1", "a.=1", "a b=1", ""])
def test_an_argument_of_another_form_is_a_wrong_command(override: str) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        archc.parse(SPEC, overrides=[override])
    (finding,) = caught.value.diagnostics
    assert finding.code == "E601"
    assert finding.message == f"expected PATH=VALUE, got '{override}'"


def test_every_argument_has_its_findings() -> None:
    assert findings("fc1.units=a", "conv1.filters=a", "conv2.filters=a") == [
        "--set:1:11 E203 units must be an integer, not the string 'a'",
        "--set:1:15 E203 filters must be an integer, not the string 'a'",
        "--set:1:15 E203 filters must be an integer, not the string 'a'",
    ]
    assert len(findings("fc1.units=[", "conv1.filters={")) == 2
    assert len(findings("fc2.units=1", "fc3.units=1")) == 2


def test_a_field_that_a_new_type_lacks_is_placed_at_the_argument_that_gave_the_type() -> None:
    assert findings("fc1.type=dropout") == [
        "--set:1:5 E202 dropout requires the field 'rate'",
        "spec.yaml:10:24 E201 dropout has no field 'units'",
    ]


def test_what_else_is_wrong_with_the_spec_is_still_found() -> None:
    text = SPEC.replace("  - flat: {type: flatten}", "  - flat: {type: flatten}\n    more: {}")
    assert findings("flat.x=1", text=text) == [
        "spec.yaml:9:5 E206 a layer must be a mapping of its name to its fields"
    ]


def test_what_is_no_spec_is_said_to_be_none() -> None:
    assert findings("name=x", text="[1]") == [
        "spec.yaml:1:1 E203 a spec must be a mapping, not [1]"
    ]


@given(text=specs())
@settings(max_examples=40)
def test_fields_set_to_what_they_are_change_nothing(text: str) -> None:
    net = archc.parse(text)
    same = [
        f"{node.name}.{name}={flow_yaml(spell(value))}"
        for node in net.graph.nodes
        for name, value in node.op
    ]
    height = f"input.height={net.graph.input[1]}"
    assert archc.parse(text, overrides=[*same, height]).diff(net).equal
