"""Tables for terminals: as wide as they need to be, because a figure that is cut is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from archc.tables.sheet import Sheet

MARGINS = 3
"""Two spaces before a line, and by how much the rule under the headings juts out."""
GAP = 3
"""Spaces between two columns."""


def render_table(
    title: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    sides: Sequence[str],
    gap: int = GAP,
) -> str:
    """A titled table without a frame; `sides` says left or right for each column.

    `gap` is how many spaces stand between two columns.
    """
    from tabulate import DataRow, TableFormat, tabulate

    row = DataRow("  ", " " * gap, "")
    style = TableFormat(None, None, None, None, row, row, 0, None)
    text = tabulate([headings, *rows], tablefmt=style, colalign=list(sides), disable_numparse=True)
    first, *lines = (line.rstrip() for line in text.splitlines())
    width = max(map(len, [first, *lines])) + 1
    return "\n".join([title.center(width).rstrip(), "", first, " " + "─" * (width - 1), *lines])


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet; `last` is its cell in the row of totals, empty if it has none."""

    heading: str
    side: str
    cells: Sequence[str]
    last: str

    @property
    def width(self) -> int:
        """The longest of its texts, in characters."""
        return max(map(len, (self.heading, *self.cells, self.last)))


def render_sheet(sheet: Sheet, width: int | None = None) -> str:
    """A sheet with its notes, in lines of at most `width` characters; None is any number.

    Columns that do not fit stand below, in parts that each begin with the first column. A part has
    one other column at least, and is as wide as that needs; a row of totals if it has a total.
    """
    tables: list[str] = []
    for part in _parts(_columns(sheet), width):
        rows = [*zip(*(column.cells for column in part), strict=True)]
        if any(column.last for column in part[1:]):
            rows += [("",) * len(part), tuple(column.last for column in part)]
        headings, sides = [c.heading for c in part], [c.side for c in part]
        title = "" if tables else sheet.title
        tables.append(render_table(title, headings, rows, sides).lstrip("\n"))
    notes = [_fill(note, width) for note in sheet.notes]
    return "\n\n".join([*tables, *(["\n".join(notes)] if notes else [])])


def _columns(sheet: Sheet) -> list[Column]:
    cells = [*zip(*sheet.cells, strict=True)] or [()] * len(sheet.headings)
    last = sheet.last or [""] * len(sheet.headings)
    return [*map(Column, sheet.headings, sheet.sides, cells, last)]


def _parts(columns: Sequence[Column], width: int | None) -> list[list[Column]]:
    """The columns that fit beside the first, part by part."""
    first, *others = columns
    parts = [[first]]
    for column in others:
        needed = MARGINS + sum(c.width + GAP for c in (*parts[-1], column)) - GAP
        if width is not None and needed > width and len(parts[-1]) > 1:
            parts.append([first])
        parts[-1].append(column)
    return parts


def _fill(note: str, width: int | None) -> str:
    """A note in lines of at most `width` characters, where its words are short enough."""
    from textwrap import fill

    if width is None:
        return note
    return fill(
        note,
        max(width, MARGINS),
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
