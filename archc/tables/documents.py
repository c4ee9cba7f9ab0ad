"""Tables as Markdown, LaTeX, HTML and CSV; text of a spec is escaped in each."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from archc.tables.tex import escaped

Format = Literal["table", "json", "markdown", "csv", "latex", "html"]
"""How a table is printed."""
Form = Literal["markdown", "latex", "html"]
"""Those of documents."""
Units = Literal["exact", "decimal", "binary"]
"""How tables show figures: in full; counts and bytes in powers of 1000; bytes in powers of 1024."""
PACKAGES = r"% needs \usepackage{booktabs} and \usepackage{graphicx}"
SPELLED = {"macs": "MACs", "flops": "FLOPs"}
"""Columns that a document does not name in small letters."""
ENTITIES = {"<": "&lt;", "&": "&amp;", "~": "&#126;"}
"""What not every Markdown takes with a backslash."""
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
    """Tables as text; `named` says whether each shows its title, as HTML and LaTeX always do."""
    if form == "latex":
        return "\n\n".join([PACKAGES, *map(_latex, sheets, _labels(sheets))])
    if form == "html":
        return "\n\n".join(map(_html, sheets))
    return "\n\n".join(_markdown(sheet, named) for sheet in sheets)


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
    from tabulate import tabulate

    head = [f"### {markdown(sheet.title)}"] if named else []
    rows = [[markdown(cell) for cell in row] for row in _rows(sheet)]
    headings = [markdown(name) for name in sheet.headings]
    sides = list(sheet.sides)
    table = tabulate(rows, headings, tablefmt="pipe", colalign=sides, disable_numparse=True)
    return "\n\n".join([*head, table, *map(markdown, sheet.notes)])


def _latex(sheet: Sheet, label: str) -> str:
    headings, *rows = [
        [*map(escaped, row)] for row in ([*map(_heading, sheet.headings)], *_rows(sheet))
    ]
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        each = zip(cells, widths, sheet.sides, strict=True)
        placed = (c.ljust(width) if side == "left" else c.rjust(width) for c, width, side in each)
        return f"{' & '.join(placed)} \\\\"

    lines = [*map(line, rows)]
    if sheet.last is not None:
        lines.insert(-1, "\\midrule")
    notes = [f"{escaped(_told(note, sheet))}\\par" for note in sheet.notes]
    return "\n".join(
        [
            "\\begin{table}",
            "\\centering",
            f"\\caption{{{escaped(sheet.title)}}}",
            f"\\label{{tab:{label}}}",
            "\\setlength{\\tabcolsep}{4pt}",
            "\\sbox0{%",
            f"\\begin{{tabular}}{{{''.join(side[0] for side in sheet.sides)}}}",
            "\\toprule",
            line(headings),
            "\\midrule",
            *lines,
            "\\bottomrule",
            "\\end{tabular}}",
            "\\ifdim\\wd0>\\linewidth\\resizebox{\\linewidth}{!}{\\usebox0}\\else\\usebox0\\fi",
            *(["\\par\\medskip\\raggedright\\footnotesize", *notes] if notes else []),
            "\\end{table}",
        ]
    )


def _labels(sheets: Sequence[Sheet]) -> list[str]:
    """A label for each table: its title in small letters, numbered where it is not the first."""
    found: list[str] = []
    for sheet in sheets:
        words = re.sub(r"[^a-z0-9]+", "-", sheet.title.lower()).strip("-") or "network"
        again = (f"{words}-{number}" for number in range(2, len(sheets) + 1))
        found.append(next(label for label in (words, *again) if label not in found))
    return found


def _heading(column: str) -> str:
    """What a document calls a column: `macs%` is MACs (%)."""
    name = column.removesuffix("%")
    words = SPELLED.get(name, name.replace("_", " "))
    return f"{words} (%)" if name != column else words


def _told(note: str, sheet: Sheet) -> str:
    """A note with its column as the table calls it."""
    column, colon, words = note.partition(":")
    return f"{_heading(column)}:{words}" if colon and column in sheet.headings else note


def _html(sheet: Sheet) -> str:
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


def markdown(text: str) -> str:
    """Text that Markdown shows as it stands; an underscore inside a word is text as it is."""
    marks = r"[\\`*\[\]<>|#~]|&(?=#?\w+;)"
    marked = re.sub(marks, lambda mark: ENTITIES.get(mark[0], f"\\{mark[0]}"), text)
    return re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", marked)


def as_json(record: Any) -> str:
    """Plain values as indented JSON."""
    import json

    return json.dumps(record, indent=2, ensure_ascii=False)
