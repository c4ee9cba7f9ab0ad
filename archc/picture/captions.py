"""The captions and the tooltip of each item."""

from collections.abc import Mapping
from dataclasses import dataclass

from archc.counts.columns import TOTALS, USUAL, Value
from archc.counts.summary import Summary
from archc.network.graph import Graph, Node
from archc.ops.base import Op
from archc.ops.conv2d import Conv2d
from archc.ops.tensor import show, show_pair
from archc.picture.bitmaps import Codes, Table
from archc.picture.icons import icon
from archc.picture.items import Item
from archc.picture.scene import Parts, Path, Text
from archc.picture.text import ASCENT, DESCENT, width
from archc.picture.theme import Theme
from archc.picture.words import label

LARGE, SMALL = 10.0, 8.5
"""Sizes of text, in pixels."""
LEADING = 1.22
"""From one line to the next, in sizes."""
GLYPH = 8.0
"""Room for the icon before a mark's word."""

Row = Mapping[str, Value]


def summary_rows(graph: Graph) -> dict[str, Row]:
    """The summary's row of each layer, by the layer's name and the column's heading."""
    summary = Summary(graph, (*USUAL, "fixed"))
    return {str(row[0]): dict(zip(summary.columns, row, strict=True)) for row in summary.values}


def tip(item: Item, known: Mapping[str, Row]) -> str:
    """The tooltip of an item: all figures of it and its marks."""
    nodes = [node for node in (item.node, *item.marks) if node]
    said = [_tip_lines(known[node.name]) for node in nodes]
    if item.node is None:
        said.insert(0, f"{item.name}\noutput {show(item.shape)}")
    return "\n\n".join(said)


def _tip_lines(row: Row) -> str:
    lines = [f"{row['layer']}: {row['type']}", f"output {row['output']}"]
    window = [f"{name} {row[name]}" for name in ("kernel", "stride", "padding", "groups")]
    if row["kernel"]:
        lines.append(", ".join(word for word in window if not word.endswith(" ")))
    shown = [figure for figure in TOTALS if figure != "fixed" or row[figure]]
    lines.append(", ".join(f"{row[figure]:,} {figure}" for figure in shown))
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a caption, perhaps with a mark's icon before it."""

    text: str
    size: float = SMALL
    bold: bool = False
    quiet: bool = True
    mark: Op | None = None
    """The operation whose icon stands before the words."""

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
        return (*self._icon(text.box.left - GLYPH, y - 0.6, theme), text)

    def _icon(self, left: float, bottom: float, theme: Theme) -> Parts:
        return icon(self.mark, left, bottom, theme.quiet) if self.mark else ()


def window_words(node: Node, towers: int = 1) -> list[str]:
    """A window as people write it, `11×11 /4`, and where it is not the plain one, in what.

    Plain is no padding, no dilation, and one group or as many as are drawn as towers.
    """
    win = node.geometry
    if win is None:
        return []
    words = [show(win.kernel) if win.stride == (1, 1) else win.show(" /")]
    if any(win.pads):
        words.append(f"pad {win.pads.show()}")
    if win.dilation != (1, 1):
        words.append(f"dilation {show_pair(win.dilation)}")
    if isinstance(node.op, Conv2d) and node.op.groups != towers and node.op.groups > 1:
        words.append(f"{node.op.groups:,} groups")
    return words


def operation_text(node: Node) -> str:
    """What a layer does, on one line: `convolution 5×5, pad 2, 2 groups, ReLU`."""
    first, more = window_words(node)[:1], window_words(node)[1:]
    words = [" ".join(filter(None, (label(node.op), *first, node.op.detail))), *more]
    counts = node.op.pair_counts if isinstance(node.op, Conv2d) else None
    if counts:
        words.append("{:,} of {:,} pairs".format(*counts))
    activation = node.activation
    return ", ".join([*words, *([label(activation)] if activation else [])])


def window_lines(node: Node, towers: int, quiet: bool = True) -> list[Line]:
    """The words of a window in lines of two: under a figure is little room."""
    words = window_words(node, towers)
    return [Line(", ".join(words[i : i + 2]), quiet=quiet) for i in range(0, len(words), 2)]


def mark_lines(item: Item) -> list[Line]:
    """A quiet line for the activation of an item and for each layer that is drawn as a mark."""
    lines: list[Line] = []
    for node in (item.node, *item.marks):
        if node is None:
            continue
        if node is not item.node:
            lines.append(Line(_mark(node), mark=node.op))
        activation = node.activation
        if activation:
            lines.append(Line(label(activation), mark=activation))
    return lines


def _mark(node: Node) -> str:
    shape = "" if node.op.keeps_shape else show(node.shape)
    return " ".join(filter(None, (label(node.op), node.op.detail, shape)))


def stored_lines(item: Item) -> list[Line]:
    """How many numbers an item and its marks store; nothing where they store none."""
    nodes = [node for node in (item.node, *item.marks) if node]
    count = sum(node.cost.parameters for node in nodes)
    fixed = sum(node.cost.fixed for node in nodes)
    lines = [Line(f"{count:,}", quiet=False)] if count else []
    return [*lines, *([Line(f"{fixed:,} fixed")] if fixed else [])]


Caption = Line | Table | Codes


def stack_captions(captions: list[Caption], x: float, top: float, theme: Theme) -> Parts:
    """Captions one below the other."""
    parts: list[Text | Path] = []
    for caption in captions:
        parts += caption.draw(x, top, theme)
        top += caption.height
    return tuple(parts)


def height(captions: list[Caption]) -> float:
    return sum(caption.height for caption in captions)
