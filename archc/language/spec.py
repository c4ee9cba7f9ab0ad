"""What is allowed: plain values → strict, frozen models, every mismatch a finding with its place."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    PrivateAttr,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from archc.errors import ArchcError, Diagnostic, Span, diagnostic, did_you_mean, shown
from archc.language import names
from archc.language.elaborate import Document, PlainLayer
from archc.language.published import Claim, Erratum, Expectation, Figures, Strict, Totals
from archc.language.reader import Value
from archc.language.recipe import SECTIONS, Train
from archc.language.synonyms import FIELDS, INITIALIZERS, NO_ACTIVATION, TYPES
from archc.ops import OPS
from archc.ops.activations import ACTIVATIONS
from archc.ops.base import Op


class Input(Strict):
    """What one sample is: maps, channels first."""

    channels: Annotated[PositiveInt, Field(description="Number of input maps; 3 for RGB.")]
    height: Annotated[PositiveInt, Field(description="In pixels.")]
    width: Annotated[PositiveInt, Field(description="In pixels.")]


class Layer(BaseModel):
    """A named operation, the names of what it reads (None: the layer before), and its place."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    name: str
    op: Op
    reads: tuple[str, ...] | None
    span: Span
    fields: Value


def _whole(text: str) -> str:
    if not text.strip():
        raise ValueError
    return text


def _version(value: Any) -> Any:
    if type(value) is not int:  # true and 1.0 equal 1
        raise PydanticCustomError("E203", "version", {"expected": "1"})
    return value


Text = Annotated[str, AfterValidator(_whole)]


class Spec(Strict):
    """A network as its author describes it."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    archc: Annotated[
        Literal[1], BeforeValidator(_version), Field(description="Version of the language.")
    ]
    name: Annotated[Text, Field(description="Name of the network and of its generated class.")]
    title: Annotated[str | None, Field(description="One line on what it is.")] = None
    year: Annotated[int | None, Field(description="When it was published.")] = None
    cite: Annotated[str | None, Field(description="The publication, as one would cite it.")] = None
    input: Annotated[Input, Field(description="The network's input.")]
    defaults: dict[str, Any] = Field(
        default_factory=dict, description="Fields for every layer of a type that lacks them."
    )
    layers: Annotated[tuple[Layer, ...], Field(description="The layers, input to output.")]
    train: Annotated[Train | None, Field(description="How the network was trained.")] = None
    expect: Annotated[
        tuple[Expectation, ...], Field(description="Published figures that `check` holds true.")
    ] = ()
    errata: Annotated[
        tuple[Erratum, ...], Field(description="Published figures that `check` holds wrong.")
    ] = ()
    notes: Annotated[tuple[str, ...], Field(description="The author's remarks.")] = ()
    _root: Value = PrivateAttr()

    @property
    def root(self) -> Value:
        """The file's values with their places."""
        return self._root


def validate(document: Document) -> Spec:
    """The models of a document; raises ArchcError with every finding, in file order."""
    root = document.root
    findings = list(document.findings)
    if not isinstance(root.data, dict):
        value = shown(root.plain())
        findings.append(
            diagnostic(
                "E203", root.span, field="a spec", expected="a mapping", value=value, hint=""
            )
        )
        raise ArchcError(findings)
    made = [(plain, _layer(plain, findings)) for plain in document.layers]
    layers = [layer for _, layer in made if layer]
    findings += _distinct(document.layers)
    fields = root.plain()
    if isinstance(fields.get("layers"), tuple):
        fields["layers"] = tuple(layers)
        if not root.entries["layers"].items:
            place = root.place("layers")
            findings.append(
                diagnostic(
                    "E204",
                    place,
                    field="layers",
                    expected="a list of at least one layer",
                    value="[]",
                )
            )
    spec: Spec | None = None
    try:
        spec = Spec.model_validate(fields)
        spec._root = root
    except ValidationError as error:
        findings += _findings(error, root, "a spec", tuple(Spec.model_fields), {})
    name = root.entries.get("name")
    if name is not None and isinstance(name.data, str):
        problem = names.network_name(name.data, name.span)
        findings += [problem] if problem else []
    if findings or spec is None:
        known = None if spec is None or any(d.code in UNCERTAIN for d in findings) else spec.input
        raise Unfinished(findings, known, made)
    return spec


UNCERTAIN = {"E206", "E209"}
"""Findings after which it is open which layer reads which."""


class Unfinished(ArchcError):
    """A spec with findings, and what is known of it: each layer that was made, None for others."""

    def __init__(
        self,
        findings: Iterable[Diagnostic],
        known: Input | None,
        layers: list[tuple[PlainLayer, Layer | None]],
    ) -> None:
        self.input, self.layers = known, layers
        super().__init__(_in_order(findings))

    def beside(self, others: Iterable[Diagnostic]) -> ArchcError:
        """All findings together, in file order."""
        return ArchcError(_in_order([*self.diagnostics, *others]))


def _in_order(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each finding once (a default's fault shows in every layer that it reaches), by place."""
    once = {(_order(d.span), d.code, d.message): d for d in findings}
    return [once[key] for key in sorted(once)]


def _order(span: Span | None) -> tuple[str, int, int, str]:
    """By file; and overrides, which all stand in line 1 of a source of one name, by their text."""
    return (span.source.name, span.line, span.column, span.source.text) if span else ("", 0, 0, "")


def _distinct(layers: tuple[PlainLayer, ...]) -> list[Diagnostic]:
    first: dict[str, Span] = {}
    found: list[Diagnostic] = []
    for layer in layers:
        known = first.setdefault(layer.name.lower(), layer.name_span)
        if known is not layer.name_span:
            found.append(diagnostic("E209", layer.name_span, name=layer.name, line=known.line))
    return found + names.collisions({layer.name: layer.name_span for layer in layers})


def _layer(plain: PlainLayer, findings: list[Diagnostic]) -> Layer | None:
    problem = names.layer_name(plain.name, plain.name_span)
    if problem:
        findings.append(problem)
    fields = plain.fields.plain()
    kind, reads = fields.get("type"), fields.pop("from", None)
    if "type" not in fields:
        findings.append(
            diagnostic(
                "E202", plain.name_span, owner=f"'{plain.name}'", field="type", hint="add type: …"
            )
        )
        return None
    if not isinstance(kind, str) or kind not in OPS:
        word = kind if isinstance(kind, str) else shown(kind)
        hint = did_you_mean(word, OPS, TYPES)
        place = plain.fields.place("type")
        findings.append(diagnostic("E205", place, what="type", value=word, suggestion=hint))
        return None
    if isinstance(reads, str):
        reads = (reads,)
    if "from" in plain.fields.entries and not (
        isinstance(reads, tuple) and reads and all(isinstance(name, str) for name in reads)
    ):
        findings.append(
            diagnostic(
                "E203",
                plain.fields.place("from"),
                field="from",
                expected="a layer's name or a list of them",
                value=shown(reads),
                hint="",
            )
        )
        reads = ()
    op = OPS[kind]
    try:
        model = op.model_validate(fields)
    except ValidationError as error:
        choices = ("from", *op.model_fields)
        findings += _findings(error, plain.fields, kind, choices, FIELDS.get(kind, {}))
        return None
    if reads == ():  # what it reads is not known
        return None
    return Layer(name=plain.name, op=model, reads=reads, span=plain.name_span, fields=plain.fields)


def _findings(
    error: ValidationError,
    place: Value,
    owner: str,
    choices: tuple[str, ...],
    synonyms: dict[str, str],
) -> list[Diagnostic]:
    """A model's errors in archc's words; a misspelt field is not also a missing one."""
    details = error.errors(include_url=False)
    meant = set()
    for loc in (d["loc"] for d in details if d["type"] == "extra_forbidden"):
        known, other = _known(loc, owner, choices, synonyms)
        quoted = did_you_mean(str(loc[-1]), known, other).split("'")[1::2]
        meant |= {(*loc[:-1], name) for name in quoted[:1]}
    return [
        _finding(detail, place, owner, choices, synonyms)
        for detail in details
        if not (detail["type"] == "missing" and detail["loc"] in meant)
    ]


def _known(
    path: tuple[str | int, ...], owner: str, choices: tuple[str, ...], synonyms: dict[str, str]
) -> tuple[tuple[str, ...], dict[str, str] | None]:
    """The fields beside an unknown one, and what other tools call them."""
    if len(path) == 1:
        return choices, synonyms
    holder = next(s for s in reversed(path[:-1]) if isinstance(s, str))
    return _siblings(path, owner), FIELDS.get(holder)


# pydantic's kinds of error, in the language's words; {…} are its own facts.
_EXPECTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a word or a mapping of one",
    "union_tag_not_found": "a word or a mapping of one",
    "greater_than": "above {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "below {lt:g}",
    "less_than_equal": "at most {le:g}",
    "literal_error": "{expected}",
    "value_error": "more than white space",
}
_RANGES = {"greater_than", "greater_than_equal", "less_than", "less_than_equal", "value_error"}


def _finding(
    detail: ErrorDetails,
    place: Value,
    owner: str,
    choices: tuple[str, ...],
    synonyms: dict[str, str],
) -> Diagnostic:
    path = tuple(step for step in detail["loc"])
    facts: dict[str, Any] = dict(detail.get("ctx") or {})
    kind, field, value = detail["type"], str(path[-1]) if path else owner, detail["input"]
    names_in_text = [str(step) for step in path[:-1] if not isinstance(step, int)]
    holder = names_in_text[-1] if names_in_text else owner
    if kind == "extra_forbidden":
        hint = did_you_mean(field, *_known(path, owner, choices, synonyms))
        span = place.place(*path, key=True)
        return diagnostic("E201", span, owner=holder, field=field, suggestion=hint)
    if kind == "missing":
        hint = f"add {field}: {'1' if field == 'archc' else '…'}"
        if len(path) > 1 and path[0] == "activation" and isinstance(value, dict):
            hint = f"write {{{holder}: {{{field}: …}}}}"
        return diagnostic("E202", place.place(*path[:-1]), owner=holder, field=field, hint=hint)
    label = field if not field.isdigit() else holder  # an item of a list has no name
    if kind == "union_tag_invalid":
        tags = [tag.strip(" '") for tag in str(facts["expected_tags"]).split(",")]
        hint = did_you_mean(str(facts["tag"]), tags, TYPES)
        if str(facts["tag"]).lower() in NO_ACTIVATION:
            hint = "leave it out, or write null to cancel a default"
        typed = ("type",) if isinstance(value, dict) and "type" in value else ()
        return diagnostic(
            "E205", place.place(*path, *typed), what=label, value=facts["tag"], suggestion=hint
        )
    if kind == "union_tag_not_found" and path and path[0] == "train" and isinstance(value, dict):
        return diagnostic("E202", place.place(*path), owner=label, field="type", hint="add type: …")
    if kind == "E205":
        word = str(facts.get("word", value))
        span = place.place(*path, word, key=True) if "word" in facts else place.place(*path)
        hint = did_you_mean(word, facts["choices"], INITIALIZERS)
        return diagnostic("E205", span, what=facts["what"], value=word, suggestion=hint)
    if kind in ("E212", "E213"):
        return diagnostic(kind, place.place(*path), **facts)
    if "step" in facts:
        path, field = (*path, facts["step"]), str(facts["step"])
        value = value[facts["step"]] if isinstance(value, dict) else value
    expected = facts.get("expected") if kind.startswith("E") else None
    expected = expected or _EXPECTED.get(kind, "{expected}").format(
        **{"expected": "something else", **facts}
    )
    code = kind if kind.startswith("E2") else "E204" if kind in _RANGES else "E203"
    facts = {
        "field": field,
        "expected": expected,
        "value": shown(value),
        "hint": facts.get("hint") or _hint(value) or _FORMS.get((*path,), ""),
    }
    return diagnostic(code, place.place(*path), **facts)


_FORMS: dict[tuple[str | int, ...], str] = {
    ("input",): "write {channels: 3, height: 227, width: 227}",
    ("layers",): "write each layer as an entry: - conv1: {type: conv2d, filters: 8, kernel: 3}",
}
"""What the two fields that every spec has look like."""


def _hint(value: object) -> str:
    """The way out of a scalar that only looks right."""
    if isinstance(value, float) and value.is_integer():
        return f"write {value:.0f}"
    if not isinstance(value, str):
        return ""
    if value.lower() in ("yes", "no", "on", "off"):
        return f"write {'true' if value.lower() in ('yes', 'on') else 'false'}"
    return "remove the quotes" if value.replace(".", "", 1).isdigit() else ""


def _siblings(path: tuple[str | int, ...], owner: str) -> tuple[str, ...]:
    """The fields beside an unknown one that stands inside another field of `owner`."""
    inits = OPS[owner].model_fields["init"].default if "init" in path else None
    models: dict[str, type[Any]] = {
        "init": type(inits), "input": Input, "totals": Totals, "says": Claim, "expect": Expectation,
        "errata": Erratum, **SECTIONS, **ACTIVATIONS,
    }  # fmt: skip
    words = [step for step in path[:-1] if isinstance(step, str)]
    model = models.get(words[-1], Figures) if words else Spec
    return tuple(name for name in model.model_fields if name != "type")
