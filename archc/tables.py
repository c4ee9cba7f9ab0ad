"""Tables for terminals: as wide as they need to be, for a figure that is cut is no figure."""

from collections.abc import Sequence


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
