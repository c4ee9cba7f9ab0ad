"""What pydantic finds wrong with a model → diagnostics in the language's words, at their places."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from archc.cautions import WARNINGS
from archc.errors import Diagnostic, Suggestion, diagnostic, shown
from archc.language.field_synonyms import FIELDS
from archc.language.hints import rewritten
from archc.language.published import Claim, Erratum, Expectation, Figures, Strict, Totals
from archc.language.reader import Value
from archc.language.recipe import SECTIONS
from archc.language.spec import Input
from archc.language.synonyms import (
    ACTIVATION_WORDS,
    INITIALIZERS,
    VALUES,
    Answer,
    simplified,
    suggest,
)
from archc.ops import OPS
from archc.ops.activations import ACTIVATIONS
from archc.ops.problem import EvenWindow, Mismatch, UnevenDrawing, UnknownName
from archc.ops.usual import usual

Loc = tuple[str | int, ...]
"""A path to a value, as pydantic gives it: names of fields, tags of unions, and indices."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What was validated: its values, what messages call it, and the fields that it may have."""

    values: Value
    name: str
    fields: tuple[str, ...]
    synonyms: Mapping[str, Answer]
    """Fields by the names that other tools give them."""


@dataclass(frozen=True, slots=True)
class _Error:
    """One of pydantic's errors: its kind, the path to the value, the value, and what it is about."""

    kind: str
    path: Loc
    value: Any
    facts: Mapping[str, Any]
    subject: Subject

    @property
    def field(self) -> str:
        """The last name of the path, and the subject's without one; items of a list have none."""
        return self._last_name(self.path)

    @property
    def holder(self) -> str:
        """The field in which this one stands."""
        return self._last_name(self.path[:-1])

    def _last_name(self, path: Loc) -> str:
        return next((step for step in reversed(path) if isinstance(step, str)), self.subject.name)

    def suggest(self) -> Suggestion:
        """Which field an unknown one may mean."""
        if len(self.path) == 1:
            return suggest(self.field, self.subject.fields, self.subject.synonyms)
        model = _model(self.path, self.holder, self.subject)
        siblings = [name for name in model.model_fields if name != "type"]
        return suggest(self.field, siblings, FIELDS.get(self.holder))


def diagnose(error: ValidationError, subject: Subject) -> list[Diagnostic]:
    """The diagnostics of a model's errors; a misspelt field is not also a missing one."""
    errors = [
        _Error(d["type"], d["loc"], d["input"], d.get("ctx") or {}, subject)
        for d in error.errors(include_url=False)
    ]
    misspelt = {(*e.path[:-1], e.suggest().meant) for e in errors if e.kind == "extra_forbidden"}
    return [
        _DIAGNOSES.get(error.kind, _mismatch)(error)
        for error in errors
        if not (error.kind == "missing" and error.path in misspelt)
    ]


_MODELS: dict[str, type[BaseModel]] = {
    "input": Input, "totals": Totals, "says": Claim, "expect": Expectation, "errata": Erratum,
    **SECTIONS, **ACTIVATIONS,
}  # fmt: skip
"""What a spec holds under each name."""


def _model(path: Loc, holder: str, subject: Subject) -> type[BaseModel]:
    """The model that a path's last field was looked for in."""
    if path[-3:-2] == ("layers",):  # what is published of a layer, under its name
        return Figures
    if holder == "init" and subject.name in OPS:
        return type(OPS[subject.name].model_fields["init"].default)
    return _MODELS.get(holder, Strict)


def _unknown_field(error: _Error) -> Diagnostic:
    span = error.subject.values.place(*error.path, key=True)
    facts = {"owner": error.holder, "field": error.field, "suggestion": str(error.suggest())}
    return diagnostic("E201", span, **facts)


def _missing_field(error: _Error) -> Diagnostic:
    values = usual(_missing_model(error).model_fields.get(error.field))
    hint = f"add {error.field}: {'1' if error.field == 'archc' else values or '…'}"
    if len(error.path) > 1 and error.path[0] == "activation" and isinstance(error.value, dict):
        hint = f"write {{{error.holder}: {{{error.field}: …}}}}"
        hint += f", usually {values}" if values else ""
    span = error.subject.values.place(*error.path[:-1])
    return diagnostic("E202", span, owner=error.holder, field=error.field, hint=hint)


def _missing_model(error: _Error) -> type[BaseModel]:
    """The model that a missing field belongs to."""
    if len(error.path) == 1:
        return OPS.get(error.subject.name, BaseModel)
    return _model(error.path, error.holder, error.subject)


def _unknown_type(error: _Error) -> Diagnostic:
    tag = str(error.facts["tag"])
    tags = [name.strip(" '") for name in str(error.facts["expected_tags"]).split(",")]
    hint = str(suggest(tag, tags, ACTIVATION_WORDS if error.field == "activation" else None))
    typed = ("type",) if isinstance(error.value, dict) and "type" in error.value else ()
    span = error.subject.values.place(*error.path, *typed)
    return diagnostic("E205", span, what=error.field, value=tag, suggestion=hint)


def _missing_type(error: _Error) -> Diagnostic:
    span = error.subject.values.place(*error.path)
    return diagnostic("E202", span, owner=error.field, field="type", hint="add type: …")


def _refused(error: _Error) -> Diagnostic:
    """What one of archc's own validators refuses."""
    span = error.subject.values.place(*error.path)
    match error.facts["error"]:
        case EvenWindow(size):
            return diagnostic("E212", span, size=size, near=f"{size - 1} or {size + 1}")
        case UnevenDrawing(problem):
            return diagnostic("E213", span, problem=problem)
        case UnknownName(what, choices, key):
            if key is not None:
                span = error.subject.values.place(*error.path, key, key=True)
            name = str(error.value) if key is None else key
            hint = str(suggest(name, choices, _ANSWERS.get(what)))
            return diagnostic("E205", span, what=what, value=name, suggestion=hint)
        case Mismatch(expected, key, hint) as problem:
            return _expected(error, problem.code, expected, key, hint)
    raise AssertionError(f"a validator raised {error.facts['error']!r}, which is no Problem")


_ANSWERS: Mapping[str, Mapping[str, Answer]] = {
    "initialiser": INITIALIZERS,
    "padding": VALUES["padding"],
    "warning": {simplified(words[0]): Answer(code) for code, words in WARNINGS.items()},
}
"""Answers to words that name nothing, by what they should name."""

# pydantic's kinds of error, in the language's words; {…} are its own facts.
_TYPES = {
    "int_type": "an integer",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping with a type",
    "literal_error": "{expected}",
}
_RANGES = {
    "greater_than": "above {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "below {lt:g}",
    "less_than_equal": "at most {le:g}",
    "too_short": "a list of at least {min_length}",
}


def _mismatch(error: _Error) -> Diagnostic:
    code = "E204" if error.kind in _RANGES else "E203"
    words = (_TYPES | _RANGES).get(error.kind, "something else")
    return _expected(error, code, words.format(**error.facts))


def _expected(
    error: _Error, code: str, expected: str, key: str | None = None, hint: str = ""
) -> Diagnostic:
    """A value, or the one under `key` of it, is not what is `expected`."""
    path, field, value = error.path, error.field, error.value
    if key is not None:
        path, field, value = (*path, key), key, value[key]
    facts = {"field": field, "expected": expected, "value": shown(value)}
    hint = hint or rewritten(field, value, expected) or _FORMS.get(path, "")
    if isinstance(value, str) and field in VALUES:
        answer = VALUES[field].get(simplified(value))
        hint = str(answer) if answer else hint
    return diagnostic(code, error.subject.values.place(*path), **facts, hint=hint)


_FORMS: dict[Loc, str] = {
    ("input",): "write {channels: 3, height: 227, width: 227}",
    ("layers",): "write each layer as an entry: - conv1: {type: conv2d, filters: 8, kernel: 3}",
}
"""What the two fields that every spec has look like."""


_DIAGNOSES: dict[str, Callable[[_Error], Diagnostic]] = {
    "extra_forbidden": _unknown_field,
    "missing": _missing_field,
    "union_tag_invalid": _unknown_type,
    "union_tag_not_found": _missing_type,
    "value_error": _refused,
}
"""The diagnosis of each of pydantic's kinds of error; all others are of values that do not fit."""
