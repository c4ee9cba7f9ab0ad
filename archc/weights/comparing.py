"""What a file says of its layers, held against the spec.

Both are lists of operations. From each layer whose tensors were matched, the two are followed side
by side, forward and backward, as long as one operation leads to one other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from archc.errors import Diagnostic, Fault, diagnostic, quoted
from archc.network.graph import Graph, Node
from archc.ops.activations import ACTIVATIONS
from archc.ops.window import Padding, Pads, window
from archc.weights.checkpoint import PASSES, UNKNOWN, Checkpoint, Operation, Value
from archc.weights.described import FUNCTIONS, of_graph

WEIGHTED = ("conv2d", "dense", "batch_norm")
NONE = "none"


@dataclass(frozen=True)
class Difference:
    """A field that has one value in the spec and another in the file."""

    layer: str
    field: str
    ours: str
    theirs: str
    change: str
    """The `--set` that mends it; nothing if there is none."""


@dataclass(frozen=True)
class Comparison:
    """All differences, and the layers of which the file does not say what they compute."""

    differences: tuple[Difference, ...]
    unchecked: tuple[str, ...]

    def diagnostics(self, path: Path) -> list[Diagnostic]:
        """A finding for each field and pair of values, whichever layers have it."""
        groups: dict[tuple[str, str, str], list[Difference]] = {}
        for each in self.differences:
            groups.setdefault((each.field, each.ours, each.theirs), []).append(each)
        found = []
        for (name, ours, theirs), all_ in groups.items():
            changes = [f"--set {each.change}" for each in all_ if each.change]
            more = " and so on" if len(changes) > 3 else ""
            hint = f"if the file is right: {' '.join(changes[:3])}{more}"
            if not changes:
                hint = f"change the spec: the language has no field for {theirs} here"
            facts = {"field": name, "ours": ours, "theirs": theirs, "path": path, "hint": hint}
            layers = quoted(each.layer for each in all_)
            found.append(diagnostic("E712", layers=layers, **facts))
        return found


class _Chain:
    """Operations by name, and what leads to what."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.by_name = {each.name: each for each in operations}
        self.readers: dict[str, list[str]] = {}
        for each in self.by_name.values():
            for name in dict.fromkeys(each.inputs):
                self.readers.setdefault(name, []).append(each.name)

    def after(self, name: str) -> Operation | None:
        """The one operation that reads another, past those that compute nothing; one without a kind
        where the network ends, None where several read it."""
        for _ in self.by_name:
            readers = self.readers.get(name, [])
            if not readers:
                return Operation("", "", ())
            found = self.by_name[readers[0]]
            if len(readers) > 1:
                return None
            if found.kind != PASSES:
                return found
            name = found.name
        return None

    def before(self, name: str) -> Operation | None:
        """The one operation that another reads, as long as nothing else reads it."""
        for _ in self.by_name:
            inputs = self.by_name[name].inputs
            if len(inputs) != 1 or len(self.readers.get(inputs[0], [])) != 1:
                return None
            found = self.by_name.get(inputs[0])
            if found is None or found.kind != PASSES:
                return found
            name = found.name
        return None


def compare(graph: Graph, checkpoint: Checkpoint, modules: Mapping[str, str]) -> Comparison:
    """Compare a network with what a file says; `modules` is the file's module of each layer."""
    walk = _Walk(graph, checkpoint)
    walk.run(modules)
    relevant = [
        each for each in walk.ours.by_name.values() if each.fields or each.kind in FUNCTIONS
    ]
    unchecked = [each.module for each in relevant if each.name not in walk.seen]
    return Comparison(tuple(walk.found.values()), tuple(dict.fromkeys(unchecked)))


class _Walk:
    def __init__(self, graph: Graph, checkpoint: Checkpoint) -> None:
        self.graph = graph
        self.nodes = {node.name: node for node in graph.nodes}
        self.ours, self.theirs = _Chain(of_graph(graph)), _Chain(checkpoint.operations)
        self.seen: set[str] = set()
        self.found: dict[tuple[str, str], Difference] = {}

    def run(self, modules: Mapping[str, str]) -> None:
        stored: dict[str, Operation] = {}
        for each in self.theirs.by_name.values():
            if each.kind in WEIGHTED:
                stored.setdefault(each.module, each)
        pairs = [
            (self.ours.by_name[layer], stored[module])
            for layer, module in modules.items()
            if module in stored and stored[module].kind == self.ours.by_name[layer].kind
        ]
        for mine, other in pairs:
            self._fields(mine, other)
        for mine, other in pairs:
            self._follow(mine, other, self.ours.after, self.theirs.after)
            self._follow(mine, other, self.ours.before, self.theirs.before)

    def _follow(
        self,
        mine: Operation,
        other: Operation,
        of_mine: Callable[[str], Operation | None],
        of_other: Callable[[str], Operation | None],
    ) -> None:
        for _ in range(2 * len(self.ours.by_name)):
            ours, theirs = of_mine(mine.name), of_other(other.name)
            if ours is None or theirs is None or UNKNOWN in (ours.kind, theirs.kind):
                return
            if ours.kind in FUNCTIONS and theirs.kind in FUNCTIONS:
                self._functions(ours, theirs)
                mine, other = ours, theirs
            elif ours.kind in FUNCTIONS:
                self._note(ours, "activation", ours.kind, NONE, self._without(ours))
                self.seen.add(ours.name)
                mine = ours
            elif theirs.kind in FUNCTIONS:
                self._added(mine if of_mine == self.ours.after else ours, theirs)
                other = theirs
            elif ours.kind == theirs.kind and ours.kind not in (*WEIGHTED, ""):
                self._fields(ours, theirs)
                mine, other = ours, theirs
            else:
                return

    def _functions(self, ours: Operation, theirs: Operation) -> None:
        self.seen.add(ours.name)
        own = self.nodes[ours.module].activation is not None and ours.name != ours.module
        if ours.kind != theirs.kind:
            change = ""
            if theirs.kind in ACTIVATIONS:
                spelled = _spelled(theirs)
                change = f"{ours.module}.activation={spelled}" if own else ""
                if not own and not theirs.fields:
                    change = f"{ours.module}.type={theirs.kind}"
            self._note(ours, "activation", ours.kind, theirs.kind, change)
            return
        for name, mine, other in _unlike(ours, theirs):
            change = f"{ours.module}.{name}={_text(other)}"
            if own:
                change = f"{ours.module}.activation={_spelled(theirs)}"
            self._note(ours, name, _text(mine), _text(other), change)

    def _added(self, before: Operation, theirs: Operation) -> None:
        """A function that the file has behind an operation of ours, and we have not."""
        layer = before.module or self.graph.nodes[0].name
        takes = "activation" in type(self.nodes[layer].op).model_fields
        change = ""
        if takes and self.nodes[layer].activation is None and theirs.kind in ACTIVATIONS:
            change = f"{layer}.activation={_spelled(theirs)}"
        at = Operation(f"{layer}.activation", "", (), module=layer)
        self._note(at, "activation", NONE, theirs.kind, change)

    def _without(self, ours: Operation) -> str:
        return f"{ours.module}.activation=null" if ours.name != ours.module else ""

    def _fields(self, ours: Operation, theirs: Operation) -> None:
        if ours.name in self.seen:
            return
        if theirs.fields:
            self.seen.add(ours.name)
        node = self.nodes[ours.module]
        if {*ours.fields} & {*theirs.fields} & {"padding"}:
            self._padding(node, ours, theirs)
        for name, mine, other in _unlike(ours, theirs):
            if name == "padding":
                continue  # below
            if name == "count_padding" and not any(_numbers(ours.fields["padding"])):
                continue
            if name == "alpha" and getattr(node.op, "over", "") == "sum":
                size = getattr(node.op, "size", 1)
                texts = [_text(value / size) for value in (mine, other) if isinstance(value, float)]
                self._note(ours, name, texts[0], texts[1], f"{node.name}.alpha={texts[1]}")
            else:
                self._note(
                    ours, name, _text(mine), _text(other), f"{node.name}.{name}={_text(other)}"
                )

    def _padding(self, node: Node, ours: Operation, theirs: Operation) -> None:
        """Compare the windows that the paddings give: what none of them reaches has no effect."""
        mine, other = node.geometry, theirs.fields["padding"]
        if mine is None:
            return
        channels, height, width = self.graph.inputs(node)[0]
        word = other if isinstance(other, str) else None
        given = Padding.model_validate({"word": word}) if word else Padding(pads=_sides(other))
        ceil = bool(theirs.fields.get("ceil_mode", False))
        with suppress(Fault):  # where no window fits, it is another one
            found = window(
                (channels, height, width),
                kernel=mine.kernel,
                stride=mine.stride,
                padding=given,
                dilation=mine.dilation,
                ceil_mode=ceil,
            )
            if (*found.pads[::2], *found.size) == (*mine.pads[::2], *mine.size):
                return
        ours_ceil = bool(getattr(node.op, "ceil_mode", False))
        if ceil != ours_ceil and given.pads == mine.pads:
            texts = (_text(ours_ceil), _text(ceil))
            self._note(ours, "ceil_mode", *texts, f"{node.name}.ceil_mode={texts[1]}")
            return
        change = f"{node.name}.padding={_text(other)}"
        self._note(ours, "padding", _text(tuple(mine.pads)), _text(other), change)

    def _note(self, ours: Operation, name: str, mine: str, other: str, change: str) -> None:
        quote = "'" if any(c in change for c in " {[") else ""
        change = f"{quote}{change}{quote}" if change else ""
        found = Difference(ours.module, name, mine, other, change)
        self.found.setdefault((ours.name, name), found)


def _unlike(ours: Operation, theirs: Operation) -> Iterator[tuple[str, Value, Value]]:
    """The fields that both name, and of which the values differ; numbers as float32 holds them."""
    for name, mine in ours.fields.items():
        if name not in theirs.fields:
            continue
        other = theirs.fields[name]
        if isinstance(mine, float) or isinstance(other, float):
            with np.errstate(over="ignore"):
                same = np.float32(mine) == np.float32(other)  # type: ignore[arg-type]
        else:
            same = mine == other
        if not same:
            yield name, mine, other


def _numbers(value: Value) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else ()


def _sides(value: Value) -> Pads:
    top, bottom, left, right = _numbers(value)
    return Pads(top, bottom, left, right)


def _spelled(function: Operation) -> str:
    """An activation as the language spells it."""
    if not function.fields:
        return function.kind
    fields = ", ".join(f"{name}: {_text(value)}" for name, value in function.fields.items())
    return f"{{{function.kind}: {{{fields}}}}}"


def _text(value: Value) -> str:
    """A value as the language spells it, as short as can be."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.7g}"
    if not isinstance(value, tuple):
        return str(value)
    if len(value) == 4:
        top, bottom, left, right = value
        if (top, left) != (bottom, right):
            return f"{{top: {top}, bottom: {bottom}, left: {left}, right: {right}}}"
        value = (top, left)
    return str(value[0]) if len({*value}) == 1 else f"[{', '.join(map(str, value))}]"
