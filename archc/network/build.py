"""Spec → Graph: names become edges, and with them each layer's shape, weights and cost."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from archc.errors import ArchcError, Diagnostic, Fault, Span, diagnostic, did_you_mean
from archc.language.spec import Input, Layer, Spec
from archc.language.validate import Unfinished
from archc.network.graph import INPUT, Graph, Node
from archc.ops.tensor import Shape, show

ABOUT_SHAPES = {"E304", "E305", "E306", "E307", "E308", "E310", "E312", "E314", "E317"}
"""Diagnostics that show how their layer's input came to its shape."""
MOST_TRAILS, LONGEST_TRAIL = 3, 4


def build(spec: Spec) -> Graph:
    """The graph of a spec; raises ArchcError with every diagnostic, in file order."""
    builder = _Builder(spec.input, [(layer.name, layer.span, layer) for layer in spec.layers])
    nodes, diagnostics = tuple(builder.nodes.values()), builder.diagnostics
    if not diagnostics:  # else one of them may hide who reads a layer
        read = {name for node in nodes for name in node.inputs}
        unread = [layer for layer in spec.layers[:-1] if layer.name not in read]
        diagnostics = [diagnostic("E303", layer.span, name=layer.name) for layer in unread]
    diagnostics += _unknown_allowed(spec)
    if diagnostics:
        raise ArchcError(diagnostics)
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
    """What is wrong with the edges and shapes of the layers that are valid by themselves."""
    if unfinished.input is None:
        return []
    layers = [(plain.name, plain.name_span, layer) for plain, layer in unfinished.layers]
    return _Builder(unfinished.input, layers).diagnostics


def _shape(input: Input) -> Shape:
    return input.channels, input.height, input.width


class _Builder:
    """The nodes of layers, one after the other, and what is wrong with the others.

    Layers are (name, place, model); the model is None for one that is not valid by itself. What
    reads a value of unknown shape is left out in silence: the fault is reported where it is.
    """

    def __init__(self, input: Input, layers: Sequence[tuple[str, Span, Layer | None]]) -> None:
        self.nodes: dict[str, Node] = {}
        self.diagnostics: list[Diagnostic] = []
        self.shapes: dict[str, Shape | None] = {INPUT: _shape(input)}  # None: unknown
        self.lines = {name: span.line for name, span, _ in layers}
        before = INPUT
        for name, _, layer in layers:
            node = self._node(layer, layer.inputs or (before,)) if layer else None
            self.shapes[name] = node.shape if node else None
            if node:
                self.nodes[name] = node
            before = name

    def _node(self, layer: Layer, inputs: tuple[str, ...]) -> Node | None:
        """A layer with all that follows from its inputs; None after a diagnostic."""
        wrong = [*self._unknown(layer, inputs), *_miscounted(layer, inputs)]
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

    def _unknown(self, layer: Layer, inputs: tuple[str, ...]) -> Iterable[Diagnostic]:
        """Inputs that no layer above has for a name."""
        for index, name in enumerate(inputs):
            if name in self.shapes:
                continue
            span = layer.fields.place("from", index)
            if name == layer.name:
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
