"""Hypothesis strategies for wrong specs: a valid one with a single fault, or with random edits."""

from dataclasses import dataclass
from typing import Any

import yaml
from hypothesis import strategies as st

from archc.ops import OPS
from support.networks import spec_text, specs


@dataclass(frozen=True)
class Mutant:
    """A spec with one fault, the layer that has it, and the code that names it."""

    text: str
    layer: int
    code: str
    fault: str


def _whole_numbers(fields: dict[str, Any]) -> list[str]:
    return [name for name, value in fields.items() if type(value) is int and name != "padding"]


def _first(name: str, fields: dict[str, Any]) -> str | list[str]:
    """What a layer reads, `name` in place of the first."""
    reads = fields.get("from")
    return [name, *reads[1:]] if isinstance(reads, list) else name


def _required(fields: dict[str, Any]) -> list[str]:
    op = OPS[fields["type"]]
    return [name for name, field in op.model_fields.items() if field.is_required()]


@st.composite
def mutants(draw: st.DrawFn) -> Mutant:
    """A valid spec in which one thing of one layer is wrong."""
    spec = yaml.safe_load(draw(specs()))
    layers = spec.pop("layers")
    number = draw(st.integers(0, len(layers) - 1))
    ((name, fields),) = layers[number].items()
    faults = {
        "another field": ("E201", {**fields, "frobnicate": 1}),
        "another type": ("E205", {**fields, "type": f"{fields['type']}zz"}),
        "no type": ("E202", {k: v for k, v in fields.items() if k != "type"}),
        "reads nothing": ("E301", {**fields, "from": _first("nowhere", fields)}),
        "reads itself": ("E313", {**fields, "from": _first(name, fields)}),
        "reads a number": ("E203", {**fields, "from": 7}),
    }
    for field in fields:
        if field not in ("type", "from"):
            renamed = {f"{k}x" if k == field else k: v for k, v in fields.items()}
            faults[f"{field} misspelt"] = ("E201", renamed)
    for field in _required(fields):
        kept = {k: v for k, v in fields.items() if k != field}
        faults[f"{field} missing"] = ("E202", kept)
    for field in _whole_numbers(fields):
        faults[f"{field} negative"] = ("E204", {**fields, field: -1})
        faults[f"{field} true"] = ("E203", {**fields, field: True})
        faults[f"{field} infinite"] = ("E110", {**fields, field: float("inf")})
    if "kernel" in fields:
        large = {k: v for k, v in fields.items() if k not in ("padding", "ceil_mode")}
        faults["kernel too large"] = ("E304", {**large, "kernel": 999})
    if "bias" in fields:
        faults["bias a word"] = ("E203", {**fields, "bias": "perhaps"})
    fault = draw(st.sampled_from(sorted(faults)))
    code, wrong = faults[fault]
    layers[number] = {name: wrong}
    return Mutant(spec_text(layers, **spec), number, code, fault)


# What means something to YAML, to Python, to Jinja, to terminals, or to none of them.
NASTY = st.one_of(
    st.text(max_size=3),
    st.sampled_from(
        ["\t", "\n", "\r", ": ", "- ", "&a", "*a", "!!x ", "{", "}", "[", "]", "'", '"', "#", "|",
         ">", "<<: ", "%", "---\n", "\x00", "\x1b[31m", "\ud800", "\u2028", "\ufeff", "{{", "{%",
         '"""', "\\", "9" * 30, "1e999", ".nan", "true", "~", "0x", "\N{ROCKET}"]
    ),
)  # fmt: skip


@st.composite
def edited(draw: st.DrawFn) -> str:
    """A valid spec's text with a few pieces cut out and others put in."""
    text = draw(specs())
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        stop = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(NASTY) + text[stop:]
    return text
