"""Diagnostics: what archc reports, where in the source, and how it is printed.

Every other module reports through this one: it passes a code and facts, and the catalogue words
them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NoReturn, Self

from archc.catalogue import CATALOGUE

CLIP = 100  # longest part of a source line that a message shows, in characters
FACT = 300
"""Characters of one fact of a message, such as a name or a path; a longer one loses its middle."""
SENTENCE = 600
"""Characters of a whole message, of its help and of a note: each fits on a screen."""
LISTED = 12
"""Names of a list of all that there is."""


@dataclass(frozen=True)
class Source:
    """A text and the name that messages give it."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> list[str]:
        # Only YAML's own line breaks: str.splitlines also splits at others.
        return self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """A stretch of a source; lines and columns count from 1, the end column is exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int


Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem: a code of the catalogue, its wording, and its place in a source if it has one."""

    code: str
    message: str
    span: Span | None = None
    help: str = ""
    notes: tuple[str, ...] = ()
    severity: Severity = "error"

    @property
    def name(self) -> str:
        """The name of the code, such as `unknown-field`."""
        return CATALOGUE[self.code].name

    def __str__(self) -> str:
        """The diagnostic with its source line and a caret under the place."""
        text = f"{self.severity} {self.code} [{self.name}]: {self.message}"
        if self.span is not None:
            place = f"{file_name(self.span.source.name)}:{self.span.line}:{self.span.column}"
            text = f"{place}: {text}\n{_excerpt(self.span)}"
        text += "".join(f"\n  note: {shortened(note, SENTENCE)}" for note in self.notes)
        return text + (f"\n  help: {self.help}" if self.help else "")

    def record(self) -> dict[str, str | int | list[str] | None]:
        """The diagnostic as plain values: the JSON contract."""
        span = self.span
        return {
            "code": self.code,
            "name": self.name,
            "severity": self.severity,
            "message": self.message,
            "file": span.source.name if span else None,
            "line": span.line if span else None,
            "column": span.column if span else None,
            "end_line": span.end_line if span else None,
            "end_column": span.end_column if span else None,
            "help": self.help,
            "notes": list(self.notes),
        }


class ArchcError(Exception):
    """One or more diagnostics; `str` prints them all."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(d) for d in self.diagnostics))

    def __str__(self) -> str:
        return "\n".join(str(d) for d in self.diagnostics)

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in place of a traceback: the frames are archc's own."""
        return [f"{type(self).__name__}:", *str(self).splitlines()]


class EnvironmentProblem(ArchcError):
    """A problem outside the spec, such as a missing file or framework (exit code 2)."""


class UnknownLayer(ArchcError, KeyError):
    """A name that no layer of a network has."""


class ArgumentError(TypeError):
    """A value of a type that a function does not take; one line."""

    @classmethod
    def of(cls, function: str, expected: str, value: object) -> Self:
        """The error of a `function` that takes what is `expected`, not `value`."""
        return cls(f"{function} takes {expected}, not {type(value).__name__}")

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class Fault(Exception):
    """A diagnostic without a place, raised by an operation or a target about one of its fields."""

    def __init__(self, code: str, field: str = "", /, **facts: object) -> None:
        super().__init__(code, field, facts)
        self.code, self.field, self.facts = code, field, facts


def diagnostic(code: str, span: Span | None = None, /, **facts: object) -> Diagnostic:
    """The diagnostic `code`, its wording filled with `facts`."""
    entry = CATALOGUE[code]
    words = {name: _Fact(value, FACT) for name, value in facts.items()}
    message = shortened(entry.message.format(**words), SENTENCE)
    # The facts of a help are sentences already.
    words = {name: _Fact(value, SENTENCE) for name, value in facts.items()}
    help = shortened(entry.help.format(**words), SENTENCE)
    severity: Severity = "warning" if code.startswith("W") else "error"
    return Diagnostic(code, message, span, help, severity=severity)


def fail(code: str, span: Span | None = None, /, **facts: object) -> NoReturn:
    """Raise ArchcError with the single diagnostic `code`."""
    raise ArchcError([diagnostic(code, span, **facts)])


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What an unknown name may mean; `str` is the sentence that a message ends with."""

    meant: str | None
    """The one name that was probably meant; None if nothing comes near."""
    known: tuple[str, ...]
    synonym: bool = False
    """Whether other tools call it what was written."""
    said: str = ""
    """The sentence itself, where a table has it."""

    def __str__(self) -> str:
        if self.said:
            return self.said
        if self.synonym:
            return f"archc calls it '{self.meant}'"
        if self.meant is not None:
            return f"did you mean '{self.meant}'?"
        if not self.known:
            return "there is none"
        more = len(self.known) - LISTED
        names = ", ".join(brief(name) for name in self.known[:LISTED])
        return f"known: {names}" + (f" and {more} more" if more > 0 else "")


def nearest(
    word: str,
    choices: Iterable[str],
    synonyms: Mapping[str, str] | None = None,
    *,
    cutoff: float = 0.6,
) -> Suggestion:
    """Which of `choices` an unknown word may mean: a synonym of it, else the nearest in spelling.

    `cutoff` says how alike that is at least, between 0 and 1.
    """
    import difflib

    known = tuple(choices)[-200:]  # of very many, the nearest above; each look costs time
    synonym = (synonyms or {}).get(word.lower())
    if synonym in known:
        return Suggestion(synonym, known, synonym=True)
    near = difflib.get_close_matches(word.lower(), known, n=1, cutoff=cutoff)
    return Suggestion(near[0] if near else None, known)


def did_you_mean(
    word: str, choices: Iterable[str], synonyms: Mapping[str, str] | None = None
) -> str:
    """A suggestion for an unknown name: a synonym, the nearest choice, or all of them."""
    return str(nearest(word, choices, synonyms))


def shown(value: object) -> str:
    """A value of a spec as messages print it: short, and as YAML spells it."""
    words = {None: "null", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return words[value]
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, tuple):
        return f"[{', '.join(shown(item) for item in value[:4])}{', …' * (len(value) > 4)}]"
    text = f"the string '{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def count(number: int, what: str) -> str:
    """A number of things: `1 layer`, `1,200 layers`."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def file_name(name: str) -> str:
    """A file name that is safe at the start of a line: no control characters, no CI command."""
    text = printable(name)
    return f"./{text}" if text.startswith(("::", "##[")) else text


class _Fact:
    """A fact of a message, whatever it is: printable, and of at most `most` characters."""

    def __init__(self, value: object, most: int) -> None:
        self._value, self._most = value, most

    def __format__(self, form: str) -> str:
        value = self._value
        if isinstance(value, int) and value.bit_length() > 256:
            return f"an integer of {value.bit_length():,} bits"
        try:  # only numbers have forms, such as thousands apart
            text = format(value, form) if form else str(value)
        except ValueError:  # it has an integer of thousands of digits in it
            text = f"a {type(value).__name__}"
        return shortened(printable(text), self._most)


def shortened(text: str, most: int) -> str:
    """A text of at most `most` characters: a longer one has an ellipsis for its middle."""
    if len(text) <= most:
        return text
    tail = most // 3
    return f"{text[: most - tail - 1]}…{text[len(text) - tail :]}"


def brief(name: str) -> str:
    """A name of somebody else's in a sentence: printable, and short."""
    return shortened(printable(name), 60)


def quoted(names: Iterable[str], most: int = 3) -> str:
    """The first names in quotes, each short, and how many more there are."""
    all_ = [*names]
    more = f" and {len(all_) - most} more" if len(all_) > most else ""
    return ", ".join(f"'{brief(name)}'" for name in all_[:most]) + more


def printable(text: str) -> str:
    """Text that is safe in a terminal: control characters are escaped."""
    return "".join(c if c.isprintable() or c == "\t" else ascii(c)[1:-1] for c in text)


def _excerpt(span: Span) -> str:
    from rich.cells import cell_len

    lines = span.source.lines
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    start = min(span.column - 1, len(line))
    stop = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    first = max(0, start - CLIP // 2) if len(line) > CLIP else 0
    clipped = line[first : first + CLIP]
    # A tab stays a tab in the margin below, so that both lines move alike.
    margin = "".join(c if c == "\t" else " " * cell_len(c) for c in clipped[: start - first])
    width = max(1, cell_len(clipped[start - first : max(stop - first, 0)]))
    clean = "".join(
        c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in clipped
    )
    number = str(span.line)
    return f" {number} | {clean}\n {' ' * len(number)} | {margin}{'^' * width}"
