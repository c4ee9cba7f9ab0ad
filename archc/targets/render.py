"""Graph × target → generated files, through `templates/<target>/`."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from textwrap import wrap
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from archc.errors import ArchcError, Fault, count, diagnostic, did_you_mean, fail
from archc.files import header
from archc.language import names
from archc.network.graph import Graph
from archc.ops.tensor import Shape
from archc.targets import TARGETS, literals
from archc.targets.formatting import WIDTH, identifiers, statement
from archc.targets.macros import Macros
from archc.targets.statements import File, Statement, assemble


def file_name(stem: str, target: str) -> str:
    """`lenet5-1998` → `lenet5_1998_torch.py`; the spec's name in it, as `torch.py` would hide torch."""
    return f"{stem.replace('-', '_')}_{target}.py"


def render(graph: Graph, target: str, stem: str, **options: Any) -> File:
    """One generated file. Raises ArchcError (E501) where the target cannot follow the spec."""
    if target not in TARGETS:
        fail("E205", what="target", value=target, suggestion=did_you_mean(target, TARGETS))
    if not names.FILE.fullmatch(stem):
        fail("E508", name=stem, rule=names.FILE_RULE)
    layers = parts(graph, target, **options)
    template = _environment(target).get_template("module.py.jinja")

    def text(write: Callable[[Statement], str]) -> str:
        return template.render(
            graph=graph,
            stem=stem.replace("-", "_"),
            class_name=names.class_name(graph.name),
            function_name=names.function_name(stem),
            marker=header.PYTHON,
            figures=_figures(graph),
            output=_output(graph),
            loss=TARGETS[target].loss(graph),
            changes=_changes(graph),
            write=write,
            **layers,
        )

    return assemble(file_name(stem, target), text)


def rendered(
    graph: Graph, stem: str, targets: Iterable[str] = TARGETS
) -> tuple[dict[str, File], dict[str, ArchcError]]:
    """The generated files by target, and what the others refuse."""
    files: dict[str, File] = {}
    refused: dict[str, ArchcError] = {}
    for target in targets:
        try:
            files[target] = render(graph, target, stem)
        except ArchcError as error:
            refused[target] = error
    return files, refused


def parts(graph: Graph, target: str, **options: Any) -> dict[str, Any]:
    """What a target's file says of the layers, part by part. Raises ArchcError (E501)."""
    framework = TARGETS[target]
    diagnostics = []
    for node in graph.nodes:
        try:
            framework.refuse(node)
        except Fault as fault:
            facts = {"target": target, "layer": node.name, **fault.facts}
            diagnostics.append(diagnostic(fault.code, node.span, **facts))
    if diagnostics:
        raise ArchcError(diagnostics)
    return framework.context(graph, Macros(_environment(target)), **options)


def _figures(graph: Graph) -> str:
    total = graph.totals
    fixed = f" and {total.fixed:,} non-trainable" if total.fixed else ""
    parameters = count(total.parameters, "parameter") + fixed
    return f"{parameters}, {count(total.macs, 'multiply-accumulate')} per image"


def _output(graph: Graph) -> str:
    """What the output is, behind its shape."""
    output = graph.output.operations[-1].output
    words = {"values": "", "distances": ", squared distances to the codes"}
    return words.get(output, f", {output}")


_PLAIN = re.compile(r"[A-Za-z0-9_.]+=[A-Za-z0-9_.,:+\-\[\]{} ]*")
"""An override that is surely no code, nor the end of a docstring."""
_NAMES = re.compile(r"[^A-Za-z0-9_.]")
_INDENT = " " * 8
_NOT_IN_FILES = ("title=", "year=", "train=", "train.")
"""Fields that change nothing in a file; the loss, where it does, is there itself."""
_LONGEST = 60
"""Characters of an override that a file shows."""


def _changes(graph: Graph) -> str:
    """The overrides of a network, in lines that go behind a heading of eight characters."""
    shown = (
        (change if len(change) <= _LONGEST else f"{change[:_LONGEST]}...")
        if _PLAIN.fullmatch(change)
        else f"{_NAMES.sub('', change.partition('=')[0])[:_LONGEST]}=..."
        for change in (each.replace('"', "") for each in graph.changes)
        if not change.startswith(_NOT_IN_FILES)
    )
    lines = wrap(", ".join(shown), WIDTH - len(_INDENT), break_on_hyphens=False)
    return f"\n{_INDENT}".join(lines)


def _batched(shape: Shape) -> str:
    return f"(N, {', '.join(str(n) for n in shape)})"


def _uses(body: object, name: str) -> bool:
    return name in identifiers(str(body))


@cache
def _environment(target: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TARGETS[target].templates),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "number": literals.number,
        "pair": literals.pair,
        "times": literals.times,
        **TARGETS[target].filters,
    }
    environment.globals |= {
        "assigned": literals.assigned,
        "batched": _batched,
        "fitted": statement,
        "uses": _uses,
    }
    return environment
