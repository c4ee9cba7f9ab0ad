"""The columns of `archc summary`: what each shows of a layer, and its total below."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from archc.counts.figures import FIGURES, PEAKS, SUMS, Figures
from archc.errors import EnvironmentProblem, diagnostic, nearest
from archc.network.graph import Node
from archc.ops.conv2d import Conv2d
from archc.ops.tensor import show, show_pair
from archc.tables.documents import Units

Unit = Literal["text", "count", "bytes", "per cent"]
Value = str | int | float


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `total` is None where there is nothing to add up."""

    name: str
    of: Callable[[Figures, Node], Value]
    unit: Unit = "text"
    total: Callable[[Figures], Value] | None = None
    side: Literal["left", "right"] = "right"


def _text_column(name: str, of: Callable[[Node], str], side: Literal["left", "right"]) -> Column:
    return Column(name, lambda figures, node: of(node), side=side)


def _type(node: Node) -> str:
    activation = node.activation
    return f"{node.op.type} + {activation.type}" if activation else node.op.type


def _kernel(node: Node) -> str:
    win = node.geometry
    if win is None:
        return ""
    dilation = "" if win.dilation == (1, 1) else f" dilated {show_pair(win.dilation)}"
    return show(win.kernel) + dilation


def _stride(node: Node) -> str:
    return show_pair(node.geometry.stride) if node.geometry else ""


def _padding(node: Node) -> str:
    return node.geometry.pads.show() if node.geometry else ""


def _groups(node: Node) -> str:
    """A convolution's groups, or how many of all pairs its table connects."""
    if not isinstance(node.op, Conv2d):
        return ""
    counts = node.op.pair_counts
    return "{}/{}".format(*counts) if counts else str(node.op.groups)


def _receptive(figures: Figures, node: Node) -> str:
    down, across = figures.field(node)
    bound = "" if down.exact and across.exact else "≤ "
    return bound + show((down.size, across.size))


def _jump(figures: Figures, node: Node) -> str:
    down, across = figures.field(node)
    return show_pair((down.jump, across.jump)) if len(node.shape) == 3 else ""


def _start(figures: Figures, node: Node) -> str:
    down, across = (axis.start for axis in figures.field(node))
    return str(down) if down == across else f"{down},{across}"


def _figure_column(name: str) -> Column:
    unit: Unit = "bytes" if name.endswith("bytes") else "count"
    return Column(name, lambda f, node: f.of(node, name), unit, lambda f: f.total(name))


def _share_column(name: str) -> Column:
    def of(figures: Figures, node: Node) -> float:
        total = figures.total(name)
        return 100 * figures.of(node, name) / total if total else 0.0

    return Column(f"{name}%", of, "per cent", lambda f: 100.0 if f.total(name) else 0.0)


NAMED: tuple[Column, ...] = (
    _text_column("layer", lambda node: node.name, "left"),
    _text_column("type", _type, "left"),
    _text_column("inputs", lambda node: ", ".join(node.inputs), "left"),
    _text_column("output", lambda node: show(node.shape), "left"),
    _text_column("kernel", _kernel, "right"),
    _text_column("stride", _stride, "right"),
    _text_column("padding", _padding, "right"),
    _text_column("groups", _groups, "right"),
    *(_figure_column(name) for name in SUMS),
    Column("receptive_field", _receptive),
    Column("jump", _jump),
    Column("start", _start),
    *(_figure_column(name) for name in PEAKS),
)
COLUMNS: dict[str, Column] = {column.name: column for column in NAMED} | {
    f"{name}%": _share_column(name) for name in SUMS
}
"""All columns by their names; a share of one of SUMS is its name and a per cent sign."""
USUAL = (
    *("layer", "type", "output", "kernel", "stride", "padding", "groups"),
    *("parameters", "connections", "macs"),
)
WIDE = (
    *("layer", "type", "inputs", "output", "kernel", "stride", "padding", "groups"),
    *("parameters", "parameters%", "fixed", "weights", "biases", "connections", "macs", "macs%"),
    *("flops", "operations", "additions", "bias_operations", "normalisation_operations"),
    *("pooling_operations", "activation_operations", "neurons"),
    *("receptive_field", "jump", "start", "activation_bytes", "live_bytes", "training_bytes"),
)
TOTALS = ("parameters", "fixed", "connections", "macs")
"""The columns of a comparison of networks, by default."""


def select_columns(names: Iterable[str]) -> tuple[str, ...]:
    """`layer` and the columns of these names, in their order and none twice.

    Raises EnvironmentProblem if a name is unknown.
    """
    found = tuple(dict.fromkeys(("layer", *names)))
    _require("column", found, COLUMNS)
    return found


def select_totals(names: Sequence[str]) -> tuple[str, ...]:
    """The columns of these names but `layer`, none twice, for a comparison of networks.

    Raises EnvironmentProblem if a network has no total of a name.
    """
    found = tuple(dict.fromkeys(name for name in names if name != "layer"))
    _require("total", found, FIGURES)
    return found


def _require(what: str, names: Iterable[str], choices: Collection[str]) -> None:
    wrong = [
        diagnostic("E205", what=what, value=name, suggestion=_suggestion(name, choices))
        for name in names
        if name not in choices
    ]
    if wrong:
        raise EnvironmentProblem(wrong)


def _suggestion(name: str, choices: Collection[str]) -> str:
    """The nearest of `choices`, or all: shares where the unknown name is one, if there are any."""
    figure = name.rstrip("%")
    share = f"{figure}%"
    if figure != name and figure in choices and share not in choices:
        return f"there is no share of it; did you mean '{figure}'?"
    wanted = name if figure == name else share
    shares = figure != name and any(choice.endswith("%") for choice in choices)
    if name in COLUMNS:
        return "each layer has its own: leave --totals out"
    suggestion = nearest(wanted, [c for c in choices if c.endswith("%") == shares])
    more = " archc summary --help lists all" if suggestion.meant is not None else ""
    return f"{suggestion}{more}"


SCALES: dict[tuple[Unit, Units], tuple[int, Sequence[str]]] = {
    ("count", "decimal"): (1000, ("", "k", "M", "G", "T", "P", "E", "Z", "Y", "R", "Q")),
    ("bytes", "decimal"): (1000, ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB", "RB", "QB")),
    ("bytes", "binary"): (1024, ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB")),
}
"""The step from one unit to the next, and the units; what is not here is shown in full."""


def cell(value: Value, unit: Unit, units: Units) -> str:
    """A value as tables show it."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.2f}"
    step, names = SCALES.get((unit, units), (0, ()))
    return _scaled(value, step, names) if names else f"{value:,}"


def _scaled(number: int, step: int, names: Sequence[str]) -> str:
    """Three digits in the largest unit in which the number is at least 1; exact below one step."""
    if number < step:
        return f"{number} {names[0]}".rstrip()
    power = 1
    # Rounded to three digits, 999.6 is no longer below 1000.
    while power < len(names) - 1 and round(number / step**power) >= step:
        power += 1
    value = number / step**power
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:,.{digits}f} {names[power]}"
