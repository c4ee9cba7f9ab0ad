"""What the author meant: each layer with its name, its place, and its type's defaults filled in."""

from dataclasses import dataclass, replace

from archc.errors import Diagnostic, Span, diagnostic, did_you_mean, shown
from archc.language.reader import Value
from archc.language.synonyms import TYPES

MOST = 1000
"""Layers that are none at all, after which the rest is not looked at."""


@dataclass(frozen=True, slots=True)
class PlainLayer:
    """One layer as positioned values; a field that comes from `defaults` is placed there."""

    name: str
    name_span: Span
    fields: Value


@dataclass(frozen=True, slots=True)
class Document:
    """A spec's values with its layers taken apart."""

    root: Value
    layers: tuple[PlainLayer, ...]
    findings: tuple[Diagnostic, ...]


def elaborate(root: Value) -> Document:
    """The layers of a spec; what is no layer becomes a finding instead."""
    findings: list[Diagnostic] = []
    layers: list[PlainLayer] = []
    defaults = root.entries.get("defaults")
    types: set[str] = set()
    listed = root.entries.get("layers")
    for number, item in enumerate(listed.items if listed else (), start=1):
        entries = item.entries
        if len(entries) != 1 or not isinstance(next(iter(entries.values())).data, dict):
            findings.append(diagnostic("E206", item.span, example=_example(item, number)))
            if len(findings) > MOST:
                break
            continue
        ((name, fields),) = entries.items()
        kind = fields.entries.get("type")
        if kind is not None and isinstance(kind.data, str):
            types.add(kind.data)
            if defaults is not None and kind.data in defaults.entries:
                fields = _merge(defaults.entries[kind.data], fields)
        layers.append(PlainLayer(name, item.keys[name], fields))
    for kind_name, value in (defaults.entries if defaults else {}).items():
        if kind_name not in types and defaults is not None:
            near = did_you_mean(kind_name, types, TYPES)
            hint = "remove them" if near.startswith(("known", "there is none")) else near
            place = defaults.keys[kind_name]
            findings.append(diagnostic("E211", place, type=kind_name, suggestion=hint))
        elif not isinstance(value.data, dict):
            findings.append(
                diagnostic(
                    "E203",
                    value.span,
                    field=kind_name,
                    expected="a mapping of fields",
                    value=shown(value.plain()),
                    hint="",
                )
            )
        for field in ("type", "from"):
            if field in value.entries:
                owner = f"defaults for {kind_name}"
                hint = "each layer has its own"
                findings.append(
                    diagnostic("E201", value.keys[field], owner=owner, field=field, suggestion=hint)
                )
    return Document(root, tuple(layers), tuple(findings))


def _example(item: Value, number: int) -> str:
    names = list(item.entries)
    given = item.entries.get("name")
    if given is not None and isinstance(given.data, str):
        return given.data
    if isinstance(item.data, str):
        return item.data if item.data.isidentifier() else f"layer{number}"
    return names[0] if len(names) == 1 and names[0] != "type" else f"layer{number}"


def _merge(default: Value, own: Value) -> Value:
    """The layer's own fields over its type's defaults.

    `init` merges weight by weight. All else is replaced whole: two one-key choices, as of an
    activation, must not become one mapping of two keys.
    """
    data = {**default.entries, **own.entries}
    if isinstance(default.entries.get("init"), Value) and "init" in own.entries:
        under, over = default.entries["init"], own.entries["init"]
        if isinstance(under.data, dict) and isinstance(over.data, dict):
            data["init"] = replace(
                over, data={**under.data, **over.data}, keys={**under.keys, **over.keys}
            )
    return replace(own, data=data, keys={**default.keys, **own.keys})
