"""ONNX: the graph in its own text notation, canonical weight layouts as they are.

Attributes are float32 in ONNX, whatever the tensors are: `Onnx.float32` says where that shows.
"""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar

from archc.errors import ArchcError, EnvironmentProblem, diagnostic
from archc.language.names import function_name
from archc.network.graph import INPUT, Graph, Node
from archc.ops.activation import Activation
from archc.ops.connections import Table, pairs
from archc.ops.tensor import Weight
from archc.ops.window import Window
from archc.targets.base import Home, Target, drawing_name, drawings
from archc.targets.declarations import ITSELF, Refused
from archc.targets.formatting import statement
from archc.targets.lowering import lower
from archc.targets.onnx.declarations import FIRST_OPSETS, NOTES
from archc.targets.statements import Statement

if TYPE_CHECKING:  # Jinja is needed to render only
    from archc.targets.macros import Macros

# The IR version that came with each opset: the oldest runtime that knows the opset loads both.
IR_VERSIONS = {18: 8, 19: 9, 20: 9, 21: 10, 22: 10, 23: 11, 24: 12, 25: 13, 26: 13}
NEWEST = 26
"""The newest opset that ONNX Runtime 1.31 loads."""

_FORMS = {
    "normal": "random.normal(0, {value}, {shape})",
    "truncated_normal": "truncated_normal(random, {value}, {shape})",
    "uniform": "random.uniform(-{value}, {value}, {shape})",
}
_RULES = {
    "glorot_uniform": "np.sqrt(6 / ({fan_in} + {fan_out})) * random.uniform(-1, 1, {shape})",
    "glorot_normal": "np.sqrt(2 / ({fan_in} + {fan_out})) * random.standard_normal({shape})",
    "he_uniform": "np.sqrt(6 / {fan_in}) * random.uniform(-1, 1, {shape})",
    "he_normal": "np.sqrt(2 / {fan_in}) * random.standard_normal({shape})",
    "lecun_uniform": "np.sqrt(3 / {fan_in}) * random.uniform(-1, 1, {shape})",
    "lecun_normal": "np.sqrt(1 / {fan_in}) * random.standard_normal({shape})",
}
_TRUNCATED = '''\
def truncated_normal(
    random: np.random.Generator, deviation: float, shape: tuple[int, ...]
) -> np.ndarray:
    """Normal numbers, drawn again where they lie beyond two standard deviations."""
    x = random.standard_normal(shape)
    while (far := np.abs(x) > 2).any():
        x[far] = random.standard_normal(int(far.sum()))
    return deviation * x
'''


def all_pads(window: Window) -> list[int]:
    """All padding, what ceil_mode adds included, in ONNX's order: top, left, bottom, right."""
    top, bottom, left, right = window.total
    return [top, left, bottom, right]


def declared_pads(window: Window) -> list[int]:
    """The author's padding alone, in the same order."""
    top, bottom, left, right = window.pads
    return [top, left, bottom, right]


def extra_pads(window: Window) -> list[int]:
    """What ceil_mode adds alone, in the same order."""
    return [0, 0, *window.extra]


def by_filter(table: Table) -> list[str]:
    """The pairs of a table as ONNX's numbers: a line a filter."""
    found = pairs(table)
    filters = dict.fromkeys(o for o, _ in found)
    return [",  ".join(f"{o}, {i}" for o, i in found if o == number) for number in filters]


def fan_ins(graph: Graph) -> list[Statement]:
    """The statements that say how many inputs the filter of each stored kernel reads."""
    found = []
    for node in graph.nodes:
        for weight in node.weights:
            if lower(weight).fan_in_power:
                runs = [(fan, len([*same])) for fan, same in groupby(weight.fan_ins)]
                values, counts = zip(*runs, strict=True)
                text = f"np.repeat({list(values)}, {list(counts)})[:, None, None]"
                found.append(Statement(node, f"{node.identifier}_fan_in = {text}", indent=4))
    return found


def draw(node: Node, weight: Weight) -> str:
    """The NumPy expression that initialises a weight."""
    if weight.codes:
        return f"numbers({drawing_name(node)})"
    start = lower(weight)
    shape = str(weight.shape if len(weight.shape) > 1 else weight.size)
    if start.kind == "constant":
        if start.scale in (0.0, 1.0):
            return f"np.{'ones' if start.scale else 'zeros'}({shape})"
        return f"np.full({shape}, {start.scale!r})"
    if start.fan_in_power:
        divisor = f"{node.identifier}_fan_in"
        divisor = f"np.sqrt({divisor})" if start.fan_in_power == 0.5 else divisor
        return f"{_FORMS[start.kind].format(value=repr(start.scale), shape=shape)} / {divisor}"
    fan_in, fan_out = weight.fans
    if start.rule:
        return _RULES[start.rule].format(shape=shape, fan_in=fan_in, fan_out=fan_out)
    return _FORMS[start.kind].format(value=start.expression, shape=shape)


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
        "all_pads": all_pads,
        "by_filter": by_filter,
        "declared_pads": declared_pads,
        "extra_pads": extra_pads,
    }

    def home(self, node: Node, weight: Weight) -> Home:
        return Home(node.name, weight.name, weight.shape, tuple(range(len(weight.shape))))

    def context(self, graph: Graph, macros: "Macros", opset: int = NEWEST) -> dict[str, Any]:
        if opset not in IR_VERSIONS:
            facts = {"opset": opset, "least": min(IR_VERSIONS), "most": NEWEST}
            raise EnvironmentProblem([diagnostic("E509", **facts)])
        _known(graph, opset)
        draws = [(n, w, draw(n, w)) for n in graph.nodes for w in n.weights]
        body = "\n".join(value for _, _, value in draws)
        identifiers = {node.name: node.identifier for node in graph.nodes} | {INPUT: INPUT}
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
            "nodes": [
                statement
                for node in graph.nodes
                for statement in _nodes(node, [identifiers[name] for name in node.inputs], macros)
            ],
            "fan_ins": fan_ins(graph),
            "draws": [
                Statement(node, f'"{node.name}.{weight.name}": {value},', indent=8)
                for node, weight, value in draws
            ],
            "drawings": drawings(graph, ("rbf",)),
            "definitions": macros.definitions(graph, body),
            "truncated": _TRUNCATED if "truncated_normal" in body else "",
            "random": "random." in body or "truncated_normal" in body,
            "build_signature": statement(
                f"def {function_name(graph.name)}(weights: Mapping[str, np.ndarray]) -> onnx.ModelProto:"
            ),
        }


def _known(graph: Graph, opset: int) -> None:
    """Raise ArchcError for operations that only a later opset has."""
    findings = []
    for node in graph.nodes:
        for op in node.operations:
            if opset >= FIRST_OPSETS.get(op.type, 0):
                continue
            for note in NOTES[op.type, ITSELF]:
                if isinstance(note, Refused):
                    facts = {"target": Onnx.name, "what": op.type, "layer": node.name}
                    reason = f"{note.text}, and {opset} is asked for"
                    findings.append(
                        diagnostic("E501", node.span, **facts, reason=reason, help=note.help)
                    )
    if findings:
        raise ArchcError(findings)


def _type(shape: tuple[int, ...]) -> str:
    return f"float[N, {', '.join(str(n) for n in shape)}]"


def _nodes(node: Node, values: list[str], macros: "Macros") -> list[Statement]:
    """The nodes of a layer; the last one's output has its name."""
    out = node.identifier
    if isinstance(node.op, Activation):
        text = _activation(node.op, values[0], out, macros)
    else:
        before = f"{out}_pre" if node.activation else out
        text = macros(node.op.type, "nodes", node, values, before)
        if node.activation:
            text += "\n" + _activation(node.activation, before, out, macros)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return [
        Statement(node, line, value=out if line is lines[-1] else "", step=True) for line in lines
    ]


def _activation(op: Activation, x: str, out: str, macros: "Macros") -> str:
    """The nodes of an activation: where its line is the operator alone, with its output's name."""
    text = macros.activation(op.type, op, x, out)
    return text if text.startswith("[") else f"[{out}] {out} = {text}"


def _constants(node: Node, macros: "Macros") -> list[Statement]:
    """The declarations of what a layer's nodes read beside weights."""
    return [
        Statement(node, text)
        for op in node.operations
        if macros.has(op.type, "constants")
        for text in _declarations(macros(op.type, "constants", op, node.identifier, node=node))
    ]


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
