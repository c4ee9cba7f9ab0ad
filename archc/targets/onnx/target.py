"""ONNX: the graph in its own text notation, canonical weight layouts as they are.

Attributes are float32 in ONNX, whatever the tensors are: `Onnx.float32` says where that shows.
"""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any, ClassVar

from archc.errors import ArchcError, EnvironmentProblem, diagnostic
from archc.language.names import function_name
from archc.network.graph import INPUT, Graph, Node
from archc.ops.connections import Table, pairs
from archc.ops.initializers import Initializer, by_fan_in
from archc.ops.tensor import Weight
from archc.ops.window import Window
from archc.targets.base import (
    Macros,
    Target,
    drawing_name,
    drawings,
    helpers,
    sides,
    words,
)
from archc.targets.declarations import ITSELF, Refused
from archc.targets.formatting import statement
from archc.targets.onnx.declarations import FIRST_OPSETS, NOTES

# The IR version that came with each opset: the oldest runtime that knows the opset loads both.
IR_VERSIONS = {18: 8, 19: 9, 20: 9, 21: 10, 22: 10, 23: 11, 24: 12, 25: 13, 26: 13}
NEWEST = 26
"""The newest opset that ONNX Runtime 1.31 loads."""

_DRAWS = {
    "normal": "random.normal(0, {value}, {shape})",
    "truncated_normal": "truncated_normal(random, {value}, {shape})",
    "uniform": "random.uniform(-{value}, {value}, {shape})",
    "fan_in_uniform": "random.uniform(-{value} / {fan_in}, {value} / {fan_in}, {shape})",
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
    top, bottom, left, right = sides(window)
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


def fan_ins(graph: Graph) -> list[str]:
    """The statements that say how many inputs the filter of each stored kernel reads."""
    found = []
    for node in graph.nodes:
        for weight in node.weights:
            if weight.fan_ins and by_fan_in(weight.init):
                runs = [(fan, len([*same])) for fan, same in groupby(weight.fan_ins)]
                values, counts = zip(*runs, strict=True)
                text = f"np.repeat({list(values)}, {list(counts)})[:, None, None]"
                found.append(statement(f"{node.name}_fan_in = {text}", 4))
    return found


def draw(node: Node, weight: Weight) -> str:
    """The NumPy expression that draws a weight."""
    init: Initializer = weight.init
    if weight.codes:
        return f"numbers({drawing_name(node)})"
    shape = str(weight.shape if len(weight.shape) > 1 else weight.size)
    if init.kind == "constant":
        if init.value in (0.0, 1.0):
            return f"np.{'ones' if init.value else 'zeros'}({shape})"
        return f"np.full({shape}, {init.value!r})"
    if weight.fan_ins and (rule := by_fan_in(init)):
        form = "uniform(-{0!r}, {0!r}, " if init.kind.endswith("uniform") else "normal(0, {0!r}, "
        divisor = f"{node.name}_fan_in"
        divisor = f"np.sqrt({divisor})" if rule[1] == 0.5 else divisor
        return f"random.{form.format(rule[0])}{shape}) / {divisor}"
    fan_in, fan_out = weight.fans
    return _DRAWS[init.kind].format(value=init.value, shape=shape, fan_in=fan_in, fan_out=fan_out)


class Onnx(Target):
    """A module that builds a checked `onnx.ModelProto`."""

    name = "onnx"
    package = "onnx onnxruntime"
    told = ("declarations", "lines")
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

    def context(self, graph: Graph, macros: Macros, opset: int = NEWEST) -> dict[str, Any]:
        if opset not in IR_VERSIONS:
            facts = {"opset": opset, "least": min(IR_VERSIONS), "most": NEWEST}
            raise EnvironmentProblem([diagnostic("E509", **facts)])
        _known(graph, opset)
        lines: list[str] = []
        constants: list[str] = []
        for node in graph.nodes:
            lines += _nodes(node, macros)
            constants += _constants(node, macros)
        draws = {f"{n.name}.{w.name}": draw(n, w) for n in graph.nodes for w in n.weights}
        entries = [statement(f'"{name}": {value},', 8) for name, value in draws.items()]
        return {
            "ir_version": IR_VERSIONS[opset],
            "opset": opset,
            "input_type": _type(graph.input),
            "output_type": _type(graph.output.shape),
            "input_name": INPUT,
            "declarations": [*_weights(graph), *constants],
            "lines": lines,
            "fan_ins": fan_ins(graph),
            "draws": entries,
            "drawings": drawings(graph, ("rbf",)),
            "helpers": helpers(graph, macros, "\n".join(entries)),
            "truncated": _TRUNCATED if "truncated_normal" in words("\n".join(entries)) else "",
            "random": "random" in words("\n".join(draws.values())),
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
                    facts = {"target": "onnx", "what": op.type, "layer": node.name}
                    reason = f"{note.text}, and {opset} is asked for"
                    findings.append(
                        diagnostic("E501", node.span, **facts, reason=reason, help=note.help)
                    )
    if findings:
        raise ArchcError(findings)


def _type(shape: tuple[int, ...]) -> str:
    return f"float[N, {', '.join(str(n) for n in shape)}]"


def _nodes(node: Node, macros: Macros) -> list[str]:
    activation = node.activation
    before = f"{node.name}_pre" if activation else node.name
    text = macros(node.op.type, "nodes", node.op, node.name, list(node.inputs), before, node=node)
    if activation:
        text += "\n" + macros(
            activation.type, "nodes", activation, node.name, [before], node.name, node=node
        )
    return [line.strip() for line in text.split("\n") if line.strip()]


def _constants(node: Node, macros: Macros) -> list[str]:
    found = []
    for op in node.operations:
        if macros.has(op.type, "constants"):
            text = macros(op.type, "constants", op, node.name, node=node)
            found += _declarations(text)
    return found


def _declarations(text: str) -> list[str]:
    """The lines of a text, those between braces as part of the line that opens them."""
    found: list[str] = []
    for line in (line.strip() for line in text.split("\n") if line.strip()):
        if found and found[-1].count("{") > found[-1].count("}"):
            found[-1] += f"\n    {line}"
        else:
            found.append(line)
    return found


def _weights(graph: Graph) -> list[str]:
    """The declarations of the weights, a layer a line, in columns."""
    rows = [
        [(f"float{list(w.shape)}", f'"{node.name}.{w.name}"') for w in node.weights]
        for node in graph.nodes
        if node.weights
    ]
    widths = [
        (max(len(row[i][0]) for row in rows if len(row) > i),
         max(len(row[i][1]) for row in rows if len(row) > i))
        for i in range(max((len(row) for row in rows), default=0))
    ]  # fmt: skip
    lines = []
    for row in rows:
        cells = [
            f"{kind:<{wide}} " + (f"{name + ',':<{long + 1}}" if i + 1 < len(row) else name)
            for i, ((kind, name), (wide, long)) in enumerate(zip(row, widths, strict=False))
        ]
        lines.append(" ".join(cells))
    return lines
