"""Tables as Markdown, HTML and CSV, and LaTeX; text of a spec is escaped in each."""

import re
from collections.abc import Iterable, Sequence
from string import Template
from typing import Any, Literal

from archc.tables.latex import FLOAT, Latex, render_latex
from archc.tables.sheet import Sheet, rows_of

Format = Literal["table", "json", "markdown", "csv", "latex", "html"]
"""The formats of a table."""
Form = Literal["markdown", "latex", "html"]
"""The formats of documents."""
Units = Literal["exact", "decimal", "binary"]
"""How tables show figures: in full; counts and bytes in powers of 1000; bytes in powers of 1024."""
ENTITIES = {"<": "&lt;", "&": "&amp;", "~": "&#126;"}
"""Characters that some dialects of Markdown do not escape with a backslash."""
Row = Sequence[str | int | float]


def render_documents(sheets: Sequence[Sheet], form: Form, named: bool, latex: Latex = FLOAT) -> str:
    """Tables as text; `named` says whether each shows its title, as HTML and floats always do."""
    if form == "latex":
        return render_latex(sheets, latex)
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
    rows = [[escape_markdown(cell) for cell in row] for row in rows_of(sheet)]
    headings = [escape_markdown(name) for name in sheet.headings]
    sides = list(sheet.sides)
    table = tabulate(rows, headings, tablefmt="pipe", colalign=sides, disable_numparse=True)
    return "\n\n".join([*head, table, *map(escape_markdown, sheet.notes)])


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


def escape_markdown(text: str) -> str:
    """Text escaped for Markdown; an underscore inside a word needs no escape."""
    marks = r"[\\`*\[\]<>|#~]|&(?=#?\w+;)"
    marked = re.sub(marks, lambda mark: ENTITIES.get(mark[0], f"\\{mark[0]}"), text)
    return re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", marked)


def as_json(record: Any) -> str:
    """Plain values as indented JSON."""
    import json

    return json.dumps(record, indent=2, ensure_ascii=False)
