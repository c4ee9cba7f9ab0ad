"""What the author meant: each layer with its name, its place, and its type's defaults filled in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from archc.errors import Diagnostic, Span, diagnostic, shown
from archc.language.reader import Value
from archc.language.synonyms import TYPES, suggest
from archc.ops import OPS

MOST_MALFORMED = 1000
"""Give up after this many malformed layers."""


@dataclass(frozen=True, slots=True)
class PlainLayer:
    """One layer as positioned values; a field that comes from `defaults` is placed there."""

    name: str
    name_span: Span
    fields: Value

    @property
    def type(self) -> str | None:
        """The type that the layer names, if it names one as text."""
        kind = self.fields.entries.get("type")
        return kind.data if kind is not None and isinstance(kind.data, str) else None


@dataclass(frozen=True, slots=True)
class Document:
    """A spec's values with its layers taken apart, and what is wrong with those or the defaults."""

    root: Value
    layers: tuple[PlainLayer, ...]
    diagnostics: tuple[Diagnostic, ...]


def elaborate(root: Value) -> Document:
    """The layers of a spec with their defaults; a malformed layer becomes a diagnostic instead."""
    diagnostics: list[Diagnostic] = []
    layers: list[PlainLayer] = []
    for item in _layers(root):
        if isinstance(item, PlainLayer):
            layers.append(item)
        else:
            diagnostics.append(item)
            if len(diagnostics) > MOST_MALFORMED:
                break
    defaults = root.entries.get("defaults")
    if defaults is not None:
        diagnostics += _check_defaults(defaults)
        layers = [_with_defaults(layer, defaults.entries) for layer in layers]
    return Document(root, tuple(layers), tuple(diagnostics))


def _layers(root: Value) -> Iterable[PlainLayer | Diagnostic]:
    """Each entry of `layers` taken apart, or what is wrong with it."""
    listed = root.entries.get("layers")
    for number, item in enumerate(listed.items if listed else (), start=1):
        fields = next(iter(item.entries.values()), None)
        if len(item.entries) != 1 or fields is None or not isinstance(fields.data, dict):
            yield diagnostic("E206", item.span, example=_example(item, number))
        else:
            (name,) = item.entries
            yield PlainLayer(name, item.keys[name], fields)


def _example(item: Value, number: int) -> str:
    """The name that a malformed layer probably has."""
    names = list(item.entries)
    given = item.entries.get("name")
    if given is not None and isinstance(given.data, str):
        return given.data
    if isinstance(item.data, str):
        return item.data if item.data.isidentifier() else f"layer{number}"
    return names[0] if len(names) == 1 and names[0] != "type" else f"layer{number}"


def _check_defaults(defaults: Value) -> Iterable[Diagnostic]:
    """Defaults that are no mapping, of no type, or hold what only a layer can have."""
    for kind, value in defaults.entries.items():
        if kind not in OPS:
            facts = {"what": "type", "value": kind, "suggestion": str(suggest(kind, OPS, TYPES))}
            yield diagnostic("E205", defaults.keys[kind], **facts)
        elif not isinstance(value.data, dict):
            facts = {"field": kind, "expected": "a mapping of fields", "hint": ""}
            yield diagnostic("E203", value.span, **facts, value=shown(value.plain()))
        for field in ("type", "from"):
            if field in value.entries:
                facts = {"owner": f"defaults for {kind}", "suggestion": "each layer has its own"}
                yield diagnostic("E201", value.keys[field], **facts, field=field)


def _with_defaults(layer: PlainLayer, defaults: Mapping[str, Value]) -> PlainLayer:
    default = defaults.get(layer.type) if layer.type is not None else None
    return replace(layer, fields=_merge(default, layer.fields)) if default else layer


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
