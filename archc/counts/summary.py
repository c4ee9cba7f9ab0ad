"""Graph → table: what each layer is, what it makes and what it costs; and networks side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from archc.counts.columns import COLUMNS, TOTALS, USUAL, WIDE, Value, cell, chosen, summed
from archc.counts.conventions import CONVENTIONS, DEFAULT
from archc.counts.figures import FIGURES, Figures
from archc.errors import EnvironmentProblem, diagnostic, did_you_mean
from archc.network import collector
from archc.network.graph import INPUT, Graph, Node
from archc.ops.conv2d import Conv2d
from archc.ops.tensor import show
from archc.tables.documents import Format, Row, Sheet, Units, as_json, separated, written
from archc.tables.terminal import filled, wrapped


@dataclass(frozen=True)
class Summary:
    """A network's table; `str` draws it for a terminal.

    `columns` are names of COLUMNS, `convention` is one of CONVENTIONS, which `flops` follows, and
    `units` says how tables show large figures; CSV and JSON have them exact.
    """

    graph: Graph
    columns: tuple[str, ...] = USUAL
    convention: str = DEFAULT
    units: Units = "binary"

    def __post_init__(self) -> None:
        """Raise EnvironmentProblem if there is no such column or convention."""
        object.__setattr__(self, "columns", chosen(self.columns))
        if self.convention not in CONVENTIONS:
            hint = did_you_mean(self.convention, CONVENTIONS)
            facts = {"what": "convention", "value": self.convention, "suggestion": hint}
            raise EnvironmentProblem([diagnostic("E205", **facts)])

    @cached_property
    def figures(self) -> Figures:
        """What the columns show."""
        return Figures(self.graph, self.convention)

    @property
    def rows(self) -> list[tuple[Value, ...]]:
        """A row a layer: text, and figures as exact numbers."""
        columns = [COLUMNS[name] for name in self.columns]
        return [
            tuple(column.of(self.figures, node) for column in columns) for node in self.graph.nodes
        ]

    @property
    def totals(self) -> dict[str, Value]:
        """What stands below the columns that add up or have a peak."""
        columns = (COLUMNS[name] for name in self.columns)
        return {column.name: column.total(self.figures) for column in columns if column.total}

    def record(self) -> dict[str, Any]:
        """The network with every figure as plain values: the JSON contract."""
        with collector.paused():
            return self._record()

    def _record(self) -> dict[str, Any]:
        return {
            "name": self.graph.name,
            "input": list(self.graph.input),
            "convention": self.convention,
            "layers": [
                {
                    "name": node.name,
                    "type": node.op.type,
                    "inputs": list(node.inputs),
                    "shape": list(node.shape),
                    **_options(node),
                    **self.figures.layer(node),
                }
                for node in self.graph.nodes
            ],
            "totals": self.figures.totals(),
        }

    def text(self, form: Format, width: int | None = None) -> str:
        """The table in a form; the one for terminals `width` characters wide, if it can be."""
        return many([self], form, width)

    @property
    def sheet(self) -> Sheet:
        """The table as text, before it has a form."""
        columns, totals, rows = [COLUMNS[name] for name in self.columns], self.totals, self.rows
        last = {name: cell(value, COLUMNS[name].unit, self.units) for name, value in totals.items()}
        return Sheet(
            self.graph.name,
            self.columns,
            [column.side for column in columns],
            self._before
            + [
                [cell(v, c.unit, self.units) for v, c in zip(row, columns, strict=True)]
                for row in rows
            ],
            ["total", *(last.get(name, "") for name in self.columns[1:])],
            [*self._untrained, *notes(self.columns, self.convention, [self.graph])],
        )

    @property
    def _before(self) -> list[list[str]]:
        """The network's input, where there is a column for its shape."""
        if "output" not in self.columns:
            return []
        given = {"layer": INPUT, "output": show(self.graph.input)}
        return [[given.get(name, "") for name in self.columns]]

    @property
    def _untrained(self) -> list[str]:
        """What `parameters` leave out, unless a column has it."""
        fixed, shown = self.graph.totals.fixed, {name.rstrip("%") for name in self.columns}
        if not fixed or "fixed" in shown or not shown & {"parameters", "weights", "biases"}:
            return []
        be = "number is" if fixed == 1 else "numbers are"
        return [f"{fixed:,} further stored {be} not trained"]

    def __str__(self) -> str:
        return self.text("table")

    def __repr__(self) -> str:
        layers = len(self.graph.nodes)
        return f"<Summary of {self.graph.name}: {layers} layers, {len(self.columns)} columns>"

    def _repr_html_(self) -> str:
        return self.text("html")


@dataclass(frozen=True)
class Comparison:
    """The totals of several networks, a row each; `str` draws it for a terminal."""

    summaries: Sequence[Summary]
    columns: tuple[str, ...] = TOTALS

    @classmethod
    def of(cls, summaries: Sequence[Summary], columns: Sequence[str] = ()) -> "Comparison":
        """The comparison that was asked for: of WIDE, what has a total; with `flops`, as they do.

        Raises EnvironmentProblem if networks have no such total.
        """
        if columns == WIDE:
            columns = [name for name in WIDE if name in FIGURES]
        more = [name for name in summaries[0].columns if name == "flops"]
        return cls(summaries, summed([*(columns or TOTALS), *more]))

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

    def text(self, form: Format, width: int | None = None) -> str:
        """The table in a form."""
        if form == "json":
            return as_json(self.record())
        if form == "csv":
            convention = self.summaries[0].convention
            return _separated(self._headings, self.rows, [convention] * len(self.summaries))
        if form != "table":
            return written([self.sheet], form, named=False)
        return _drawn(self.sheet, width)

    @property
    def _headings(self) -> tuple[str, ...]:
        return ("network", "layers", *self.columns)

    @property
    def sheet(self) -> Sheet:
        """The table as text, before it has a form."""
        rows = self.rows
        units = self.summaries[0].units
        kinds = ["text", "count", *(COLUMNS[name].unit for name in self.columns)]
        return Sheet(
            "Networks",
            self._headings,
            ["left"] + ["right"] * (len(self.columns) + 1),
            [[cell(v, kind, units) for v, kind in zip(row, kinds, strict=True)] for row in rows],
            None,
            notes(
                self.columns,
                self.summaries[0].convention,
                [summary.graph for summary in self.summaries],
            ),
        )

    def __str__(self) -> str:
        return self.text("table")

    def __repr__(self) -> str:
        names = ", ".join(summary.graph.name for summary in self.summaries)
        return f"<Comparison of {names}>"

    def _repr_html_(self) -> str:
        return self.text("html")


def summary(
    graph: Graph,
    columns: Sequence[str] = (),
    convention: str | None = None,
    units: Units = "binary",
) -> Summary:
    """The table that was asked for: with `flops`, if a convention was."""
    columns = (columns,) if isinstance(columns, str) else columns
    if convention is None:
        return Summary(graph, tuple(columns or USUAL), units=units)
    return Summary(graph, (*(columns or USUAL), "flops"), convention, units)


def many(summaries: Sequence[Summary], form: Format, width: int | None = None) -> str:
    """The tables of networks in one form; several name their network in each."""
    if form == "json":
        records = [summary.record() for summary in summaries]
        return as_json(records[0] if len(records) == 1 else records)
    if form == "table":
        return "\n\n".join(_drawn(summary.sheet, width) for summary in summaries)
    named = len(summaries) > 1
    if form != "csv":
        return written([summary.sheet for summary in summaries], form, named)
    columns = summaries[0].columns
    rows = [
        (*([summary.graph.name] if named else []), *row)
        for summary in summaries
        for row in summary.rows
    ]
    conventions = [summary.convention for summary in summaries for _ in summary.graph.nodes]
    return _separated(("network", *columns) if named else columns, rows, conventions)


def _separated(headings: Sequence[str], rows: Sequence[Row], conventions: Sequence[str]) -> str:
    """Rows as CSV; where they have FLOPs, each says in a last column whose."""
    if not {"flops", "flops%"} & {*headings}:
        return separated(headings, rows)
    told = ((*row, convention) for row, convention in zip(rows, conventions, strict=True))
    return separated((*headings, "convention"), told)


def notes(columns: Sequence[str], convention: str, graphs: Sequence[Graph]) -> list[str]:
    """What a reader must know of columns that do not explain themselves."""
    shown = {name.rstrip("%") for name in columns}
    rule = CONVENTIONS[convention]
    beyond = "".join(
        f"; it reports {more:,} more for the code of {graph.name}, for zeros of connection tables"
        for graph in graphs
        if (more := rule.beyond(graph))
    )
    said = {
        "flops": f"{rule.says} ({rule.counter}{beyond})",
        "receptive_field": "pixels of the input, beyond its edges too; ≤ where jumps differ",
        "live_bytes": "activations of one image in float32 while the layer runs; in total the peak",
        "training_bytes": "activations and their gradients while the layer runs backward; in total the peak",
    }
    return [f"{name}: {words}" for name, words in said.items() if name in shown]


def _drawn(sheet: Sheet, width: int | None) -> str:
    """A table for a terminal; wider than `width`, its columns stand below one another."""
    table = wrapped(sheet.title, sheet.headings, sheet.cells, sheet.sides, sheet.last, width)
    return f"{table}\n\n{filled(sheet.notes, width)}" if sheet.notes else table


def _options(node: Node) -> dict[str, Any]:
    """What a layer is beside its figures; padding is top, bottom, left, right."""
    activation = node.activation
    found: dict[str, Any] = {"activation": activation.type} if activation else {}
    if node.geometry is not None:
        win = node.geometry
        found |= {"kernel": list(win.kernel), "stride": list(win.stride)}
        found |= {"padding": list(win.pads), "dilation": list(win.dilation)}
    if isinstance(node.op, Conv2d):
        found["groups"] = node.op.groups
        if node.op.connections is not None:
            found["connected"] = node.weights[0].shape[0]
    return found
