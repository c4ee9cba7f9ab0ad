"""The JSON Schema (draft-07) of the language, for editors: from the models that validate it."""

import json
import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from archc.language import docstrings
from archc.language.names import LAYER, NETWORK
from archc.language.spec import Spec
from archc.ops import OPS
from archc.ops.activations import schema as activation_schema

_REF = "#/definitions/{model}"
_FROM = {
    "description": "Name of the layer that this one reads, or a list of them; the layer before.",
    "anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
    ],
}


def schema() -> dict[str, Any]:
    """The schema of a spec; a layer's fields are narrowed by its `type`."""
    docstrings.restore()
    models: list[type[BaseModel]] = [Spec, *OPS.values()]
    found = models_json_schema([(m, "validation") for m in models], ref_template=_REF)[1]
    definitions = _plain(found["$defs"])
    spec = definitions["Spec"]
    operations = {kind: _operation(kind, definitions[op.__name__]) for kind, op in OPS.items()}
    definitions |= {"activation": _plain(activation_schema()), "layer": _layer()}
    for kind, operation in operations.items():
        definitions |= {f"op_{kind}": operation, f"defaults_{kind}": _defaults(kind, operation)}
    root = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "archc spec",
        "description": "A neural network, one line a layer.",
        "type": "object",
        "properties": spec["properties"]
        | {
            "name": spec["properties"]["name"] | {"pattern": f"^{NETWORK.pattern}$"},
            "defaults": _all_defaults(),
            "layers": _layers(),
        },
        "required": spec["required"],
        "additionalProperties": False,
    }
    return root | {"definitions": _used(root, definitions)}


def _operation(kind: str, model: dict[str, Any]) -> dict[str, Any]:
    """The fields of a layer of one type."""
    description = model["description"]
    properties = model["properties"] | {"type": {"const": kind, "description": description}}
    if "activation" in properties:
        properties["activation"] = {"$ref": "#/definitions/activation"}
    return {
        "title": f"{kind} layer",
        "type": "object",
        "description": description,
        "properties": properties | {"from": _FROM},
        "required": ["type", *model.get("required", [])],
        "additionalProperties": False,
    }


def _defaults(kind: str, operation: dict[str, Any]) -> dict[str, Any]:
    """The same fields as defaults of the type: none is required."""
    fields = operation["properties"].items()
    return {
        "title": f"{kind} defaults",
        "type": "object",
        "description": f"Fields for every {kind} that lacks them.",
        "properties": {name: field for name, field in fields if name not in ("type", "from")},
        "additionalProperties": False,
    }


def _all_defaults() -> dict[str, Any]:
    return {
        "description": "Fields for every layer of a type that lacks them.",
        "type": "object",
        "properties": {kind: {"$ref": f"#/definitions/defaults_{kind}"} for kind in OPS},
        "additionalProperties": False,
    }


def _layers() -> dict[str, Any]:
    return {
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


def _layer() -> dict[str, Any]:
    """A layer: a `type`, and the fields that it decides."""
    return {
        "title": "layer",
        "type": "object",
        "properties": {
            "type": {"enum": [*OPS], "description": "The operation; it decides the fields."}
        },
        "required": ["type"],
        "allOf": [
            {
                "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
                "then": {"$ref": f"#/definitions/op_{kind}"},
            }
            for kind in OPS
        ],
    }


def _plain(value: Any) -> Any:
    """Pydantic's schema without its titles and without what draft-07 does not know.

    That is a `discriminator`, and whatever stands beside a `$ref`.
    """
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
        and name != "discriminator"
        and not (name == "default" and (item is None or isinstance(item, dict)))
    }


def _used(root: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The definitions to which a schema refers, directly or through others, by name."""
    found: dict[str, Any] = {}
    unread = [root]
    while unread:
        names = set(re.findall(r'"#/definitions/(\w+)"', json.dumps(unread.pop())))
        new = {name: definitions[name] for name in names - found.keys()}
        found |= new
        unread += new.values()
    return dict(sorted(found.items()))
