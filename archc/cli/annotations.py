"""Diagnostics as commands that GitHub Actions turns into annotations of the lines they are about."""

from collections.abc import Iterable

from archc.errors import Diagnostic, printable


def commands(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """A line `::error file=…,line=…::message` for each diagnostic, or `::warning …`."""
    return [_command(found) for found in diagnostics]


def _command(found: Diagnostic) -> str:
    properties: dict[str, str | int] = {}
    if found.span is not None:
        span = found.span
        properties |= {"file": printable(span.source.name), "line": span.line, "col": span.column}
        properties |= {"endLine": span.end_line, "endColumn": span.end_column}
    properties["title"] = f"{found.code} [{found.name}]"
    lines = [found.message, *(f"note: {note}" for note in found.notes)]
    lines += [f"help: {found.help}"] if found.help else []
    shown = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{found.severity} {shown}::{_text(chr(10).join(lines))}"


def _text(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _text(value).replace(":", "%3A").replace(",", "%2C")
