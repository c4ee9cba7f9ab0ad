"""YAML 1.2 text → plain values, each with its line and column.

The events of PyYAML's C parser are read one by one: `yaml.load` would resolve scalars by YAML 1.1's
rules, keep the last of two equal keys, and overflow the C stack on deep nesting.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO

import yaml

from archc.errors import EnvironmentProblem, Source, Span, diagnostic, fail

MAX_DEPTH = 64
MAX_MEBIBYTES = 16
MAX_DIGITS = 18
MAX_VALUES = 300_000
LONG = 2**21  # characters of a text whose values are counted before any is stored

Scalar = str | int | float | bool | None

# The core schema of YAML 1.2.2, section 10.3.2.
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# Lone surrogates, and what ends a line in YAML 1.1, and so in its parser, but not in YAML 1.2, an
# editor or a diff: behind a comment it would hide a layer.
_NEVER = re.compile("[\ud800-\udfff\x85\u2028\u2029]")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a YAML text: a scalar, a tuple of values, or a mapping of names to values."""

    data: "Scalar | tuple[Value, ...] | dict[str, Value]"
    span: Span
    keys: dict[str, Span] = field(default_factory=dict)

    @property
    def entries(self) -> "dict[str, Value]":
        """The mapping's values by their names; empty if this is no mapping."""
        return self.data if isinstance(self.data, dict) else {}

    @property
    def items(self) -> "tuple[Value, ...]":
        """The list's values; empty if this is no list."""
        return self.data if isinstance(self.data, tuple) else ()

    def plain(self) -> Any:
        """The value without its places: scalars, tuples and dicts."""
        if isinstance(self.data, dict):
            return {name: value.plain() for name, value in self.data.items()}
        if isinstance(self.data, tuple):
            return tuple(value.plain() for value in self.data)
        return self.data

    def place(self, *path: str | int, key: bool = False) -> Span:
        """The place of the value at `path`; steps that are not in the text are skipped.

        With `key`, the place of the last step's name instead of its value.
        """
        value, span = self, self.span
        for step in path:
            if isinstance(step, str) and step in value.entries:
                span = value.keys[step] if key else value.entries[step].span
                value = value.entries[step]
            elif isinstance(step, int) and step < len(value.items):
                value = value.items[step]
                span = value.span
        return span


def read(path: Path) -> Source:
    """The text of a file.

    Raises EnvironmentProblem if it cannot be read, ArchcError if it is not UTF-8 or too large.
    """
    name = str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_MEBIBYTES * 2**20 + 1)
    except OSError as error:
        raise unreadable(path, error) from None
    return _decode(name, raw)


def unreadable(path: Path, error: OSError, pattern: str = "*.y*ml") -> EnvironmentProblem:
    """The error of a file that cannot be read; it suggests a file of `pattern` beside it."""
    problem = (error.strerror or str(error)).lower()
    suggestion = _neighbour(path, pattern)
    return EnvironmentProblem(
        [diagnostic("E505", path=path, problem=problem, suggestion=suggestion)]
    )


def receive(stream: BinaryIO, name: str) -> Source:
    """The text of an open binary file, such as standard input; raises ArchcError as `read` does."""
    return _decode(name, stream.read(MAX_MEBIBYTES * 2**20 + 1))


def _decode(name: str, raw: bytes) -> Source:
    if len(raw) > MAX_MEBIBYTES * 2**20:
        fail("E108", Span(Source(name, ""), 1, 1, 1, 1), limit=MAX_MEBIBYTES)
    try:
        return Source(name, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        source = Source(name, before)
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        problem = f"byte 0x{raw[error.start]:02x} does not belong"
        fail("E102", Span(source, line, column, line, column + 1), problem=problem)


def _neighbour(path: Path, pattern: str) -> str:
    import difflib

    if path.exists():
        return "check that it is a file that you may read"
    siblings = {p.stem: p for p in sorted(path.parent.glob(pattern))}
    near = difflib.get_close_matches(path.stem, siblings, n=1)
    return f"did you mean {siblings[near[0]]}?" if near else "check the path"


def parse(source: Source) -> Value:
    """The values of the one document in `source`; raises ArchcError with the place."""
    root = _value(source, source.text)
    if root is None or root.data is None:
        fail("E113", Span(source, 1, 1, 1, 1))
    return root


def parse_part(source: Source, start: int) -> Value:
    """The value of `source` from `start` on, in its first line; an empty one is null.

    Raises ArchcError with the place.
    """
    value = _value(source, " " * start + source.text[start:])
    return value or Value(None, Span(source, 1, start + 1, 1, start + 1))


def _value(source: Source, text: str) -> Value | None:
    """The value of `text`, whose places are those of `source`; None if it is empty."""
    try:
        return _document(source, text)
    except yaml.reader.ReaderError as error:
        before = source.text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        code = error.character if isinstance(error.character, int) else ord(error.character)
        fail("E111", Span(source, line, column, line, column + 1), character=f"U+{code:04X}")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = ", ".join(p for p in (error.problem, error.context) if p)
        span = Span(source, 1, 1, 1, 1)
        if mark is not None and mark.line == len(source.lines):  # behind a last line without end
            end = len(source.lines[-1]) + 1
            span = Span(source, mark.line, end, mark.line, end + 1)
        elif mark is not None:
            span = Span(source, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
        if source.lines[span.line - 1][span.column - 1 : span.column] == "\t":
            fail("E101", span, problem="a tab cannot indent", hint="indent with spaces")
        fail("E101", span, problem=problem, hint="look at brackets, colons and indentation here")


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    start: yaml.Event
    items: list[Value]

    def close(self, source: Source, end: yaml.Event) -> Value:
        span = _span(source, self.start, end)
        if isinstance(self.start, yaml.SequenceStartEvent):
            return Value(tuple(self.items), span)
        data: dict[str, Value] = {}
        keys: dict[str, Span] = {}
        for key, value in _joined(source, self.items):
            if not isinstance(key.data, str):
                fail("E112", key.span)
            if key.data in data:
                fail("E103", key.span, key=key.data, line=keys[key.data].line)
            data[key.data], keys[key.data] = value, key.span
        return Value(data, span, keys)


def _joined(source: Source, items: list[Value]) -> Iterator[tuple[Value, Value]]:
    """The keys and values of a mapping; what Python writes as `(3,3)` is one text again, which commas
    of a flow mapping have cut into a value and keys without values."""
    pairs = [*zip(items[::2], items[1::2], strict=True)]
    while pairs:
        key, value = pairs.pop(0)
        while (
            isinstance(value.data, str)
            and value.data.startswith("(")
            and not value.data.endswith(")")
            and pairs
            and isinstance(pairs[0][0].data, str)
            and pairs[0][1].data is None
        ):
            rest, _ = pairs.pop(0)
            first, last = value.span, rest.span
            span = Span(source, first.line, first.column, last.end_line, last.end_column)
            value = Value(f"{value.data},{rest.data}", span)
        yield key, value


def _document(source: Source, text: str) -> Value | None:
    wrong = _NEVER.search(text)
    if wrong:
        raise yaml.reader.ReaderError(source.name, wrong.start(), ord(wrong[0]), "utf-8", "")
    if len(text) > LONG:
        deque(_events(source, text), maxlen=0)
    root: Value | None = None
    stack: list[_Open] = []
    for event in _events(source, text):
        done: Value | None = None
        if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            stack.append(_Open(event, []))
            if len(stack) > MAX_DEPTH:
                fail("E107", _span(source, event, event), limit=MAX_DEPTH)
        elif isinstance(event, yaml.ScalarEvent):
            span = _span(source, event, event)
            done = Value(_scalar(event, span), span)
        else:
            done = stack.pop().close(source, event)
        if done is not None and stack:
            stack[-1].items.append(done)
        elif done is not None:
            root = done
    return root


def _events(source: Source, text: str) -> Iterator[yaml.Event]:
    """The events that carry values.

    Raises ArchcError if there are too many, and for features that the language does not have.
    """
    documents = values = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                fail("E106", _span(source, event, event))
            if event.version not in (None, (1, 2)) or event.tags:
                fail("E104", _span(source, event, event), what="directives")
        elif isinstance(event, yaml.AliasEvent):
            fail("E104", _span(source, event, event), what="aliases")
        elif isinstance(event, yaml.NodeEvent):
            if event.anchor:
                fail("E104", _span(source, event, event), what="anchors")
            tag = getattr(event, "tag", None)
            if tag:
                tag = tag.replace("tag:yaml.org,2002:", "!!")
                fail("E105", _span(source, event, event), tag=tag)
            values += 1
            if values > MAX_VALUES:
                fail("E114", _span(source, event, event), limit=MAX_VALUES)
            yield event
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            yield event


def _span(source: Source, start: yaml.Event, end: yaml.Event) -> Span:
    a, b = start.start_mark, end.end_mark
    assert a is not None and b is not None
    return Span(source, a.line + 1, a.column + 1, b.line + 1, b.column + 1)


def _scalar(event: yaml.ScalarEvent, span: Span) -> Scalar:
    text = str(event.value)
    if event.style is not None and event.style != "":
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text == "<<":
        fail("E104", span, what="merge keys")
    if _INTEGER.fullmatch(text):
        if len(text) > 64:  # whatever the base; int() need not read it
            fail("E109", span, limit=MAX_DIGITS)
        whole = int(text, 0) if text[:2] in ("0o", "0x") else int(text)
        if abs(whole) >= 10**MAX_DIGITS:
            fail("E109", span, limit=MAX_DIGITS)
        return whole
    if _NOT_FINITE.fullmatch(text):
        fail("E110", span, value=text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not isfinite(number):
            fail("E110", span, value=text)
        return number
    return text
