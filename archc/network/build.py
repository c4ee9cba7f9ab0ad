"""Spec → Graph: names become edges, and with them each layer's shape, weights and cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from archc.errors import ArchcError, Diagnostic, Fault, Span, diagnostic, did_you_mean
from archc.language.reader import Value
from archc.language.spec import Input, Layer, Spec
from archc.language.validate import Unfinished, in_order
from archc.network.graph import INPUT, Graph, Node
from archc.ops.tensor import Shape, show

ABOUT_SHAPES = {"E304", "E305", "E306", "E307", "E308", "E310", "E312", "E314", "E317"}
"""Diagnostics that show how their layer's input came to its shape."""
MOST_TRAILS, LONGEST_TRAIL = 3, 4


def build(spec: Spec) -> Graph:
    """The graph of a spec; raises ArchcError with every diagnostic, in file order."""
    items = [_Item(x.name, x.span, x.fields, x, x.inputs, True) for x in spec.layers]
    builder = _Builder(spec.input, items)
    nodes = tuple(builder.nodes.values())
    diagnostics = [*builder.diagnostics, *_unknown_allowed(spec)]
    if diagnostics:
        raise ArchcError(in_order(diagnostics))
    loss = spec.train.loss if spec.train else None
    return Graph(spec.name, spec.cite, _shape(spec.input), nodes, loss)


def _unknown_allowed(spec: Spec) -> Iterable[Diagnostic]:
    """Layers that `allow` names and that there are not."""
    names = [layer.name for layer in spec.layers]
    for code, allowed in spec.allow.items():
        for name in () if isinstance(allowed, str) else allowed:
            if name not in names:
                span = spec.root.place("allow", code, name, key=True)
                yield diagnostic("E301", span, name=name, suggestion=did_you_mean(name, names))


def faults(unfinished: Unfinished) -> list[Diagnostic]:
    """What is wrong with edges, and with shapes as far as they are known."""
    if unfinished.input is None:
        return []
    items = [
        _Item(x.plain.name, x.plain.name_span, x.plain.fields, x.layer, x.inputs, x.connected)
        for x in unfinished.layers
    ]
    return _Builder(unfinished.input, items).diagnostics


def _shape(input: Input) -> Shape:
    return input.channels, input.height, input.width


@dataclass(frozen=True, slots=True)
class _Item:
    """A layer to build; `layer` is None where no shape follows from it.

    `inputs` is None for the layer before, and nothing is known of them unless it is `connected`.
    """

    name: str
    span: Span
    fields: Value
    layer: Layer | None
    inputs: tuple[str, ...] | None
    connected: bool


class _Builder:
    """The nodes of layers, one after the other, and what is wrong with the others.

    What reads a value of unknown shape is left out in silence: the fault is reported where it is.
    """

    def __init__(self, input: Input, items: Sequence[_Item]) -> None:
        self.nodes: dict[str, Node] = {}
        self.diagnostics: list[Diagnostic] = []
        self.shapes: dict[str, Shape | None] = {INPUT: _shape(input)}  # None: unknown
        self.lines = {item.name: item.span.line for item in items}
        read: set[str] = set()
        settled = all(item.connected for item in items)
        before = INPUT
        for item in items:
            inputs = item.inputs or (before,)
            wrong = list(self._unknown(item, inputs)) if item.connected else []
            self.diagnostics += wrong
            settled &= not wrong
            read.update(inputs)
            known = item.layer if item.connected and not wrong else None
            node = self._node(known, inputs) if known else None
            self.shapes[item.name] = node.shape if node else None
            if node:
                self.nodes[item.name] = node
            before = item.name
        if settled:  # else it is open who reads a layer
            unread = [item for item in items[:-1] if item.name not in read]
            self.diagnostics += [diagnostic("E303", x.span, name=x.name) for x in unread]

    def _node(self, layer: Layer, inputs: tuple[str, ...]) -> Node | None:
        """A layer with all that follows from its inputs; None after a diagnostic."""
        wrong = list(_miscounted(layer, inputs))
        self.diagnostics += wrong
        known = tuple(shape for name in inputs if (shape := self.shapes.get(name)) is not None)
        if wrong or len(known) < len(inputs):
            return None
        op = layer.op
        try:
            geometry = op.geometry(known)
            shape = op.shape(known, geometry)
        except Fault as fault:
            self.diagnostics.append(self._located(fault, layer, inputs))
            return None
        weights = op.weights(known)
        return Node(
            name=layer.name,
            op=op,
            inputs=inputs,
            shape=shape,
            geometry=geometry,
            weights=weights,
            cost=op.cost(known, shape, weights),
            scope=(),
            span=layer.span,
        )

    def _unknown(self, item: _Item, inputs: tuple[str, ...]) -> Iterable[Diagnostic]:
        """Inputs that no layer above has for a name."""
        for index, name in enumerate(inputs):
            if name in self.shapes:
                continue
            span = item.fields.place("from", index)
            if name == item.name:
                yield diagnostic("E313", span, name=name)
            elif name in self.lines:
                yield diagnostic("E302", span, name=name, line=self.lines[name])
            else:
                hint = did_you_mean(name, self.shapes)
                yield diagnostic("E301", span, name=name, suggestion=hint)

    def _located(self, fault: Fault, layer: Layer, inputs: tuple[str, ...]) -> Diagnostic:
        """An operation's fault at the field that it is about, with the way of each input there."""
        known = fault.field in layer.fields.entries
        span = layer.fields.place(fault.field) if known else layer.span
        found = diagnostic(fault.code, span, **fault.facts)
        if fault.code not in ABOUT_SHAPES:
            return found
        trails = dict.fromkeys(self._trail(name) for name in inputs[:MOST_TRAILS])
        return replace(found, notes=tuple(f"{trail} → {layer.name}" for trail in trails))

    def _trail(self, name: str) -> str:
        """The last layers that made a value, with windows and shapes: `pool5 3×3/2 384×6×6`."""
        steps: list[str] = []
        while name in self.nodes and len(steps) < LONGEST_TRAIL:
            node = self.nodes[name]
            window = f" {node.geometry.show()}" if node.geometry else ""
            steps.insert(0, f"{name}{window} {show(node.shape)}")
            name = node.inputs[0]
        first = self.shapes[INPUT]
        assert first is not None
        return " → ".join([f"{INPUT} {show(first)}" if name == INPUT else "…", *steps])


def _miscounted(layer: Layer, inputs: tuple[str, ...]) -> Iterable[Diagnostic]:
    """Fewer or more inputs than the operation takes."""
    least, most = layer.op.reads
    if least <= len(inputs) <= (most or len(inputs)):
        return
    facts = {
        "type": layer.op.type,
        "expected": "one layer" if most == 1 else f"at least {least} layers",
        "count": len(inputs),
        "suggestion": "join them first with add or concat"
        if most == 1
        else "name them: from: [first, …]",
    }
    span = layer.fields.place("from") if layer.inputs else layer.span
    yield diagnostic("E309", span, **facts)
