"""Tables as LaTeX: a float or a bare tabular, in the largest letters with which it fits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import Template

from archc.tables.sheet import Sheet, heading, note, rows_of
from archc.tables.tex import escape_tex

BOOKTABS, BOTH = (
    r"% needs \usepackage{booktabs}",
    r"% needs \usepackage{booktabs} and \usepackage{graphicx}",
)


@dataclass(frozen=True, slots=True)
class Latex:
    """How a table stands in a document.

    `bare` is a tabular without float, caption and notes. `caption`, which is LaTeX, and `label`
    take the place of the table's own. `width` and `height` are lengths of TeX: what it must fit.
    """

    bare: bool = False
    caption: str | None = None
    label: str | None = None
    width: str | None = None
    height: str | None = None

    @property
    def fits(self) -> bool:
        """Whether it is made to fit: the letters of a bare tabular are the document's own."""
        return not self.bare or self.width is not None


FLOAT = Latex()


def render_latex(sheets: Sequence[Sheet], latex: Latex = FLOAT) -> str:
    """Tables as LaTeX, below a comment that names the packages that they need."""
    head = BOTH if latex.fits else BOOKTABS
    labels = [latex.label] * len(sheets) if latex.label else _labels(sheets)
    tables = (_table(sheet, label, latex) for sheet, label in zip(sheets, labels, strict=True))
    return "\n\n".join([head, *tables])


_TABULAR = Template(r"""\begin{tabular}{$alignment}
\toprule
$headings
\midrule
$rows\bottomrule
\end{tabular}""")

_FITTED = Template(r"""\setlength{\tabcolsep}{4pt}%
\sbox0{%
$tabular}%
\ifdim\wd0>$width\sbox0{\resizebox{$width}{!}{\usebox0}}\fi
\ifdim\dimexpr\ht0+\dp0>$height\sbox0{\resizebox*{!}{$height}{\usebox0}}\fi
\usebox0""")
"""A tabular that is scaled down where it is too wide or too high: the smaller sizes of LaTeX's own
font are wider for their height, and would have to be smaller still.

It has no parameters (#1), so that it can stand in a frame of beamer.
"""

_FLOAT = Template(r"""\begin{table}
\centering
\caption{$caption}
\label{$label}
$tabular
$notes\end{table}""")


def _table(sheet: Sheet, label: str, latex: Latex) -> str:
    tabular = _tabular(sheet)
    if latex.fits:
        width, height = latex.width or r"\linewidth", latex.height or r"0.8\textheight"
        tabular = _FITTED.substitute(tabular=tabular, width=width, height=height)
    if latex.bare:
        # A group for what it sets, and no space at its end, which LaTeX would put beside it.
        lines = ["{%", f"{tabular}}}%"] if latex.fits else [f"{tabular}%"]
        return "\n".join([*lines, *(f"% {' '.join(one.split())}" for one in sheet.notes)])
    notes = [rf"{escape_tex(note(one, sheet))}\par" for one in sheet.notes]
    if notes:
        notes.insert(0, r"\par\medskip\raggedright\footnotesize")
    return _FLOAT.substitute(
        caption=escape_tex(sheet.title) if latex.caption is None else latex.caption,
        label=label,
        tabular=tabular,
        notes="".join(f"{line}\n" for line in notes),
    )


def _tabular(sheet: Sheet) -> str:
    cells = [[*map(heading, sheet.headings)], *rows_of(sheet)]
    headings, *rows = _align([[*map(escape_tex, row)] for row in cells], sheet.sides)
    if sheet.last is not None:
        rows.insert(-1, r"\midrule")
    return _TABULAR.substitute(
        alignment="".join(side[0] for side in sheet.sides),
        headings=headings,
        rows="".join(f"{row}\n" for row in rows),
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
        again = (f"tab:{words}-{number}" for number in range(2, len(sheets) + 1))
        found.append(next(label for label in (f"tab:{words}", *again) if label not in found))
    return found
