"""Operation × field × target: what is supported, emulated, inert or refused.

All of it is what the targets declare (`archc/targets/<target>/declarations.py`); refusals are raised from the same
declarations.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import fill
from typing import Any

from archc.ops import OPS
from archc.tables.terminal import render_table
from archc.targets import TARGETS
from archc.targets.declarations import ITSELF, Note, Refused

NARROW = 80
"""How wide the notes below the table may be, in characters."""
MEANING = {
    "supported": "the framework's own layer, operator or argument says it",
    "emulated": "the framework has no such thing or means another; the generated file makes up for "
    "it, exactly and visibly",
    "inert": "nothing that the target computes depends on it",
    "refused": "archc writes no file, and says why",
}
_LEGEND = "\n".join(f"- **{status}**: {meaning}." for status, meaning in MEANING.items())
_HEAD = f"""\
# What each target supports

The fields of each operation, and what becomes of them in PyTorch, Keras and ONNX. It is written by
`make goldens` from what the targets declare, and the tests hold the declarations to the generated
files; `archc explain --targets` prints it. [operations.md](operations.md) tells the same story at
length.

{_LEGEND}

The first line of each table, *itself*, is about the operation as a whole. Where a cell has
only conditions, everything else is supported. *In the file* means a class or function that the generated
file defines.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A field of an operation; the field `type` stands for the operation itself."""

    operation: str
    field: str
    notes: Mapping[str, tuple[Note, ...]]
    """By target; none at all means supported."""

    def status(self, target: str) -> str:
        """The answer, exceptions aside."""
        whole = (note.status for note in self.notes[target] if not note.when)
        return next(whole, "supported")

    def record(self) -> dict[str, Any]:
        """The row as plain values: the JSON contract."""
        targets = {
            target: {"status": self.status(target), "notes": [_record(note) for note in notes]}
            for target, notes in self.notes.items()
        }
        return {"operation": self.operation, "field": self.field, "targets": targets}


def rows(kind: str | None = None) -> list[Row]:
    """The rows of an operation, or of all."""
    return [
        Row(name, field, {t: target.declared(name, field) for t, target in TARGETS.items()})
        for name, op in OPS.items()
        if kind in (None, name)
        for field in op.model_fields
    ]


def lines(kind: str, target: str | None = None) -> list[str]:
    """How targets differ in an operation, a sentence each; all targets, or one."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in TARGETS:
        for row in rows(kind) if target in (None, name) else ():
            for note in row.notes[name]:
                subject = kind if row.field == ITSELF else row.field
                found.setdefault((name, note.status + _words(note)), []).append(f"`{subject}`")
    return [f"{name}, {', '.join(fields)}: {words}." for (name, words), fields in found.items()]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The whole table; `str` draws it for a terminal."""

    def record(self) -> list[dict[str, Any]]:
        """The rows as plain values: the JSON contract."""
        return [row.record() for row in rows()]

    def text(self, form: str) -> str:
        """The table as Markdown, JSON, or for a terminal."""
        if form == "json":
            from archc.tables.documents import as_json

            return as_json(self.record())
        return self._markdown() if form == "markdown" else str(self)

    def _markdown(self) -> str:
        return "\n".join([_HEAD, *("\n".join(_section(kind)) for kind in OPS)]).rstrip()

    def __str__(self) -> str:
        numbers: dict[str, int] = {}
        table: list[tuple[str, ...]] = []
        for row in rows():
            itself = row.field == ITSELF
            cells = [[*_cell(t, notes, numbers)] for t, notes in row.notes.items()]
            names = [row.operation if itself else f"· {row.field}"]
            table += [("",) * (1 + len(cells))] if itself and table else []
            table += zip_longest(names, *cells, fillvalue="")
        headings = ("operation", *TARGETS)
        drawn = render_table(
            "What each target supports", headings, table, ["left"] * len(headings), gap=2
        )
        legend = [_hanging(f"{status}:", meaning, 11) for status, meaning in MEANING.items()]
        notes = [_hanging(f"{number:>3}", text, 5) for text, number in numbers.items()]
        return "\n".join([drawn, "", *legend, "", *notes])


def _cell(target: str, notes: tuple[Note, ...], numbers: dict[str, int]) -> Iterator[str]:
    """The lines of a cell; notes that read alike have one number."""
    for note in notes:
        text = target + _words(note)
        number = numbers.setdefault(text, len(numbers) + 1)
        partly = "partly " if note.when and note.status != "supported" else ""
        yield f"{partly}{note.status} {number}"
    if not notes:
        yield "supported"


def _section(kind: str) -> Iterator[str]:
    """The lines of an operation in Markdown."""
    yield f"## {kind}\n"
    yield f"| | {' | '.join(TARGETS)} |"
    yield f"|---|{'---|' * len(TARGETS)}"
    for row in rows(kind):
        name = "*itself*" if row.field == ITSELF else f"`{row.field}`"
        cells = [
            "<br>".join(f"**{n.status}**{_words(n)}" for n in notes) or "supported"
            for notes in row.notes.values()
        ]
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""


def _words(note: Note) -> str:
    """What stands behind a note's status."""
    return f"{' ' * bool(note.when)}{note.when}: {_reason(note)}"


def _reason(note: Note) -> str:
    return f"{note.text}; {note.help}" if isinstance(note, Refused) else note.text


def _record(note: Note) -> dict[str, Any]:
    way_out = {"help": note.help} if isinstance(note, Refused) else {}
    return {"status": note.status, "when": note.when, "text": note.text, **way_out}


def _hanging(mark: str, text: str, width: int) -> str:
    """A text beside its mark, in lines of a terminal."""
    return fill(
        text,
        NARROW,
        initial_indent=f"{mark:<{width}}",
        subsequent_indent=" " * width,
        break_on_hyphens=False,
    )
