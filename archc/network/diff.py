"""Graph × graph → what changed from one to the other, layer by layer, with the cost of each change."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any

from archc.errors import count
from archc.language.writer import flow_yaml, spell
from archc.network.graph import INPUT, Graph, Node
from archc.ops.base import Op
from archc.ops.tensor import FREE, Cost, show
from archc.tables.documents import render_documents
from archc.tables.sheet import Sheet
from archc.tables.terminal import render_sheet

FIGURES = ("parameters", "macs")
COLUMNS = ("", "layer", "change", *FIGURES)
SIDES = ["left"] * 3 + ["right"] * len(FIGURES)
MARKS = {"removed": "-", "added": "+", "changed": "~"}
WIDEST = 60  # part of a value that the table shows, in characters


@dataclass(frozen=True, slots=True)
class Change:
    """One field with its value `before` and `after`; a side without the field is left out."""

    field: str
    values: dict[str, Any]

    def __str__(self) -> str:
        sides = ("before", "after")
        old, new = (_show_value(self.values[s]) if s in self.values else "none" for s in sides)
        return f"{self.field}: {old} -> {new}"

    def record(self) -> dict[str, Any]:
        """The change as plain values; shapes as lists."""
        values = {s: list(v) if isinstance(v, tuple) else v for s, v in self.values.items()}
        return {"field": self.field, **values}


@dataclass(frozen=True, slots=True)
class LayerDiff:
    """A layer of one network, or a layer of each that are paired."""

    before: Node | None
    after: Node | None
    changes: tuple[Change, ...] = ()

    @property
    def kind(self) -> str:
        """removed, added, changed or same."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        renamed = self.before.name != self.after.name
        return "changed" if renamed or self.changes or self.cost != FREE else "same"

    @property
    def cost(self) -> Cost:
        """The layer's cost minus its cost before."""
        old, new = (node.cost if node else FREE for node in (self.before, self.after))
        return new - old

    @property
    def name(self) -> str:
        """The layer's name; both, where they differ."""
        nodes = (self.before, self.after)
        return " -> ".join(dict.fromkeys(node.name for node in nodes if node))

    @property
    def lines(self) -> list[str]:
        """A line for each change."""
        if self.before and self.after:
            return [str(change) for change in self.changes] or ["renamed"]
        node = self.before or self.after
        assert node is not None
        return [f"{node.op.type}, {show(node.shape)}"]

    def record(self) -> dict[str, Any]:
        """The difference as plain values; costs are those after minus those before."""
        return {
            "change": self.kind,
            "before": _identity(self.before),
            "after": _identity(self.after),
            "fields": [change.record() for change in self.changes],
            **asdict(self.cost),
        }


@dataclass(frozen=True, slots=True)
class Diff:
    """What changed from one network to another; `str` is a table for a terminal."""

    before: Graph
    after: Graph
    input: Change | None
    layers: tuple[LayerDiff, ...]
    """All layers of both, in the order of both."""

    @property
    def changed(self) -> list[LayerDiff]:
        """The layers that are not the same in both."""
        return [layer for layer in self.layers if layer.kind != "same"]

    @property
    def equal(self) -> bool:
        """Whether the networks are the same but for their names."""
        return self.input is None and not self.changed

    @property
    def cost(self) -> Cost:
        """The second network's cost minus the first's."""
        return self.after.totals - self.before.totals

    @property
    def rows(self) -> list[tuple[str | int, ...]]:
        """A row for each changed layer: COLUMNS, the figures as integers."""
        return [
            (MARKS[layer.kind], layer.name, "; ".join(layer.lines), *_figures(layer.cost))
            for layer in self.changed
        ]

    def record(self) -> dict[str, Any]:
        """The difference as plain values: the JSON contract."""
        changed = self.changed
        return {
            "before": {"name": self.before.name, "input": list(self.before.input)},
            "after": {"name": self.after.name, "input": list(self.after.input)},
            "equal": self.equal,
            "layers": [layer.record() for layer in changed],
            "same": len(self.layers) - len(changed),
            "totals": asdict(self.cost),
        }

    @property
    def sheet(self) -> Sheet:
        """The table before it is rendered: a row for each change."""
        rows: list[tuple[str, ...]] = []
        if self.input:
            rows.append((MARKS["changed"], INPUT, str(self.input), "", ""))
        for layer in self.changed:
            first, *others = layer.lines
            rows.append((MARKS[layer.kind], layer.name, first, *_signed(layer.cost)))
            rows += [("", "", line, "", "") for line in others]
        last = ("", "total", "", *_signed(self.cost))
        title = f"{self.before.name} -> {self.after.name}"
        return Sheet(title, COLUMNS, SIDES, rows, last, [self._same])

    @property
    def _same(self) -> str:
        same = len(self.layers) - len(self.changed)
        if self.equal:
            return f"the networks are equal: {_layers(same)}"
        return f"{_layers(same)} {'is' if same == 1 else 'are'} the same"

    def __str__(self) -> str:
        return self._same if self.equal else render_sheet(self.sheet)

    def __repr__(self) -> str:
        names = f"{self.before.name} -> {self.after.name}"
        return f"<Diff of {names}: {_layers(len(self.changed))} changed>"

    def _repr_html_(self) -> str:
        return render_documents([self.sheet], "html", named=True)


def diff(before: Graph, after: Graph) -> Diff:
    """What changed from `before` to `after`.

    Layers of the same name are paired, in their order; of those between, first layers with the same
    operation, then layers of the same type.
    """
    pairs = list(_align(before.nodes, after.nodes, (_name, _op, _type)))
    partners = {INPUT: INPUT, **{old.name: new.name for old, new in pairs if old and new}}
    chains = _chained(before), _chained(after)
    layers: list[LayerDiff] = []
    for old, new in pairs:
        changes: list[Change] = []
        if old and new:
            changes += _fields(old, new)
            # A layer that follows the one before it in both networks has not been rewired.
            follows = old.name in chains[0] and new.name in chains[1]
            if not follows and [partners.get(name) for name in old.inputs] != [*new.inputs]:
                changes += _unequal("reads", [*old.inputs], [*new.inputs])
            changes += _unequal("shape", old.shape, new.shape)
            if not changes and old.cost != new.cost:  # nothing else says why
                changes += _unequal("input", before.inputs(old)[0], after.inputs(new)[0])
        layers.append(LayerDiff(old, new, tuple(changes)))
    shape = next(_unequal("shape", before.input, after.input), None)
    return Diff(before, after, shape, tuple(layers))


def _name(node: Node) -> str:
    return node.name


def _op(node: Node) -> Op:
    return node.op


def _type(node: Node) -> str:
    return node.op.type


def _align(
    old: Sequence[Node], new: Sequence[Node], keys: Sequence[Callable[[Node], Any]]
) -> Iterator[tuple[Node | None, Node | None]]:
    """Pairs of nodes equal in one of `keys`, in the order of both; others have no partner."""
    if not (old and new and keys):
        yield from ((node, None) for node in old)
        yield from ((None, node) for node in new)
        return
    key, *others = keys
    matcher = SequenceMatcher(None, [*map(key, old)], [*map(key, new)], autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(old[i:j], new[k:m], strict=True)
        else:
            yield from _align(old[i:j], new[k:m], others)


def _chained(graph: Graph) -> set[str]:
    """The names of the layers whose one input is the layer before them."""
    before = (INPUT, *(node.name for node in graph.nodes))
    pairs = zip(graph.nodes, before, strict=False)
    return {node.name for node, previous in pairs if node.inputs == (previous,)}


def _fields(before: Node, after: Node) -> Iterator[Change]:
    """How an operation's fields changed; fields that one type lacks, if they are not defaults.

    A field that is spelled otherwise and means the same has not changed.
    """
    old, new = before.op, after.op
    ours, theirs = type(old).model_fields, type(new).model_fields
    same = _respelled(before, after)
    for name in ours:
        if name in theirs and name not in same and getattr(old, name) != getattr(new, name):
            yield from _unequal(name, spell(getattr(old, name)), spell(getattr(new, name)))
    for side, op, others in (("before", old, theirs), ("after", new, ours)):
        for name, field in type(op).model_fields.items():
            if name not in others and getattr(op, name) != field.default:
                yield Change(name, {side: spell(getattr(op, name))})


def _respelled(old: Node, new: Node) -> set[str]:
    """The fields that come to the same in two layers of one type, however they are spelled."""
    if old.op.type != new.op.type:
        return set()
    ours, theirs = old.op.meaning(old.geometry), new.op.meaning(new.geometry)
    return {name for name in ours if ours[name] == theirs[name]}


def _unequal(field: str, old: Any, new: Any) -> Iterator[Change]:
    """Where two plain values differ: deep in mappings of the same keys, else as a whole."""
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        for name in old:
            yield from _unequal(f"{field}.{name}", old[name], new[name])
    elif old != new:
        yield Change(field, {"before": old, "after": new})


def _show_value(value: Any) -> str:
    """A shape, or a value of the language; a list of one input is shown without brackets."""
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return show(value)
    text = flow_yaml(value[0] if isinstance(value, list) and len(value) == 1 else value)
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _identity(node: Node | None) -> dict[str, Any] | None:
    if node is None:
        return None
    return {"name": node.name, "type": node.op.type, "shape": list(node.shape)}


def _figures(cost: Cost) -> list[int]:
    return [getattr(cost, name) for name in FIGURES]


def _signed(cost: Cost) -> list[str]:
    return [f"{n:+,}" if n else "0" for n in _figures(cost)]


def _layers(number: int) -> str:
    return count(number, "layer")
