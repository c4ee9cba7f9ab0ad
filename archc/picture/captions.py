"""The words beside each item, and those that are shown when it is pointed at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from archc.columns import TOTALS, USUAL, Value
from archc.graph import Graph, Node
from archc.ops.conv2d import Conv2d
from archc.ops.dropout import Dropout
from archc.picture.items import Item
from archc.picture.matrix import Codes, Table
from archc.picture.scene import Parts, Path, Point, Text, rectangle
from archc.picture.text import ASCENT, DESCENT, width
from archc.picture.theme import Theme
from archc.summary import Summary
from archc.tensor import show

LARGE, SMALL = 10.0, 8.5
"""Sizes of text, in pixels."""
LEADING = 1.22
"""From one line to the next, in sizes."""
MarkKind = Literal["activation", "norm", "dropout", "other"]
GLYPH = 7.0
"""Room for the sign before a mark's word."""

Row = Mapping[str, Value]


def rows(graph: Graph) -> dict[str, Row]:
    """What the summary says of each layer, by the layer's name and the column's heading."""
    summary = Summary(graph, (*USUAL, "fixed"))
    return {str(row[0]): dict(zip(summary.columns, row, strict=True)) for row in summary.rows}


def tip(item: Item, known: Mapping[str, Row]) -> str:
    """What is shown when an item is pointed at: all that the summary says of it and its marks."""
    nodes = [node for node in (item.node, *item.marks) if node]
    said = [_said(known[node.name]) for node in nodes]
    if item.node is None:
        said.insert(0, f"{item.name}\noutput {show(item.shape)}")
    return "\n\n".join(said)


def _said(row: Row) -> str:
    lines = [f"{row['layer']}: {row['type']}", f"output {row['output']}"]
    window = [f"{name} {row[name]}" for name in ("kernel", "stride", "padding", "groups")]
    if row["kernel"]:
        lines.append(", ".join(word for word in window if not word.endswith(" ")))
    shown = [figure for figure in TOTALS if figure != "fixed" or row[figure]]
    lines.append(", ".join(f"{row[figure]:,} {figure}" for figure in shown))
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a caption, perhaps with a mark's sign before it."""

    text: str
    size: float = SMALL
    bold: bool = False
    quiet: bool = True
    mark: MarkKind | None = None

    @property
    def width(self) -> float:
        return width(self.text, self.size, bold=self.bold) + (GLYPH if self.mark else 0)

    @property
    def height(self) -> float:
        return self.size * LEADING

    def draw(self, x: float, top: float, theme: Theme) -> Parts:
        """The line, its middle at `x`."""
        ink = theme.quiet if self.quiet else theme.ink
        y = top + (self.height + (ASCENT - DESCENT) * self.size) / 2
        shift = GLYPH / 2 if self.mark else 0
        text = Text(x + shift, y, self.text, self.size, ink, self.bold, "middle")
        return (*_sign(self.mark, text.box.left - GLYPH, y, theme), text)


def _sign(mark: MarkKind | None, left: float, y: float, theme: Theme) -> Parts:
    """A small sign for a mark, standing on the line at `y`."""
    ink, size = theme.quiet, 4.6
    bottom, right = y - 0.6, left + size
    if mark == "activation":  # the bend of a rectifier
        bend = (Point(left, bottom), Point(left + size / 2, bottom), Point(right, bottom - size))
        return (Path(bend, None, ink, 0.9, closed=False),)
    if mark == "norm":  # neighbouring maps
        bars = (left + size * share for share in (0, 0.38, 0.76))
        return tuple(rectangle(x, bottom - size, size * 0.2, size, fill=ink) for x in bars)
    if mark == "dropout":  # a unit that is missing
        return (
            rectangle(left, bottom - size, size * 0.42, size * 0.42, fill=ink),
            rectangle(left + size * 0.58, bottom - size * 0.42, size * 0.42, size * 0.42, fill=ink),
            rectangle(left, bottom - size * 0.42, size * 0.42, size * 0.42, fill=None, stroke=ink),
        )
    if mark == "other":
        return (rectangle(left, bottom - size * 0.6, size * 0.8, size * 0.2, fill=ink),)
    return ()


def window(node: Node, towers: int = 1) -> str:
    """A window as people write it, `11×11 /4`; and groups that are not drawn as towers."""
    win = node.geometry
    if win is None:
        return ""
    words = [show(win.kernel)]
    if win.stride != (1, 1):
        same = win.stride[0] == win.stride[1]
        words.append(f"/{win.stride[0] if same else show(win.stride)}")
    if isinstance(node.op, Conv2d) and node.op.groups != towers and node.op.groups > 1:
        words.append(f"in {node.op.groups} groups")
    return " ".join(words)


def operation(node: Node) -> str:
    """What a layer does, on one line: `conv2d 5×5 in 2 groups, relu`."""
    words = [node.op.type, window(node)]
    if isinstance(node.op, Dropout):
        words.append(f"{node.op.rate:g}")
    activation = getattr(node.op, "activation", None)
    table = node.op.connections if isinstance(node.op, Conv2d) else None
    if table is not None:
        words.append(f"{node.weights[0].shape[0]} of {len(table) * len(table[0])} pairs")
    return " ".join(filter(None, words)) + (f", {activation.type}" if activation else "")


def marks(item: Item) -> list[Line]:
    """A quiet line for the activation of an item and for each layer that is drawn as a mark."""
    lines: list[Line] = []
    for node in (item.node, *item.marks):
        if node is None:
            continue
        if node is not item.node:
            kind, word = _mark(node)
            lines.append(Line(word, mark=kind))
        activation = getattr(node.op, "activation", None)
        if activation:
            lines.append(Line(activation.type, mark="activation"))
    return lines


def _mark(node: Node) -> tuple[MarkKind, str]:
    if isinstance(node.op, Dropout):
        return "dropout", f"dropout {node.op.rate:g}"
    if node.op.type in ("lrn", "batch_norm"):
        return "norm", node.op.type
    if node.op.type == "flatten":
        return "other", f"flatten {show(node.shape)}"
    return "activation", node.op.type


def stored(item: Item) -> list[Line]:
    """How many numbers an item and its marks store; nothing where they store none."""
    nodes = [node for node in (item.node, *item.marks) if node]
    count = sum(node.cost.parameters for node in nodes)
    fixed = sum(node.cost.fixed for node in nodes)
    lines = [Line(f"{count:,}", quiet=False)] if count else []
    return [*lines, *([Line(f"{fixed:,} fixed")] if fixed else [])]


Caption = Line | Table | Codes


def stacked(captions: list[Caption], x: float, top: float, theme: Theme) -> Parts:
    """Captions one below the other."""
    parts: list[Text | Path] = []
    for caption in captions:
        parts += caption.draw(x, top, theme)
        top += caption.height
    return tuple(parts)


def height(captions: list[Caption]) -> float:
    return sum(caption.height for caption in captions)
