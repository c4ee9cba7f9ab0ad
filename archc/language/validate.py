"""Plain values → the models of a spec; every mismatch becomes a diagnostic with its place."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from archc.errors import ArchcError, Diagnostic, Span, diagnostic, shown
from archc.language import names
from archc.language.elaborate import Document, PlainLayer
from archc.language.field_synonyms import FIELDS
from archc.language.findings import Subject, diagnose
from archc.language.reader import Value
from archc.language.repair import meant_type, repaired, shape_keeper
from archc.language.spec import Input, Layer, Spec
from archc.language.synonyms import TYPES, suggest
from archc.ops import OPS
from archc.ops.base import Op

EDGES_UNKNOWN = {"E206", "E209"}
"""Diagnostics after which it is open which layer reads which."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """A layer as far as it is known."""

    plain: PlainLayer
    layer: Layer | None
    """Its model, or one of the same shape; None if its shape is open."""
    inputs: tuple[str, ...] | None
    """The names in its `from`; None without one."""
    connected: bool
    """Whether `inputs` are known: False after a diagnostic of its `from`."""


class Unfinished(ArchcError):
    """What is wrong with a spec, and what is known of it all the same.

    `input` is None where it is wrong or it is open which layer reads which.
    """

    def __init__(
        self,
        diagnostics: Iterable[Diagnostic],
        input: Input | None,
        layers: list[Sketch],
    ) -> None:
        self.input, self.layers = input, layers
        super().__init__(in_order(diagnostics))

    def beside(self, others: Iterable[Diagnostic]) -> ArchcError:
        """These diagnostics and others, in file order."""
        return ArchcError(in_order([*self.diagnostics, *others]))


def validate(document: Document) -> Spec:
    """The models of a document; raises ArchcError with every diagnostic, in file order."""
    root = document.root
    found = list(document.diagnostics)
    if not isinstance(root.data, dict):
        facts = {"field": "a spec", "expected": "a mapping", "value": shown(root.plain())}
        raise ArchcError([*found, diagnostic("E203", root.span, **facts, hint="")])
    layers = [_layer(plain, found) for plain in document.layers]
    found += _clashes(document.layers)
    spec = _spec(root, [sketch.layer for sketch in layers if sketch.layer], found)
    name = root.entries.get("name")
    if name is not None and isinstance(name.data, str):
        problem = names.network_name(name.data, name.span)
        found += [problem] if problem else []
    if found or spec is None:
        settled = all(d.code not in EDGES_UNKNOWN for d in found)
        raise Unfinished(found, _input(root) if settled else None, layers)
    return spec


def _input(root: Value) -> Input | None:
    """The network's input by itself, whatever is wrong elsewhere; None if it is wrong too."""
    given = root.entries.get("input")
    try:
        return Input.model_validate(given.plain()) if given is not None else None
    except ValidationError:
        return None


def _spec(root: Value, layers: list[Layer], found: list[Diagnostic]) -> Spec | None:
    """The spec with its `layers`; None after a diagnostic of another field."""
    fields = root.plain()
    if isinstance(fields.get("layers"), tuple):
        fields["layers"] = tuple(layers)
        if not root.entries["layers"].items:
            facts = {"field": "layers", "expected": "a list of at least one layer", "value": "[]"}
            found.append(diagnostic("E204", root.place("layers"), **facts))
    try:
        spec = Spec.model_validate(fields)
    except ValidationError as error:
        found += diagnose(
            error, Subject(root, "a spec", tuple(Spec.model_fields), FIELDS["a spec"])
        )
        return None
    spec._root = root
    return spec


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """In file order, each diagnostic once (a default's fault shows in every layer that it reaches), by place."""
    once = {(_order(d.span), d.code, d.message): d for d in diagnostics}
    return [once[key] for key in sorted(once)]


def _order(span: Span | None) -> tuple[str, int, int, str]:
    """By file; and overrides, which all stand in line 1 of a source of one name, by their text."""
    return (span.source.name, span.line, span.column, span.source.text) if span else ("", 0, 0, "")


def _clashes(layers: tuple[PlainLayer, ...]) -> list[Diagnostic]:
    """Layers of one name, and layers named like a part of another in the generated code."""
    first: dict[str, Span] = {}
    found: list[Diagnostic] = []
    for layer in layers:
        known = first.setdefault(layer.name.lower(), layer.name_span)
        if known is not layer.name_span:
            found.append(diagnostic("E209", layer.name_span, name=layer.name, line=known.line))
    return found + names.collisions({layer.name: layer.name_span for layer in layers})


def _layer(plain: PlainLayer, found: list[Diagnostic]) -> Sketch:
    """A layer with its model, or with what is known of it after a diagnostic of its fields."""
    problem = names.layer_name(plain.name, plain.name_span)
    found += [problem] if problem else []
    before = len(found)
    inputs = _inputs(plain.fields, found)
    connected = len(found) == before
    model = _model(plain, found)
    layer = None
    if model is not None:
        layer = Layer(
            name=plain.name, op=model, inputs=inputs, span=plain.name_span, fields=plain.fields
        )
    return Sketch(plain, layer, inputs, connected)


def _model(plain: PlainLayer, found: list[Diagnostic]) -> Op | None:
    """The model of an operation; after a diagnostic one of the same shape, or None."""
    op = _operation(plain, found)
    if op is None and plain.type is not None:
        op = meant_type(plain.type)
        if op is None:
            return shape_keeper(plain.type)
    if op is None:
        return None
    kind = op.model_fields["type"].default
    fields = {**plain.fields.plain(), "type": kind}
    fields.pop("from", None)
    try:
        return op.model_validate(fields)
    except ValidationError as error:
        choices = ("from", *op.model_fields)
        found += diagnose(error, Subject(plain.fields, kind, choices, FIELDS.get(kind, {})))
        return repaired(op, fields, error)


def _operation(plain: PlainLayer, found: list[Diagnostic]) -> type[Op] | None:
    """The operation that a layer's `type` names; None after a diagnostic."""
    kind = plain.fields.entries.get("type")
    if kind is None:
        facts = {"owner": f"'{plain.name}'", "field": "type", "hint": "add type: …"}
        found.append(diagnostic("E202", plain.name_span, **facts))
        return None
    if isinstance(kind.data, str) and kind.data in OPS:
        return OPS[kind.data]
    name = kind.data if isinstance(kind.data, str) else shown(kind.plain())
    facts = {"what": "type", "value": name, "suggestion": str(suggest(name, OPS, TYPES))}
    found.append(diagnostic("E205", kind.span, **facts))
    return None


def _inputs(fields: Value, found: list[Diagnostic]) -> tuple[str, ...] | None:
    """The names in a layer's `from`; None where it has none, and after a diagnostic."""
    if "from" not in fields.entries:
        return None
    given = fields.entries["from"].plain()
    listed = given if isinstance(given, tuple) else (given,)
    if listed and all(isinstance(name, str) for name in listed):
        return listed
    facts = {"field": "from", "expected": "a layer's name or a list of them", "value": shown(given)}
    found.append(diagnostic("E203", fields.place("from"), **facts, hint=""))
    return None
