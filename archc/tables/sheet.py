"""A table before it is rendered: its cells as text, and what documents call its columns."""

from collections.abc import Sequence
from dataclasses import dataclass

SPELLED = {"macs": "MACs", "flops": "FLOPs"}
"""Columns whose names documents print in capitals."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table's cells as text, before it is rendered."""

    title: str
    headings: Sequence[str]
    sides: Sequence[str]
    cells: Sequence[Sequence[str]]
    last: Sequence[str] | None
    """The row of totals."""
    notes: Sequence[str] = ()


def rows_of(sheet: Sheet) -> list[Sequence[str]]:
    """The rows, the one of totals too."""
    return [*sheet.cells, *([sheet.last] if sheet.last is not None else [])]


def heading(column: str) -> str:
    """What a document calls a column: `macs%` is MACs (%)."""
    name = column.removesuffix("%")
    words = SPELLED.get(name, name.replace("_", " "))
    return f"{words} (%)" if name != column else words


def note(text: str, sheet: Sheet) -> str:
    """A note with its column as documents call it."""
    column, colon, words = text.partition(":")
    return f"{heading(column)}:{words}" if colon and column in sheet.headings else text
