"""Graph → table: what each layer is, what it makes and what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from archc.graph import Graph, Node
from archc.ops.conv2d import Conv2d
from archc.tables import draw
from archc.tensor import show

Format = Literal["table", "json", "markdown", "csv", "latex"]
FIGURES = ("parameters", "connections", "macs")
HEADINGS = ("layer", "type", "output", "kernel", "stride", "padding", "groups")
COLUMNS = (*HEADINGS, *FIGURES)
SIDES = ["left"] * 3 + ["right"] * (len(COLUMNS) - 3)


@dataclass(frozen=True)
class Summary:
    """A network's table; `str` draws it for a terminal."""

    graph: Graph

    @property
    def rows(self) -> list[tuple[str | int, ...]]:
        """A row a layer: HEADINGS, then FIGURES as integers."""
        return [
            (*_words(self.graph, node), *(getattr(node.cost, name) for name in FIGURES))
            for node in self.graph.nodes
        ]

    @property
    def totals(self) -> tuple[int, ...]:
        """The sums of FIGURES."""
        return tuple(getattr(self.graph.totals, name) for name in FIGURES)

    def record(self) -> dict[str, Any]:
        """The table as plain values: the JSON contract."""
        total = self.graph.totals
        return {
            "name": self.graph.name,
            "input": list(self.graph.input),
            "layers": [
                {
                    "name": node.name,
                    "type": node.op.type,
                    "inputs": list(node.inputs),
                    "shape": list(node.shape),
                    **_costs(node.cost),
                    **_options(node),
                }
                for node in self.graph.nodes
            ],
            "totals": _costs(total),
        }

    def text(self, form: Format) -> str:
        """The table as Markdown, CSV, LaTeX (booktabs) or JSON."""
        if form == "json":
            return as_json(self.record())
        if form == "csv":
            return self._csv()
        if form == "table":
            return str(self)
        from tabulate import tabulate

        style = {"markdown": "pipe", "latex": "latex_booktabs"}[form]
        rows = [*self._cells, self._last]
        return tabulate(rows, COLUMNS, tablefmt=style, colalign=SIDES, disable_numparse=True)

    @property
    def _cells(self) -> list[tuple[str, ...]]:
        return [tuple(_cell(value) for value in row) for row in self.rows]

    @property
    def _last(self) -> tuple[str, ...]:
        return ("total", *[""] * (len(HEADINGS) - 1), *(f"{n:,}" for n in self.totals))

    def _csv(self) -> str:
        import csv
        import io

        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(self.rows)
        return out.getvalue().rstrip("\n")

    def __str__(self) -> str:
        empty = ("",) * len(COLUMNS)
        table = draw(self.graph.name, COLUMNS, [*self._cells, empty, self._last], SIDES)
        fixed = self.graph.totals.fixed
        return f"{table}\n\n{fixed:,} more numbers are stored and not trained" if fixed else table


def as_json(record: Any) -> str:
    """Plain values as indented JSON."""
    import json

    return json.dumps(record, indent=2, ensure_ascii=False)


def many(summaries: Sequence[Summary]) -> Any:
    """What `--format json` prints: one network's record, or a list of several."""
    records = [summary.record() for summary in summaries]
    return records[0] if len(records) == 1 else records


def _costs(cost: Any) -> dict[str, int]:
    names = ("parameters", "fixed", "weights", "biases", "connections", "macs")
    return {name: getattr(cost, name) for name in names}


def _options(node: Node) -> dict[str, Any]:
    """What the table says of a layer beside its costs; padding is top, bottom, left, right."""
    activation = getattr(node.op, "activation", None)
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


def _cell(value: str | int) -> str:
    return f"{value:,}" if isinstance(value, int) else value


def _words(graph: Graph, node: Node) -> tuple[str, ...]:
    win = node.geometry
    groups = _groups(node)
    activation = getattr(node.op, "activation", None)
    kind = f"{node.op.type} + {activation.type}" if activation else node.op.type
    if win is None:
        return (node.name, kind, show(node.shape), "", "", "", "")
    dilation = "" if win.dilation == (1, 1) else f" dilated {_pair(win.dilation)}"
    top, bottom, left, right = win.pads
    sides = (
        _pair((top, left)) if (top, left) == (bottom, right) else f"{top},{bottom},{left},{right}"
    )
    return (
        node.name,
        kind,
        show(node.shape),
        show(win.kernel) + dilation,
        _pair(win.stride),
        sides,
        groups,
    )


def _groups(node: Node) -> str:
    """A convolution's groups, or how many of all pairs its table connects."""
    if not isinstance(node.op, Conv2d):
        return ""
    table = node.op.connections
    if table is None:
        return str(node.op.groups)
    return f"{node.weights[0].shape[0]}/{len(table) * len(table[0])}"


def _pair(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else show(pair)
