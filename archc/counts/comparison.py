"""Networks side by side: a row each, with the totals of its figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from archc.counts.columns import COLUMNS, TOTALS, WIDE, Unit, Value, cell, select_totals
from archc.counts.figures import FIGURES
from archc.counts.summary import Summary, notes, to_csv_with_conventions
from archc.tables.documents import Format, as_json, render_documents
from archc.tables.latex import FLOAT, Latex
from archc.tables.sheet import Sheet
from archc.tables.terminal import render_sheet


@dataclass(frozen=True)
class Comparison:
    """The totals of several networks, a row each; `str` draws it for a terminal."""

    summaries: Sequence[Summary]
    columns: tuple[str, ...] = TOTALS

    @classmethod
    def of(cls, summaries: Sequence[Summary], columns: Sequence[str] = ()) -> "Comparison":
        """The comparison of `columns`: of WIDE those with a total; `flops` too if the summaries have it.

        Raises EnvironmentProblem if networks have no such total.
        """
        if columns == WIDE:
            columns = [name for name in WIDE if name in FIGURES]
        more = [name for name in summaries[0].columns if name == "flops"]
        return cls(summaries, select_totals([*(columns or TOTALS), *more]))

    @property
    def rows(self) -> list[tuple[Value, ...]]:
        """A row a network: its name, how many layers it has, and the totals of the columns."""
        return [
            (
                summary.graph.name,
                len(summary.graph.nodes),
                *(summary.figures.total(name) for name in self.columns),
            )
            for summary in self.summaries
        ]

    def record(self) -> list[dict[str, Any]]:
        """All totals as plain values: the JSON contract."""
        return [
            {
                "name": summary.graph.name,
                "input": list(summary.graph.input),
                "convention": summary.convention,
                "layers": len(summary.graph.nodes),
                "totals": summary.figures.totals(),
            }
            for summary in self.summaries
        ]

    def text(self, form: Format, width: int | None = None, latex: Latex = FLOAT) -> str:
        """The table in a form."""
        if form == "json":
            return as_json(self.record())
        if form == "csv":
            conventions = [summary.convention for summary in self.summaries]
            return to_csv_with_conventions(self._headings, self.rows, conventions)
        if form != "table":
            return render_documents([self.sheet], form, named=False, latex=latex)
        return render_sheet(self.sheet, width)

    @property
    def _headings(self) -> tuple[str, ...]:
        return ("network", "layers", *self.columns)

    @property
    def sheet(self) -> Sheet:
        """The table before it is rendered."""
        first = self.summaries[0]
        units: list[Unit] = ["text", "count", *(COLUMNS[name].unit for name in self.columns)]
        return Sheet(
            title="Networks",
            headings=self._headings,
            sides=["left"] + ["right"] * (len(self.columns) + 1),
            cells=[
                [cell(value, unit, first.units) for value, unit in zip(row, units, strict=True)]
                for row in self.rows
            ],
            last=None,
            notes=notes(self.columns, first.convention, [s.graph for s in self.summaries]),
        )

    def __str__(self) -> str:
        return self.text("table")

    def __repr__(self) -> str:
        names = ", ".join(summary.graph.name for summary in self.summaries)
        return f"<Comparison of {names}>"

    def _repr_html_(self) -> str:
        return self.text("html")
