"""The JSON Schema (draft-07) of the language, for editors: from the models that validate it."""

from typing import Any

from archc.language.names import LAYER, NETWORK
from archc.language.spec import Spec
from archc.ops import OPS
from archc.ops.activations import ACTIVATIONS
from archc.ops.activations import schema as activation_schema

_FROM = {
    "description": "Name of the layer that this one reads, or a list of them; the layer before.",
    "anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
    ],
}


def schema() -> dict[str, Any]:
    """The schema of a spec; a layer's fields are narrowed by its `type`."""
    root = Spec.model_json_schema(ref_template="#/definitions/{model}")
    definitions = root.pop("$defs")
    for internal in ("Layer", "Op", "Source", "Span", "Value"):
        definitions.pop(internal, None)
    kinds: dict[str, Any] = {}
    for kind, op in OPS.items():
        fields = op.model_json_schema(ref_template="#/definitions/{model}")
        definitions |= fields.pop("$defs", {})
        kinds[kind] = _operation(kind, fields)
    for op in ACTIVATIONS.values():
        definitions.pop(op.__name__, None)
    definitions |= {f"op_{kind}": fields for kind, fields in kinds.items()}
    definitions["activation"] = activation_schema()
    definitions["layer"] = _layer(kinds)
    properties = root["properties"]
    properties["archc"] = {"const": 1, "description": "Version of the language."}
    properties["name"] |= {"pattern": f"^{NETWORK.pattern}$"}
    properties["layers"] = {
        "description": "The layers, input to output: one-key mappings of a name to its fields.",
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "propertyNames": {"pattern": f"^{LAYER.pattern}$"},
            "additionalProperties": {"$ref": "#/definitions/layer"},
        },
    }
    properties["defaults"] = {
        "description": "Fields for every layer of a type that lacks them.",
        "type": "object",
        "properties": {kind: {"$ref": f"#/definitions/defaults_{kind}"} for kind in kinds},
        "additionalProperties": False,
    }
    definitions |= {f"defaults_{kind}": _optional(kind, fields) for kind, fields in kinds.items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "archc spec",
        "description": "A neural network, one line a layer.",
        "type": "object",
        "properties": _plain(properties),
        "required": root["required"],
        "additionalProperties": False,
        "definitions": _plain(dict(sorted(definitions.items()))),
    }


def _operation(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    properties = dict(fields["properties"])
    properties["type"] = {"const": kind, "description": fields.get("description", kind)}
    if "activation" in properties:
        properties["activation"] = {
            "$ref": "#/definitions/activation",
        }
    properties["from"] = _FROM
    required = [name for name in fields.get("required", []) if name != "type"]
    return {
        "type": "object",
        "description": fields.get("description", ""),
        "properties": properties,
        "required": ["type", *required],
        "additionalProperties": False,
    }


def _optional(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": f"Fields for every {kind} that lacks them.",
        "properties": {k: v for k, v in fields["properties"].items() if k not in ("type", "from")},
        "additionalProperties": False,
    }


def _layer(kinds: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "type": {"enum": list(kinds), "description": "The operation; it decides the fields."}
        },
        "required": ["type"],
        "allOf": [
            {
                "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
                "then": {"$ref": f"#/definitions/op_{kind}"},
            }
            for kind in kinds
        ],
    }


def _plain(value: Any) -> Any:
    """Draft-07 knows no `prefixItems`, ignores what stands beside `$ref`, and titles are noise."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return {"$ref": value["$ref"]}
    return {
        name: _plain(item)
        for name, item in value.items()
        if not (name == "title" and isinstance(item, str))
        and name != "discriminator"  # no keyword of draft-07
        and not (name == "default" and (item is None or isinstance(item, dict)))
    }
