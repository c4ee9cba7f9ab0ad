"""ONNX: the graph in its own text notation, canonical weight layouts as they are.

Attributes are float32 in ONNX, whatever the tensors are: `Onnx.float32` says where that shows.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from archc.errors import ArchcError, EnvironmentProblem, diagnostic
from archc.network.graph import INPUT, Graph, Node
from archc.ops.activations import Activation
from archc.ops.connections import Table, pairs
from archc.ops.tensor import Weight
from archc.ops.window import Pads
from archc.targets.base import Home, Target, drawings
from archc.targets.declarations import ITSELF, Refused
from archc.targets.onnx import initialization
from archc.targets.onnx.declarations import FIRST_OPSETS, NOTES
from archc.targets.statements import Statement

if TYPE_CHECKING:  # Jinja is needed to render only
    from archc.targets.macros import Macros

# The IR version that came with each opset: the oldest runtime that knows the opset loads both.
IR_VERSIONS = {18: 8, 19: 9, 20: 9, 21: 10, 22: 10, 23: 11, 24: 12, 25: 13, 26: 13}
NEWEST = 26
"""The newest opset that ONNX Runtime 1.31 loads."""


def pads(sides: Pads) -> list[int]:
    """Padding in ONNX's order: top, left, bottom, right."""
    return [sides.top, sides.left, sides.bottom, sides.right]


def by_filter(table: Table) -> list[str]:
    """The pairs of a table as ONNX's numbers: a line a filter."""
    found = pairs(table)
    filters = dict.fromkeys(o for o, _ in found)
    return [",  ".join(f"{o}, {i}" for o, i in found if o == number) for number in filters]


class Onnx(Target):
    """A module that builds a checked `onnx.ModelProto`."""

    name = "onnx"
    title = "ONNX"
    language = "text"
    modules = ("onnx", "onnxruntime")
    endings: ClassVar[Mapping[str, tuple[str, ...]]] = {".onnx": ("onnx",)}
    options = ("opset",)
    trains = False
    model = "archc.weights.onnx_model"
    prover = "archc.proof.frameworks.onnx_prover"
    tracer = "archc.proof.frameworks.onnx_tracer"
    originals = (".onnx",)
    effort = 1
    single = "onnxruntime"
    shown = ("declarations", "nodes")
    notes = NOTES
    float32: ClassVar[Mapping[str, str]] = {
        "lrn": "alpha, beta and bias are attributes, which are float32",
        "batch_norm": "epsilon is an attribute, which is float32",
        "leaky_relu": "its slope is an attribute, which is float32",
    }
    filters: ClassVar[dict[str, Callable[..., Any]]] = {
        "by_filter": by_filter,
        "pads": pads,
    }

    def home(self, node: Node, weight: Weight) -> Home:
        return Home(node.name, weight.name, weight.shape, tuple(range(len(weight.shape))))

    def context(self, graph: Graph, macros: "Macros", opset: int | None = None) -> dict[str, Any]:
        opset = least(graph) if opset is None else opset
        if opset not in IR_VERSIONS:
            facts = {"opset": opset, "least": min(IR_VERSIONS), "most": NEWEST}
            raise EnvironmentProblem([diagnostic("E509", **facts)])
        _known(graph, opset)
        starts = [(n, w, initialization.start(n, w)) for n in graph.nodes for w in n.weights]
        body = "\n".join(text for _, _, text in starts)
        identifiers = {node.name: node.identifier for node in graph.nodes} | {INPUT: INPUT}
        nodes: list[Statement] = []
        for node in graph.nodes:
            nodes += _nodes(node, [identifiers[name] for name in node.inputs], macros)
        return {
            "ir_version": IR_VERSIONS[opset],
            "opset": opset,
            "input_type": _type(graph.input),
            "output_type": _type(graph.output.shape),
            "input_name": INPUT,
            "declarations": [
                *_weights(graph),
                *(constant for node in graph.nodes for constant in _constants(node, macros)),
            ],
            "nodes": nodes,
            "functions": macros.definitions(graph, "\n".join(node.text for node in nodes)),
            "fan_ins": initialization.fan_ins(graph),
            "starts": [
                Statement(node, f'"{node.name}.{weight.name}": {text},', indent=8)
                for node, weight, text in starts
            ],
            "drawings": drawings(graph, weights_only=True),
            "definitions": macros.definitions(graph, body),
            "distributions": initialization.distributions(body),
        }


def least(graph: Graph) -> int:
    """The lowest opset that has every operator of a network."""
    kinds = {op.type for node in graph.nodes for op in node.operations}
    return max([min(IR_VERSIONS), *(FIRST_OPSETS.get(kind, 0) for kind in kinds)])


def _known(graph: Graph, opset: int) -> None:
    """Raise ArchcError for operations that only a later opset has."""
    diagnostics = []
    for node in graph.nodes:
        for op in node.operations:
            if opset >= FIRST_OPSETS.get(op.type, 0):
                continue
            for note in NOTES[op.type, ITSELF]:
                if isinstance(note, Refused):
                    facts = {"target": Onnx.name, "what": op.type, "layer": node.name}
                    reason = f"{note.text}, and {opset} is asked for"
                    diagnostics.append(
                        diagnostic("E501", node.span, **facts, reason=reason, help=note.help)
                    )
    if diagnostics:
        raise ArchcError(diagnostics)


def _type(shape: tuple[int, ...]) -> str:
    return f"float[N, {', '.join(str(n) for n in shape)}]"


def _nodes(node: Node, values: list[str], macros: "Macros") -> list[Statement]:
    """The nodes of a layer; the last one's output has its name."""
    out = node.identifier
    if isinstance(node.op, Activation):
        text = f"{out} = {macros.activation(node.op.type, node.op, values[0])}"
    else:
        before = f"{out}_pre" if node.activation else out
        text = macros(node.op.type, "nodes", node, values, before)
        if node.activation:
            activated = macros.activation(node.activation.type, node.activation, before)
            text += f"\n{out} = {activated}"
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return [
        Statement(node, line, value=out if line is lines[-1] else "", step=True) for line in lines
    ]


def _constants(node: Node, macros: "Macros") -> list[Statement]:
    """The declarations of what a layer's nodes read beside weights."""
    kind = node.op.type
    if not macros.has(kind, "constants"):
        return []
    return [Statement(node, text) for text in _declarations(macros(kind, "constants", node))]


def _declarations(text: str) -> list[str]:
    """The lines of a text, those between braces as part of the line that opens them."""
    found: list[str] = []
    for line in (line.strip() for line in text.split("\n") if line.strip()):
        if found and found[-1].count("{") > found[-1].count("}"):
            found[-1] += f"\n    {line}"
        else:
            found.append(line)
    return found


def _weights(graph: Graph) -> list[Statement]:
    """The declarations of the weights, a layer a line, in columns."""
    nodes = [node for node in graph.nodes if node.weights]
    rows = [
        [(f"float{list(w.shape)}", f'"{node.name}.{w.name}"') for w in node.weights]
        for node in nodes
    ]
    widths = [
        (max(len(row[i][0]) for row in rows if len(row) > i),
         max(len(row[i][1]) for row in rows if len(row) > i))
        for i in range(max((len(row) for row in rows), default=0))
    ]  # fmt: skip
    found = []
    for node, row in zip(nodes, rows, strict=True):
        cells = [
            f"{kind:<{wide}} " + (f"{name + ',':<{long + 1}}" if i + 1 < len(row) else name)
            for i, ((kind, name), (wide, long)) in enumerate(zip(row, widths, strict=False))
        ]
        found.append(Statement(node, " ".join(cells)))
    return found
