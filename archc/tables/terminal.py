"""Tables for terminals: as wide as they need to be, for a figure that is cut is no figure."""

from collections.abc import Sequence

MARGINS = 3
"""Two spaces before a line, and by how much the rule under the headings juts out."""


def draw(
    title: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    sides: Sequence[str],
    gap: int = 3,
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


def wrapped(
    title: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    sides: Sequence[str],
    last: Sequence[str] | None,
    width: int | None,
    gap: int = 3,
) -> str:
    """The same where no line may be longer than `width`: columns that do not fit stand below.

    The first column stands before each part, the row `last` below those of which it says something.
    A part has one other column at least, and is as wide as that needs.
    """
    every = [*rows, last] if last is not None else rows
    widths = [max(map(len, column)) for column in zip(headings, *every, strict=True)]
    parts: list[list[int]] = []
    for index in range(1, len(widths)):
        columns = (0, *(parts[-1] if parts else ()), index)
        taken = MARGINS + sum(widths[i] + gap for i in columns) - gap
        if parts and (width is None or taken <= width):
            parts[-1].append(index)
        else:
            parts.append([index])
    tables: list[str] = []
    for part in parts or [[]]:
        columns = (0, *part)
        total = any(last[i] for i in part) if last is not None else False
        shown = [*rows, [""] * len(headings), last or []] if total else rows
        cells = [[row[i] for i in columns] for row in shown]
        names, its = [headings[i] for i in columns], [sides[i] for i in columns]
        tables.append(draw("" if tables else title, names, cells, its, gap).lstrip("\n"))
    return "\n\n".join(tables)


def filled(notes: Sequence[str], width: int | None) -> str:
    """Notes below a table, each from a line of its own; none longer than `width`, if words allow."""
    from textwrap import fill

    if width is None:
        return "\n".join(notes)
    return "\n".join(
        fill(
            note,
            max(width, MARGINS),
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for note in notes
    )
