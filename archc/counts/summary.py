"""Graph → table: a row for each layer with its shape, its figures and their totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

from archc.counts.columns import COLUMNS, USUAL, Value, cell, select_columns
from archc.counts.conventions import CONVENTIONS, DEFAULT
from archc.counts.figures import Figures
from archc.errors import ArgumentError, EnvironmentProblem, count, diagnostic, did_you_mean
from archc.network import collector
from archc.network.graph import INPUT, Graph, Node
from archc.ops.conv2d import Conv2d
from archc.ops.tensor import show
from archc.tables.documents import Format, Row, Units, as_json, render_documents, to_csv
from archc.tables.latex import FLOAT, Latex
from archc.tables.sheet import Sheet
from archc.tables.terminal import render_sheet


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
        object.__setattr__(self, "columns", select_columns(self.columns))
        for what, value, known in (
            ("convention", self.convention, tuple(CONVENTIONS)),
            ("units", self.units, get_args(Units)),
        ):
            if not isinstance(value, str):
                raise ArgumentError.of("summary", f"{what} by name", value)
            if value not in known:
                facts = {"what": what, "value": value, "suggestion": did_you_mean(value, known)}
                raise EnvironmentProblem([diagnostic("E205", **facts)])

    @cached_property
    def figures(self) -> Figures:
        """What the columns show."""
        return Figures(self.graph, self.convention)

    @property
    def values(self) -> list[tuple[Value, ...]]:
        """A tuple a layer, in the order of the columns: text, and figures as exact numbers."""
        columns = [COLUMNS[name] for name in self.columns]
        return [
            tuple(column.of(self.figures, node) for column in columns) for node in self.graph.nodes
        ]

    def rows(self) -> list[dict[str, Value]]:
        """A dictionary a layer, by column: text, and figures as exact numbers."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.values]

    def dataframe(self) -> Any:
        """The rows as a `pandas.DataFrame`, its index the layers' names.

        Raises EnvironmentProblem if pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            facts = {"what": "pandas", "install": "pip install pandas"}
            raise EnvironmentProblem([diagnostic("E504", **facts)]) from None
        return pandas.DataFrame(self.rows(), columns=[*self.columns]).set_index("layer")

    @property
    def totals(self) -> dict[str, Value]:
        """The totals of the columns that have one: a sum or a peak."""
        columns = (COLUMNS[name] for name in self.columns)
        return {column.name: column.total(self.figures) for column in columns if column.total}

    def record(self) -> dict[str, Any]:
        """The network with every figure as plain values: the JSON contract."""
        with collector.paused():
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

    def text(self, form: Format, width: int | None = None, latex: Latex = FLOAT) -> str:
        """The table in a form; the one for terminals `width` characters wide, if it can be."""
        return render_summaries([self], form, width, latex)

    @property
    def sheet(self) -> Sheet:
        """The table before it is rendered."""
        columns, totals = [COLUMNS[name] for name in self.columns], self.totals
        last = {name: cell(value, COLUMNS[name].unit, self.units) for name, value in totals.items()}
        cells = [
            [cell(v, c.unit, self.units) for v, c in zip(row, columns, strict=True)]
            for row in self.values
        ]
        return Sheet(
            title=self.graph.name,
            headings=self.columns,
            sides=[column.side for column in columns],
            cells=[*self._input, *cells],
            last=["total", *(last.get(name, "") for name in self.columns[1:])],
            notes=[*self._untrained, *notes(self.columns, self.convention, [self.graph])],
        )

    @property
    def _input(self) -> list[list[str]]:
        """The row of the network's input, where there is a column for its shape."""
        if "output" not in self.columns:
            return []
        shown = {"layer": INPUT, "output": show(self.graph.input)}
        return [[shown.get(name, "") for name in self.columns]]

    @property
    def _untrained(self) -> list[str]:
        """A note on what `parameters` leave out, unless a column shows it."""
        fixed, shown = self.graph.totals.fixed, {name.rstrip("%") for name in self.columns}
        if not fixed or "fixed" in shown or not shown & {"parameters", "weights", "biases"}:
            return []
        be = "number is" if fixed == 1 else "numbers are"
        return [f"{fixed:,} further stored {be} not trained"]

    def __str__(self) -> str:
        return self.text("table")

    def __repr__(self) -> str:
        layers, columns = count(len(self.graph.nodes), "layer"), count(len(self.columns), "column")
        return f"<Summary of {self.graph.name}: {layers}, {columns}>"

    def _repr_html_(self) -> str:
        return self.text("html")


def summary(
    graph: Graph,
    columns: Sequence[str] = (),
    convention: str | None = None,
    units: Units = "binary",
) -> Summary:
    """A network's table; a `convention` adds the column `flops`."""
    columns = (columns,) if isinstance(columns, str) else columns
    if not isinstance(columns, Sequence) or not all(isinstance(name, str) for name in columns):
        raise ArgumentError.of("summary", "names of columns", columns)
    if convention is None:
        return Summary(graph, tuple(columns or USUAL), units=units)
    return Summary(graph, (*(columns or USUAL), "flops"), convention, units)


def render_summaries(
    summaries: Sequence[Summary], form: Format, width: int | None = None, latex: Latex = FLOAT
) -> str:
    """The tables of networks in one form; where there are several, each names its network."""
    if form == "json":
        records = [summary.record() for summary in summaries]
        return as_json(records[0] if len(records) == 1 else records)
    if form == "table":
        return "\n\n".join(render_sheet(summary.sheet, width) for summary in summaries)
    named = len(summaries) > 1
    if form != "csv":
        return render_documents([summary.sheet for summary in summaries], form, named, latex)
    columns = summaries[0].columns
    rows = [
        (*([summary.graph.name] if named else []), *row)
        for summary in summaries
        for row in summary.values
    ]
    conventions = [summary.convention for summary in summaries for _ in summary.graph.nodes]
    headings = ("network", *columns) if named else columns
    return to_csv_with_conventions(headings, rows, conventions)


def to_csv_with_conventions(
    headings: Sequence[str], rows: Sequence[Row], conventions: Sequence[str]
) -> str:
    """Rows as CSV; where they have FLOPs, a last column names the convention of each."""
    if not {"flops", "flops%"} & {*headings}:
        return to_csv(headings, rows)
    longer = ((*row, convention) for row, convention in zip(rows, conventions, strict=True))
    return to_csv((*headings, "convention"), longer)


def notes(columns: Sequence[str], convention: str, graphs: Sequence[Graph]) -> list[str]:
    """What a reader must know of columns whose names do not say it."""
    shown = {name.rstrip("%") for name in columns}
    rule = CONVENTIONS[convention]
    beyond = "".join(
        f"; it reports {more:,} more for the code of {graph.name}, for zeros of connection tables"
        for graph in graphs
        if (more := rule.beyond(graph))
    )
    said = {
        "flops": f"{rule.says} ({rule.counter}{beyond})",
        "as_dense": "parameters of a dense layer with the same inputs and outputs, for layers of neurons",
        "receptive_field": "pixels of the input, beyond its edges too; ≤ where jumps differ",
        "live_bytes": "activations of one image in float32 while the layer runs; in total the peak",
        "training_bytes": "activations and their gradients while the layer runs backward; in total the peak",
    }
    return [f"{name}: {words}" for name, words in said.items() if name in shown]


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
