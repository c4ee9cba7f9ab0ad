"""Tables as Markdown, LaTeX, HTML and CSV; text of a spec is escaped in each."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from archc.tex import SIGNS, escaped

Form = Literal["markdown", "latex", "html"]
Row = Sequence[str | int | float]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as text, before it has a form."""

    title: str
    headings: Sequence[str]
    sides: Sequence[str]
    cells: Sequence[Sequence[str]]
    last: Sequence[str] | None
    """The row of totals."""
    notes: Sequence[str] = ()


def written(sheets: Sequence[Sheet], form: Form, named: bool) -> str:
    """Tables as text; `named` says whether each shows its title."""
    one = {"markdown": _markdown, "latex": _latex, "html": _html}[form]
    return "\n\n".join(one(sheet, named) for sheet in sheets)


def separated(headings: Sequence[str], rows: Iterable[Row]) -> str:
    """Rows as CSV, figures as they are."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return out.getvalue().rstrip("\n")


def _markdown(sheet: Sheet, named: bool) -> str:
    head = f"### {markdown(sheet.title)}\n\n" if named else ""
    rows = [[markdown(cell) for cell in row] for row in _rows(sheet)]
    notes = "".join(f"\n\n{markdown(note)}" for note in sheet.notes)
    return (
        head + _tabulated([markdown(name) for name in sheet.headings], rows, sheet, "pipe") + notes
    )


def _latex(sheet: Sheet, named: bool) -> str:
    table = _tabulated(sheet.headings, _rows(sheet), sheet, "latex_booktabs").replace(
        "≤", SIGNS["≤"]
    )
    notes = "".join(f"\n\n{escaped(note)}" for note in sheet.notes)
    if not named:
        return table + notes
    caption = f"\\caption{{{escaped(sheet.title)}}}"
    return f"\\begin{{table}}\n{caption}\n{table}{notes}\n\\end{{table}}"


def _html(sheet: Sheet, named: bool) -> str:
    from html import escape

    def line(tag: str, cells: Sequence[str]) -> str:
        drawn = (
            f'<{tag} style="text-align: {side}">{escape(cell)}</{tag}>'
            for cell, side in zip(cells, sheet.sides, strict=True)
        )
        return f"<tr>{''.join(drawn)}</tr>"

    body = [line("td", row) for row in sheet.cells]
    lines = [
        "<table>",
        f"<caption>{escape(sheet.title)}</caption>",
        "<thead>",
        line("th", sheet.headings),
        "</thead>",
        "<tbody>",
        *body,
        "</tbody>",
    ]
    if sheet.last is not None:
        lines += ["<tfoot>", line("th", sheet.last), "</tfoot>"]
    return "\n".join([*lines, "</table>", *(f"<p>{escape(note)}</p>" for note in sheet.notes)])


def _rows(sheet: Sheet) -> list[Sequence[str]]:
    return [*sheet.cells, *([sheet.last] if sheet.last is not None else [])]


def _tabulated(
    headings: Sequence[str], rows: Sequence[Sequence[str]], sheet: Sheet, style: str
) -> str:
    from tabulate import tabulate

    sides = list(sheet.sides)
    return tabulate(rows, headings, tablefmt=style, colalign=sides, disable_numparse=True)


def markdown(text: str) -> str:
    """Text that Markdown shows as it stands; an underscore inside a word is text as it is."""
    marked = re.sub(r"([\\`*\[\]<>|#&~])", r"\\\1", text)
    return re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", marked)
