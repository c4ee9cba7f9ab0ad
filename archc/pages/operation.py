"""The page of an operation, generated from its code.

The text comes from the docstrings of its class and module, the fields from the models, and the
counts and the generated code from the network in `explanations/<operation>.yaml`.
"""

import inspect
import re
from pathlib import Path
from textwrap import dedent, fill
from typing import Any

from archc.compiler import compile_text
from archc.counts.summary import Summary
from archc.files.locations import EXPLANATIONS
from archc.language import docstrings
from archc.language.schema import schema
from archc.language.writer import flow_yaml, spell
from archc.network.graph import Graph, Node
from archc.ops import OPS
from archc.ops.activations import ACTIVATIONS
from archc.ops.tensor import show
from archc.targets import TARGETS, capabilities
from archc.targets.base import Target
from archc.targets.formatting import WIDTH
from archc.targets.render import parts
from archc.targets.statements import Statement

_USUAL = """\
archc: 1
name: Example
input: {{channels: 3, height: 32, width: 32}}
layers:
  - conv: {{type: conv2d, filters: 16, kernel: 3{activation}}}
  - pool: {{type: max_pool, kernel: 2}}
  - layer: {{type: {kind}}}
"""
_REMARK = re.compile(r"\{#\s*(.*?)\s*#\}", re.DOTALL)


def operation(kind: str) -> str:
    """The page of an operation, as Markdown: meaning, fields, example, weights, generated code."""
    docstrings.restore()
    text = example(kind)
    graph = compile_text(text, f"{kind}.yaml").graph
    sections = [
        _meaning(kind),
        f"## Fields\n\n{_fields(kind)}",
        f"## Example\n\n```yaml\n{text}```\n\n```text\n{Summary(graph)}\n```",
        _weights(kind, graph),
        *(_generated(kind, graph, target) for target in TARGETS.values()),
        _differences(kind),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def example(kind: str) -> str:
    """A small network with layers of this operation: written for it, or a usual one."""
    own, fields = EXPLANATIONS / f"{kind}.yaml", OPS[kind].model_fields.values()
    if own.exists() or any(field.is_required() for field in fields):
        return own.read_text(encoding="utf-8")
    activation = f", activation: {kind}" if kind in ACTIVATIONS else ""
    return _USUAL.format(activation=activation, kind=kind)


def _meaning(kind: str) -> str:
    op = OPS[kind]
    least, most = op.reads
    inputs = "It takes one input." if most == 1 else f"It takes {least} or more inputs."
    return f"# {kind}\n\n{inspect.getdoc(op)}\n\n{inputs}"


def _fields(kind: str) -> str:
    definitions = schema()["definitions"]
    models, least = OPS[kind].model_fields, OPS[kind].reads[0]
    entries = []
    for name, field in definitions[f"op_{kind}"]["properties"].items():
        if name == "type":
            continue
        need = "optional"
        if (name in models and models[name].is_required()) or (name == "from" and least > 1):
            need = "required"
        elif name in models and models[name].default is not None:
            need = f"default {flow_yaml(spell(models[name].default))}"
        if "$ref" in field:
            field = definitions[field["$ref"].rpartition("/")[2]]
        entries += _entry(f"`{name}`, {need}", field, "")
    return "\n".join(entries)


def _entry(name: str, field: dict[str, Any], margin: str) -> list[str]:
    """The lines of a field: its description and values, and the fields of a mapping below it."""
    lines = [f"- {name}. {field['description']}"]
    if "properties" not in field:
        lines.append(f"  Values: {values(field)}.")
    found = [_wrapped(line, margin, f"{margin}  ") for line in lines]
    for inner, own in field.get("properties", {}).items():
        found += _entry(f"`{inner}`", own, f"{margin}  ")
    return found


def _wrapped(text: str, margin: str = "", hanging: str = "  ") -> str:
    return fill(
        text, WIDTH, initial_indent=margin, subsequent_indent=hanging, break_on_hyphens=False
    )


def values(field: dict[str, Any]) -> str:
    """What a JSON Schema allows, as a phrase."""
    if "anyOf" in field:
        return _choice(field["anyOf"])
    if "enum" in field:
        return ", ".join(field["enum"])
    kind = field["type"]
    if kind == "array":
        items = field["items"]
        each = items[0] if isinstance(items, list) else items
        count = f" of {len(items)}" if isinstance(items, list) else ""
        return f"a list{count}, each {values(each)}"
    if kind == "string":
        return f"a string matching {field['pattern']}" if "pattern" in field else "a string"
    if "properties" in field:
        inner = {name: values(item) for name, item in field["properties"].items()}
        same = {" | ".join(inner): next(iter(inner.values()), "")}
        inner = same if len({*inner.values()}) == 1 else inner
        return f"{{{', '.join(f'{name}: {value}' for name, value in inner.items())}}}"
    names = {"integer": "an integer", "number": "a number", "boolean": "true, false"}
    return names.get(kind, "") + _range(field)


def _choice(forms: list[dict[str, Any]]) -> str:
    """Alternatives; mappings of one key to the same kind of value are joined."""
    found: dict[str, list[str]] = {}
    for form in forms:
        inner = form.get("properties", {})
        if len(inner) != 1:
            found.setdefault(values(form), [])
            continue
        ((name, value),) = inner.items()
        if value.get("properties") != {}:
            found.setdefault(values(value), []).append(name)
    texts = [f"{{{' | '.join(n)}: {w}}}" if n else w for w, n in found.items() if w]
    return "; ".join(texts)


def _range(field: dict[str, Any]) -> str:
    words = {
        "minimum": "of at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
    }
    limits = [f"{word} {field[name]:g}" for name, word in words.items() if name in field]
    return f" {' and '.join(limits)}" if limits else ""


def _weights(kind: str, graph: Graph) -> str:
    lines = []
    for node in _nodes(kind, graph):
        for weight in node.weights:
            start = f"initialiser {flow_yaml(spell(weight.init))}" if weight.trainable else "fixed"
            shape = f"{weight.axes} {show(weight.shape)}"
            lines.append(
                f"- `{node.name}.{weight.name}`: {shape}, {weight.size:,} numbers, {start}"
            )
    return "\n".join(lines) or "It has no weights."


def _nodes(kind: str, graph: Graph) -> list[Node]:
    return [node for node in graph.nodes if node.op.type == kind]


def _generated(kind: str, graph: Graph, target: Target) -> str:
    """The code that a target generates for the example, and the remarks of its template."""
    context = parts(graph, target.name)
    shown = ["\n".join(_line(each) for each in context[name]) for name in target.shown]
    text = "\n\n".join(dedent(part).strip() for part in shown if part)
    template = target.templates / "ops" / f"{kind}.py.jinja"
    remarks = [re.sub(r"\s+", " ", r) for r in _remarks(template)]
    remarks += [f"The file defines {_summary(*each)}" for each in context["definitions"].items()]
    notes = "\n".join(_wrapped(f"- {remark}") for remark in remarks)
    heading = f"## Generated code: {target.name}"
    return f"{heading}\n\n```{target.language}\n{text}\n```\n\n{notes}".rstrip()


def _line(part: Statement | str) -> str:
    return part if isinstance(part, str) else part.lines


def _remarks(template: Path) -> list[str]:
    """The comments of an operation's template, if it has one of its own."""
    return _REMARK.findall(template.read_text("utf-8")) if template.exists() else []


def _summary(name: str, text: str) -> str:
    """A class or function of a generated file: its name and the first line of its docstring."""
    meaning = text.partition('"""')[2].partition('"""')[0].partition("\n")[0]
    return f"{name}: {meaning}" if meaning else f"{name}."


def _differences(kind: str) -> str:
    """What targets declare about this operation: emulated, inert or refused, and why."""
    text = "\n".join(_wrapped(f"- {line}") for line in capabilities.lines(kind))
    return f"## How targets differ\n\n{text or 'No differences: every target supports all fields natively.'}"
