"""What the shape of a wrong layer is known to be all the same, so that later layers can be checked.

A layer whose activation alone is wrong has the shape that it would have without one, and a field under
another tool's name means what archc's own would. What is repaired here has been reported before, and
is never compiled.
"""

from typing import Any

from pydantic import ValidationError

from archc.language.field_synonyms import EVERYWHERE, FIELDS
from archc.language.synonyms import ABSENT_ACTIVATIONS, TYPES, simplified, suggest
from archc.ops import OPS
from archc.ops.activations import Relu
from archc.ops.base import Op


def meant_type(kind: str) -> type[Op] | None:
    """The operation that an unknown type surely means: misspelt, or under another tool's name."""
    meant = suggest(kind, OPS, TYPES).meant
    answer = TYPES.get(simplified(kind))
    return OPS[meant] if meant is not None and not (answer and answer.note) else None


def shape_keeper(kind: str) -> Op | None:
    """A stand-in for a function that the language lacks, which has its input's shape; else None."""
    return Relu() if simplified(kind) in ABSENT_ACTIVATIONS else None


def repaired(op: type[Op], fields: dict[str, Any], error: ValidationError) -> Op | None:
    """An operation of the same shape as the one that the wrong `fields` mean; None if that is open."""
    if op.keeps_shape:
        return op.model_construct(type=op.model_fields["type"].default)
    mended = dict(fields)
    for wrong in error.errors(include_url=False, include_input=False):
        name = str(wrong["loc"][0])
        if wrong["type"] == "extra_forbidden" and len(wrong["loc"]) == 1:
            if not _renamed(op, mended, name):
                return None
        elif name in op.shapeless:
            mended.pop(name, None)
            if name == "init" and fields.get("connections") is not None:
                return None  # the default does not go with a table
    try:
        return op.model_validate(mended)
    except ValidationError:
        return None


def _renamed(op: type[Op], fields: dict[str, Any], name: str) -> bool:
    """Put a field of another name under archc's, or take it away; False if its meaning is open."""
    value = fields.pop(name)
    key = simplified(name)
    if key in EVERYWHERE:
        return True
    answers = FIELDS.get(op.model_fields["type"].default, {})
    meant = suggest(name, op.model_fields, answers).meant
    if meant is None or meant in fields or (key in answers and answers[key].note):
        return meant in op.shapeless
    fields[meant] = value
    return True
