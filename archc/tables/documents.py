"""Tables as Markdown, LaTeX, HTML and CSV; text of a spec is escaped in each."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any, Literal

from archc.tables.tex import escape_tex

Format = Literal["table", "json", "markdown", "csv", "latex", "html"]
"""The formats of a table."""
Form = Literal["markdown", "latex", "html"]
"""The formats of documents."""
Units = Literal["exact", "decimal", "binary"]
"""How tables show figures: in full; counts and bytes in powers of 1000; bytes in powers of 1024."""
PACKAGES = r"% needs \usepackage{booktabs} and \usepackage{graphicx}"
SPELLED = {"macs": "MACs", "flops": "FLOPs"}
"""Columns whose names documents print in capitals."""
ENTITIES = {"<": "&lt;", "&": "&amp;", "~": "&#126;"}
"""Characters that some dialects of Markdown do not escape with a backslash."""
Row = Sequence[str | int | float]


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


def render_documents(sheets: Sequence[Sheet], form: Form, named: bool) -> str:
    """Tables as text; `named` says whether each shows its title, as HTML and LaTeX always do."""
    if form == "latex":
        return "\n\n".join([PACKAGES, *map(_latex, sheets, _labels(sheets))])
    if form == "html":
        return "\n\n".join(map(_html, sheets))
    return "\n\n".join(_markdown(sheet, named) for sheet in sheets)


def to_csv(headings: Sequence[str], rows: Iterable[Row]) -> str:
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

    head = [f"### {escape_markdown(sheet.title)}"] if named else []
    rows = [[escape_markdown(cell) for cell in row] for row in _rows(sheet)]
    headings = [escape_markdown(name) for name in sheet.headings]
    sides = list(sheet.sides)
    table = tabulate(rows, headings, tablefmt="pipe", colalign=sides, disable_numparse=True)
    return "\n\n".join([*head, table, *map(escape_markdown, sheet.notes)])


_LATEX = Template(r"""\begin{table}
\centering
\caption{$caption}
\label{tab:$label}
\setlength{\tabcolsep}{4pt}
\sbox0{%
\begin{tabular}{$alignment}
\toprule
$headings
\midrule
$rows\bottomrule
\end{tabular}}
\ifdim\wd0>\linewidth\resizebox{\linewidth}{!}{\usebox0}\else\usebox0\fi
$notes\end{table}""")
"""A table that is scaled down where it is wider than the line."""


def _latex(sheet: Sheet, label: str) -> str:
    cells = [[*map(_heading, sheet.headings)], *_rows(sheet)]
    headings, *rows = _align([[*map(escape_tex, row)] for row in cells], sheet.sides)
    if sheet.last is not None:
        rows.insert(-1, r"\midrule")
    notes = [rf"{escape_tex(_note(note, sheet))}\par" for note in sheet.notes]
    if notes:
        notes.insert(0, r"\par\medskip\raggedright\footnotesize")
    return _LATEX.substitute(
        caption=escape_tex(sheet.title),
        label=label,
        alignment="".join(side[0] for side in sheet.sides),
        headings=headings,
        rows="".join(f"{row}\n" for row in rows),
        notes="".join(f"{line}\n" for line in notes),
    )


def _align(rows: Sequence[Sequence[str]], sides: Sequence[str]) -> list[str]:
    """Rows of LaTeX, their cells below one another in the source too."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        " & ".join(
            cell.ljust(width) if side == "left" else cell.rjust(width)
            for cell, width, side in zip(row, widths, sides, strict=True)
        )
        + r" \\"
        for row in rows
    ]


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


def _note(note: str, sheet: Sheet) -> str:
    """A note with its column as the table calls it."""
    column, colon, words = note.partition(":")
    return f"{_heading(column)}:{words}" if colon and column in sheet.headings else note


_HTML = Template("""<table>
<caption>$caption</caption>
<thead>
$headings
</thead>
<tbody>
$rows</tbody>
$totals</table>""")


def _html(sheet: Sheet) -> str:
    from html import escape

    def line(tag: str, cells: Sequence[str]) -> str:
        each = zip(cells, sheet.sides, strict=True)
        row = (f'<{tag} style="text-align: {side}">{escape(cell)}</{tag}>' for cell, side in each)
        return f"<tr>{''.join(row)}</tr>"

    totals = f"<tfoot>\n{line('th', sheet.last)}\n</tfoot>\n" if sheet.last is not None else ""
    table = _HTML.substitute(
        caption=escape(sheet.title),
        headings=line("th", sheet.headings),
        rows="".join(f"{line('td', row)}\n" for row in sheet.cells),
        totals=totals,
    )
    return "\n".join([table, *(f"<p>{escape(note)}</p>" for note in sheet.notes)])


def _rows(sheet: Sheet) -> list[Sequence[str]]:
    return [*sheet.cells, *([sheet.last] if sheet.last is not None else [])]


def escape_markdown(text: str) -> str:
    """Text escaped for Markdown; an underscore inside a word needs no escape."""
    marks = r"[\\`*\[\]<>|#~]|&(?=#?\w+;)"
    marked = re.sub(marks, lambda mark: ENTITIES.get(mark[0], f"\\{mark[0]}"), text)
    return re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", marked)


def as_json(record: Any) -> str:
    """Plain values as indented JSON."""
    import json

    return json.dumps(record, indent=2, ensure_ascii=False)
