"""What `--set PATH=VALUE` does to a spec: replaces or adds one value, before anything is checked.

The argument is a source of its own, so that a diagnostic of its value, from whichever pass, points
into the argument.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from archc.errors import (
    ArchcError,
    ArgumentError,
    Diagnostic,
    EnvironmentProblem,
    Source,
    Span,
    diagnostic,
    did_you_mean,
    fail,
    shown,
)
from archc.language.reader import MAX_DEPTH, Value, parse_part
from archc.language.spec import Spec

STRUCTURE = ("archc", "defaults", "layers", "expect", "errata", "allow", "notes")
"""Fields of a spec that say nothing of the network itself, or hold layers."""
SETTABLE = tuple(name for name in Spec.model_fields if name not in STRUCTURE)
"""Fields of a spec that a path may begin with, beside the names of layers."""
_PATH = re.compile(r"[^.=\s]+(\.[^.=\s]+)*")


@dataclass(frozen=True, slots=True)
class Override:
    """A value and the path of names that it goes to."""

    source: Source
    path: tuple[str, ...]
    value: Value

    def place(self, depth: int) -> Span:
        """The place of the name at `depth`."""
        start = sum(len(name) + 1 for name in self.path[:depth])
        return _span(self.source, start, start + len(self.path[depth]))

    def rest(self, depth: int) -> Span:
        """The argument from the name at `depth` on."""
        return replace(self.place(depth), end_column=len(self.source.lines[0]) + 1)


def read(arguments: Iterable[str], name: str = "--set") -> tuple[Override, ...]:
    """The overrides that `path=value` arguments mean; values are YAML.

    `name` is what diagnostics cite. Raises EnvironmentProblem if an argument is not of that form,
    ArchcError if its value is not YAML.
    """
    sources = [Source(name, argument) for argument in arguments]
    malformed = [
        diagnostic("E601", _span(source, 0, len(source.lines[0])), argument=source.text)
        for source in sources
        if not _PATH.fullmatch(source.text.partition("=")[0]) or "=" not in source.text
    ]
    if malformed:
        raise EnvironmentProblem(malformed)
    found: list[Override] = []
    diagnostics: list[Diagnostic] = []
    for source in sources:
        try:
            found.append(_read(source))
        except ArchcError as error:
            diagnostics += error.diagnostics
    if diagnostics:
        raise ArchcError(diagnostics)
    return tuple(found)


def accept(given: object) -> tuple[Override, ...]:
    """The overrides that Python code passes: values by path, or arguments as those of --set.

    Raises as `read` does, and ArgumentError for what cannot be either.
    """
    if isinstance(given, Mapping):
        return of_values(given)
    arguments = (given,) if isinstance(given, str) else given
    if isinstance(arguments, Sequence) and all(isinstance(item, str) for item in arguments):
        return read(arguments)
    raise ArgumentError.of("overrides", "values by path, or texts such as 'fc8.units=10'", given)


def of_values(values: Mapping[str, Any]) -> tuple[Override, ...]:
    """The overrides that plain Python values mean, by their paths; raises as `accept` does."""
    arguments = []
    for path, value in values.items():
        if not isinstance(path, str):
            raise ArgumentError.of("overrides", "paths as text", path)
        try:
            arguments.append(f"{path}={json.dumps(value, ensure_ascii=False)}")
        except (TypeError, ValueError):
            raise ArgumentError.of(
                "overrides", f"a value that YAML has for {path}", value
            ) from None
    return read(arguments, "overrides")


def apply(root: Value, overrides: Iterable[Override]) -> Value:
    """The spec's values with the overrides applied in their order.

    Raises ArchcError with every path that leads nowhere.
    """
    diagnostics: list[Diagnostic] = []
    for override in overrides:
        try:
            root = _apply(root, override)
        except ArchcError as error:
            diagnostics += error.diagnostics
    if diagnostics:
        raise ArchcError(diagnostics)
    return root


def _read(source: Source) -> Override:
    path = source.text.partition("=")[0]
    names = tuple(path.split("."))
    if len(names) > MAX_DEPTH:
        fail("E107", _span(source, 0, len(path)), limit=MAX_DEPTH)
    return Override(source, names, parse_part(source, len(path) + 1))


def _span(source: Source, start: int, end: int) -> Span:
    return Span(source, 1, start + 1, 1, end + 1)


def _apply(root: Value, override: Override) -> Value:
    if not isinstance(root.data, dict):
        return root  # not a spec, which a later pass reports
    layers = root.entries.get("layers")
    items = layers.items if layers else ()
    numbers = {name: n for n, item in enumerate(items) for name in item.entries}
    for depth in range(len(override.path) - 1, 0, -1):  # a layer's name may have dots in it
        name = ".".join(override.path[:depth])
        if layers and name in numbers:
            number = numbers[name]
            entries = items[number].entries
            put = _put(entries[name], override, depth)
            item = replace(items[number], data={**entries, name: put})
            changed = replace(layers, data=(*items[:number], item, *items[number + 1 :]))
            return replace(root, data={**root.data, "layers": changed})
    first = override.path[0]
    if first not in SETTABLE:
        _refuse(root, override, numbers)
    value = _put(root.data.get(first), override, 1)
    keys = {**root.keys, first: override.place(0)}
    return replace(root, data={**root.data, first: value}, keys=keys)


def _put(value: Value | None, override: Override, depth: int) -> Value:
    """`value` with the override's at the path from `depth` on; missing mappings are added."""
    if depth == len(override.path):
        return override.value
    if value is not None and value.data is not None and not isinstance(value.data, dict):
        path = ".".join(override.path[:depth])
        fail("E604", override.place(depth), path=path, value=shown(value.plain()))
    entries, keys = (value.entries, value.keys) if value else ({}, {})
    name = override.path[depth]
    data = {**entries, name: _put(entries.get(name), override, depth + 1)}
    # A mapping that the argument changes is wrong because of it, if it is.
    return Value(data, override.rest(depth), {**keys, name: override.place(depth)})


def _refuse(root: Value, override: Override, layers: Iterable[str]) -> NoReturn:
    """Raise ArchcError with the reason why a path cannot begin as it does."""
    first, whole = override.path[0], ".".join(override.path)
    if whole in layers:
        fail("E605", _span(override.source, 0, len(whole)), layer=whole)
    if first in STRUCTURE:
        fail("E603", override.place(0), field=first, settable=", ".join(SETTABLE))
    hint = did_you_mean(first, [*layers, *SETTABLE])
    fail("E602", override.place(0), spec=root.span.source.name, name=first, suggestion=hint)
