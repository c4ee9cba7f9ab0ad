"""The activations as one type: the `activation` field of other operations."""

from typing import Annotated, Any, get_args

from pydantic import BeforeValidator, Field

from archc.ops.activation import Activation, named
from archc.ops.gelu import Gelu
from archc.ops.leaky_relu import LeakyRelu
from archc.ops.relu import Relu
from archc.ops.scaled_tanh import ScaledTanh
from archc.ops.sigmoid import Sigmoid
from archc.ops.softmax import Softmax
from archc.ops.tanh import Tanh

AnyActivation = Relu | LeakyRelu | Gelu | Tanh | ScaledTanh | Sigmoid | Softmax
ACTIVATIONS: dict[str, type[Activation]] = {
    op.model_fields["type"].default: op for op in get_args(AnyActivation)
}


def schema() -> dict[str, Any]:
    """The JSON Schema of the field."""
    required = {
        kind: [name for name, field in op.model_fields.items() if field.is_required()]
        for kind, op in ACTIVATIONS.items()
    }
    words = {"type": "string", "enum": [kind for kind in ACTIVATIONS if not required[kind]]}
    forms: list[dict[str, Any]] = [{"type": "null"}, words]
    for kind, op in ACTIVATIONS.items():
        fields = op.model_json_schema()["properties"]
        fields = {name: field for name, field in fields.items() if name != "type"}
        mapping: dict[str, Any] = {
            "type": "object",
            "properties": fields,
            "required": required[kind],
            "additionalProperties": False,
        }
        choices = mapping if required[kind] else {"anyOf": [mapping, {"type": "null"}]}
        choices |= {"description": (op.__doc__ or kind).partition("\n")[0]}
        forms.append(
            {
                "type": "object",
                "properties": {kind: choices},
                "required": [kind],
                "additionalProperties": False,
            }
        )
    return {
        "description": "Applied to the layer's own output: a word, or a mapping if it has fields.",
        "anyOf": forms,
    }


ActivationField = Annotated[
    Annotated[AnyActivation, Field(discriminator="type")] | None, BeforeValidator(named)
]
