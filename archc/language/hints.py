"""How to write a value that only looks right: `(3,3)`, `50%`, `yes`, `{leaky_relu: 0.1}`."""

import re

from archc.language.synonyms import INITIALIZERS, simplified
from archc.ops.activations import ACTIVATIONS

_NUMBERS = re.compile(r"[(\[]?\s*(\d+)\s*[x×*,;]\s*(\d+)\s*[)\]]?", re.IGNORECASE)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_TRUE, _FALSE = ("yes", "on", "y", "1"), ("no", "off", "n", "0")


def rewritten(field: str, value: object, expected: str) -> str:
    """How to write what is probably meant by a `value` where something else is `expected`, or ""."""
    if field == "activation":
        return _function(value)
    if "[height, width]" in expected:
        return _pair(field, value) or _scalar(value)
    if expected == "true or false":
        return _yes_or_no(field, value)
    if expected == "a mapping" and field == "init" and isinstance(value, str):
        answer = INITIALIZERS.get(simplified(value))
        return f"write {{weight: {answer.name if answer and answer.name else value}}}"
    if expected == "a number" and isinstance(value, str) and (part := _PERCENT.fullmatch(value)):
        return f"write {float(part[1]) / 100:g}"
    return _scalar(value)


def _function(value: object) -> str:
    """How to write an activation with its fields."""
    if isinstance(value, (list, tuple)) and len(value) == 1 and isinstance(value[0], str):
        return f"write {value[0]}"
    if not isinstance(value, dict):
        return ""
    if isinstance(value.get("type"), str):
        kind, given = value["type"], {n: v for n, v in value.items() if n != "type"}
    elif len(value) == 1:
        ((kind, given),) = value.items()
    else:
        return "a layer has one: make the second a layer of its own, such as - act: {type: relu}"
    if kind not in ACTIVATIONS:
        return ""
    fields = [name for name in ACTIVATIONS[kind].model_fields if name != "type"]
    if not fields or given == {}:
        return f"write {kind}"
    if not isinstance(given, dict):
        given = {fields[0]: given}
    return f"write {{{kind}: {{{', '.join(f'{name}: {v}' for name, v in given.items())}}}}}"


def _pair(field: str, value: object) -> str:
    """How to write `(3,3)`, `3x3` or a list of another length where two numbers are expected."""
    if isinstance(value, str) and (numbers := _NUMBERS.fullmatch(value)):
        down, across = numbers.groups()
        return _size(down, across)
    if not isinstance(value, (list, tuple)) or not all(type(n) is int for n in value):
        return ""
    if len(value) == 4 and field == "padding":
        return "name the sides: {top: …, bottom: …, left: …, right: …}"
    return _size(value[0], value[0]) if value and len({*value}) == 1 else ""


def _size(down: object, across: object) -> str:
    return f"write {down} or [{down}, {across}]" if down == across else f"write [{down}, {across}]"


def _yes_or_no(field: str, value: object) -> str:
    word = str(value).lower()
    if word in ("true", "false"):
        return "remove the quotes"
    if field == "bias" and type(value) in (int, float):
        return f"whether there is one; how it begins is init: {{bias: {value}}}"
    if word in (*_TRUE, *_FALSE):
        return f"write {'true' if word in _TRUE else 'false'}"
    return ""


def _scalar(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return f"write {value:.0f}"
    if isinstance(value, str) and value.replace(".", "", 1).isdigit():
        return "remove the quotes"
    return ""
