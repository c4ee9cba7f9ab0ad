"""The JSON Schema: what editors are told is what the models accept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from support.networks import specs
from support.shell import ROOT

import archc
from archc.errors import ArchcError, Source
from archc.language.reader import parse
from archc.language.schema import schema
from archc.language.shipped import shipped
from archc.ops import OPS
from archc.ops.activations import ACTIVATIONS
from archc.ops.base import Op

SCHEMA = schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
FIXTURES = ROOT / "tests" / "errors"
# Faults that no schema sees: of the YAML text, of names that clash, of graphs and of figures; of the
# command line; that 3.0 is no whole number; that drawings are uneven; and that Python's `$`, unlike
# an editor's, also matches before a newline.
UNSEEN = (
    *("E1", "E208", "E209", "E210", "E212", "E213", "E3", "E4", "E5", "E6", "E7", "W"),
    *("E203_float", "E205_column", "E205_convention", "E207_network", "several_graph"),
)


def read(text: str) -> Any:
    """The text as YAML 1.2, lists as lists."""
    return json.loads(json.dumps(parse(Source("spec.yaml", text)).plain()))


def test_it_is_a_draft_7_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", shipped().values(), ids=lambda path: path.stem)
def test_it_accepts_the_specs_that_ship(path: Path) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(read(path.read_text()))] == []


@settings(max_examples=50)
@given(specs())
def test_it_accepts_random_networks(text: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(read(text))] == []


@pytest.mark.parametrize(
    "path",
    [p for p in sorted(FIXTURES.glob("*.yaml")) if not p.stem.startswith(UNSEEN)],
    ids=lambda path: path.stem,
)
def test_it_refuses_wrong_fields(path: Path) -> None:
    assert not VALIDATOR.is_valid(read(path.read_text()))


def fields(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(path, schema) of every field, however deep."""
    if isinstance(schema, list):
        for number, item in enumerate(schema):
            yield from fields(item, f"{path}/{number}")
    elif isinstance(schema, dict):
        if schema.get("type") == "object":
            yield from ((f"{path}.{name}", f) for name, f in schema.get("properties", {}).items())
        for name, item in schema.items():
            yield from fields(item, f"{path}/{name}")


def test_every_field_is_described() -> None:
    found = dict(fields(SCHEMA))
    assert len(found) > 200
    for path, field in found.items():
        while "$ref" in field:
            field = SCHEMA["definitions"][field["$ref"].rpartition("/")[2]]
        assert field.get("description"), path


def test_an_editor_shows_what_a_layer_and_its_defaults_are() -> None:
    definitions = SCHEMA["definitions"]
    assert definitions["op_conv2d"]["title"] == "conv2d layer"
    assert definitions["defaults_conv2d"]["title"] == "conv2d defaults"


def test_it_has_no_loose_ends() -> None:
    text = json.dumps(SCHEMA)
    named = {part.split('"')[0] for part in text.split("#/definitions/")[1:]}
    assert named == set(SCHEMA["definitions"])
    assert "$defs" not in text


HEAD = "archc: 1\nname: Net\ninput: {channels: 3, height: 8, width: 8}\n"


@pytest.mark.parametrize(
    ("defaults", "accepted"),
    [
        ("{batch_norm: {epsilon: 1e-5, momentum: 0.9}}", True),
        ("{batch_norm: {epsilon: 1e-5}}", False),
        ("{conv2d: {kernel: 3}}", False),
        ("{}", False),
    ],
)
def test_a_field_that_defaults_give_is_not_required(defaults: str, accepted: bool) -> None:
    text = f"{HEAD}defaults: {defaults}\nlayers:\n  - a: {{type: batch_norm}}\n"
    found = [error.message for error in VALIDATOR.iter_errors(read(text))]
    assert (found == []) is accepted
    if not accepted:
        assert any("'momentum' is a required property" in message for message in found)


@pytest.mark.parametrize(("kind", "op"), OPS.items())
def test_a_required_field_is_required_of_a_layer_or_of_its_defaults(
    kind: str, op: type[Op]
) -> None:
    for name, field in op.model_fields.items():
        if field.is_required():
            text = f"{HEAD}layers:\n  - a: {{type: {kind}}}\n"
            wanted = f"'{name}' is a required property"
            assert wanted in [error.message for error in VALIDATOR.iter_errors(read(text))]
            given = text.replace("layers:", f"defaults: {{{kind}: {{{name}: 1}}}}\nlayers:")
            assert wanted not in [error.message for error in VALIDATOR.iter_errors(read(given))]


def test_an_unknown_activation_is_answered_by_the_words() -> None:
    text = HEAD + "layers:\n  - a: {type: max_pool, kernel: 2, activation: swish}\n"
    (error,) = VALIDATOR.iter_errors(read(text))
    assert (
        error.message
        == "'swish' is not one of ['relu', 'tanh', 'scaled_tanh', 'sigmoid', 'softmax']"
    )


@pytest.mark.parametrize(
    ("activation", "accepted"),
    [
        ("null", True),
        ("relu", True),
        ("{relu: null}", True),
        ("{relu: {}}", True),
        ("{scaled_tanh: {slope: 1}}", True),
        ("{leaky_relu: {slope: 0.1}}", True),
        ("leaky_relu", False),
        ("{leaky_relu: null}", False),
        ("{relu: {}, tanh: {}}", False),
        ("{}", False),
        ("3", False),
    ],
)
def test_an_activation_is_null_a_word_or_a_mapping_of_one_key(
    activation: str, accepted: bool
) -> None:
    layer = f"{{type: conv2d, filters: 2, kernel: 3, activation: {activation}}}"
    text = f"{HEAD}layers:\n  - a: {layer}\n"
    assert VALIDATOR.is_valid(read(text)) is accepted
    if accepted:
        archc.parse(text)
    else:
        with pytest.raises(ArchcError):
            archc.parse(text)


def objects(schema: Any) -> Iterator[Any]:
    """Every schema of a mapping, however deep."""
    for item in schema if isinstance(schema, list) else schema.values():
        if isinstance(item, (dict, list)):
            yield from objects(item)
    if isinstance(schema, dict) and schema.get("type") == "object":
        yield schema


def test_every_mapping_has_a_title_by_which_editors_call_it() -> None:
    titles = [schema.get("title") for schema in objects(SCHEMA)]
    assert len(titles) > 60
    assert all(isinstance(title, str) and title for title in titles)
    assert not any(title.startswith(("op_", "defaults_")) for title in titles)
    activation = SCHEMA["definitions"]["activation"]["else"]["anyOf"]
    assert [form["title"] for form in activation if form["type"] == "object"] == [*ACTIVATIONS]
