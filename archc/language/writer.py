"""Fields of operations as an author writes them: models → plain values of the language → YAML."""

import json
import re
from typing import Any

from pydantic import BaseModel

from archc.ops.activations import Activation
from archc.ops.initializers import Initializer
from archc.ops.window import SIDES, Padding

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")  # layers in blocks have dots in their names
_NOT_TEXT = ("true", "false", "null")
_EXACT = 1e15  # integers below are written without a point


def spell(value: Any) -> Any:
    """The shortest plain value that means `value` in a spec."""
    if isinstance(value, Padding):
        return value.word or _sides(value)
    if isinstance(value, Initializer):
        number = spell(value.value)
        if value.kind == "constant":
            return number
        return value.kind if number is None else {value.kind: number}
    if isinstance(value, Activation):
        fields = type(value).model_fields
        own = {name: v for name, v in value if name != "type" and v != fields[name].default}
        return {value.type: {name: spell(v) for name, v in own.items()}} if own else value.type
    if isinstance(value, BaseModel):
        return {name: spell(v) for name, v in value}
    if isinstance(value, tuple):
        return _tuple(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    return value


def _tuple(values: tuple[Any, ...]) -> Any:
    """One number for two equal ones; text for the lines of a drawing, or for several drawings."""
    first = values[0] if values else None
    if isinstance(first, int) and values == (first, first):
        return first
    if isinstance(first, str):
        return "\n".join(values)
    items = [spell(value) for value in values]
    return "\n\n".join(items) if isinstance(first, tuple) and isinstance(items[0], str) else items


def _sides(padding: Padding) -> Any:
    top, bottom, left, right = padding.pads
    if (top, left) == (bottom, right):
        return spell((top, left))
    return {side: pad for side, pad in zip(SIDES, padding.pads, strict=True) if pad}


def flow_yaml(value: Any) -> str:
    """A plain value in YAML's flow style: one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {flow_yaml(item)}' for name, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow_yaml, value))}]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXT:
        return value
    return json.dumps(value, ensure_ascii=False)
