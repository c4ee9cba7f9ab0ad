"""What the network is: names → edges, shapes, geometry, weights and costs, in a frozen Graph."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce

from archc.errors import ArchcError, Diagnostic, Fault, Span, diagnostic, did_you_mean
from archc.language.spec import Input, Layer, Spec, Unfinished
from archc.ops.activations import Activation
from archc.ops.base import Geometry, Op
from archc.ops.tensor import FREE, Cost, Shape, Weight, show

INPUT = "input"
ABOUT_SHAPES = {"E304", "E305", "E306", "E307", "E308", "E310", "E312", "E314", "E317"}
"""Findings that show how their layer's input came to its shape."""
MOST_TRAILS, LONGEST_TRAIL = 3, 4


@dataclass(frozen=True, slots=True)
class Node:
    """One layer, with all that follows from its place in the network."""

    name: str
    op: Op
    inputs: tuple[str, ...]
    shape: Shape
    geometry: Geometry
    weights: tuple[Weight, ...]
    cost: Cost
    scope: tuple[str, ...]
    span: Span

    @property
    def identifier(self) -> str:
        """The name as a variable of generated code: `layer1.0.conv1` → `layer1_0_conv1`."""
        return self.name.replace(".", "_")

    @property
    def activation(self) -> Activation | None:
        """The activation that the layer applies to its own output, if it has one."""
        found: Activation | None = getattr(self.op, "activation", None)
        return found

    @property
    def operations(self) -> tuple[Op, ...]:
        """The layer's operation, and its activation after it if it has one."""
        return (self.op, self.activation) if self.activation else (self.op,)


@dataclass(frozen=True)
class Graph:
    """A network in its author's order, which is topological; the last node is the output."""

    name: str
    cite: str | None
    input: Shape
    nodes: tuple[Node, ...]

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Every value's shape by name, the input's among them."""
        return {INPUT: self.input, **{node.name: node.shape for node in self.nodes}}

    @cached_property
    def readers(self) -> dict[str, list[str]]:
        """Who reads each value."""
        found: dict[str, list[str]] = {name: [] for name in self.shapes}
        for node in self.nodes:
            for name in node.inputs:
                found[name].append(node.name)
        return found

    @cached_property
    def totals(self) -> Cost:
        """The costs of all layers together."""
        return reduce(Cost.__add__, (node.cost for node in self.nodes), FREE)

    @property
    def output(self) -> Node:
        return self.nodes[-1]

    def inputs(self, node: Node) -> tuple[Shape, ...]:
        """The shapes of what `node` reads."""
        return tuple(self.shapes[name] for name in node.inputs)


def build(spec: Spec) -> Graph:
    """The graph of a spec; raises ArchcError with every finding, in file order."""
    named = [(layer.name, layer.span, layer) for layer in spec.layers]
    nodes, findings = _walk(spec.input, named)
    if not findings:  # else one of them may hide who reads a layer
        read = {name for node in nodes for name in node.inputs}
        unread = [layer for layer in spec.layers[:-1] if layer.name not in read]
        findings = [diagnostic("E303", layer.span, name=layer.name) for layer in unread]
    if findings:
        raise ArchcError(findings)
    return Graph(spec.name, spec.cite, _maps(spec.input), tuple(nodes))


def faults(unfinished: Unfinished) -> list[Diagnostic]:
    """What is wrong with the edges and shapes of the layers that could be made."""
    if unfinished.input is None:
        return []
    named = [(plain.name, plain.name_span, layer) for plain, layer in unfinished.layers]
    return _walk(unfinished.input, named)[1]


def _maps(given: Input) -> Shape:
    return given.channels, given.height, given.width


def _walk(
    given: Input, layers: Sequence[tuple[str, Span, Layer | None]]
) -> tuple[list[Node], list[Diagnostic]]:
    """The nodes of layers, one after the other, and what is wrong; None is a layer not known."""
    findings: list[Diagnostic] = []
    shapes: dict[str, Shape | None] = {INPUT: _maps(given)}  # None: unknown, because of a finding
    lines = {name: span.line for name, span, _ in layers}
    nodes: dict[str, Node] = {}
    before = INPUT
    for name, _, layer in layers:
        inputs = _edges(layer, before, shapes, lines, findings) if layer else None
        node = _node(layer, inputs, shapes, nodes, findings) if layer and inputs else None
        shapes[name] = node.shape if node else None
        if node:
            nodes[name] = node
        before = name
    return list(nodes.values()), findings


def _edges(
    layer: Layer,
    before: str,
    shapes: dict[str, Shape | None],
    lines: dict[str, int],
    findings: list[Diagnostic],
) -> tuple[str, ...] | None:
    """The names that a layer reads; None after a finding."""
    names = layer.reads or (before,)
    good = True
    for index, name in enumerate(names):
        if name not in shapes:
            good = False
            span = layer.fields.place("from", index)
            if name == layer.name:
                findings.append(diagnostic("E313", span, name=name))
            elif name in lines:
                findings.append(diagnostic("E302", span, name=name, line=lines[name]))
            else:
                hint = did_you_mean(name, shapes)
                findings.append(diagnostic("E301", span, name=name, suggestion=hint))
    least, most = layer.op.reads
    if not least <= len(names) <= (most or len(names)):
        good = False
        expected = "one layer" if most == 1 else f"at least {least} layers"
        span = layer.fields.place("from") if layer.reads else layer.span
        hint = "join them first with add or concat" if most == 1 else "name them: from: [first, …]"
        facts = {"type": layer.op.type, "expected": expected, "count": len(names)}
        findings.append(diagnostic("E309", span, **facts, suggestion=hint))
    return names if good else None


def _node(
    layer: Layer,
    inputs: tuple[str, ...],
    shapes: dict[str, Shape | None],
    nodes: dict[str, Node],
    findings: list[Diagnostic],
) -> Node | None:
    known = tuple(shape for name in inputs if (shape := shapes[name]) is not None)
    if len(known) < len(inputs):
        return None
    op = layer.op
    try:
        geometry = op.geometry(known)
        shape = op.shape(known, geometry)
    except Fault as fault:
        span = (
            layer.fields.place(fault.field) if fault.field in layer.fields.entries else layer.span
        )
        found = diagnostic(fault.code, span, **fault.facts)
        if fault.code in ABOUT_SHAPES:
            trails = dict.fromkeys(_trail(name, shapes, nodes) for name in inputs[:MOST_TRAILS])
            found = replace(found, notes=tuple(f"{trail} → {layer.name}" for trail in trails))
        findings.append(found)
        return None
    weights = op.weights(known)
    cost = op.cost(known, shape, weights)
    return Node(layer.name, op, inputs, shape, geometry, weights, cost, (), layer.span)


def _trail(name: str, shapes: dict[str, Shape | None], nodes: dict[str, Node]) -> str:
    """The last layers that made a value, with their windows and shapes: `pool5 3×3/2 384×6×6`."""
    steps: list[str] = []
    while name in nodes and len(steps) < LONGEST_TRAIL:
        node = nodes[name]
        win = node.geometry
        window = f" {win.show()}" if win else ""
        steps.insert(0, f"{name}{window} {show(node.shape)}")
        name = node.inputs[0]
    first = shapes[INPUT]
    assert first is not None
    return " → ".join([f"{INPUT} {show(first)}" if name == INPUT else "…", *steps])
