"""Keras: the functional API, channels last, the same file on TensorFlow, JAX and PyTorch.

Grouped convolutions run group by group. On a CPU the backward pass of one with `groups=` takes ten
times as long on TensorFlow and JAX, and all of AlexNet up to three times (bench/generated.py); the
numbers and the stored kernel are the same.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from archc.network.graph import INPUT, Graph, Node
from archc.ops.conv2d import Conv2d
from archc.ops.dense import Dense
from archc.ops.initializers import Initializer, by_fan_in
from archc.ops.tensor import Shape, Weight
from archc.ops.window import Window
from archc.targets.base import (
    Macros,
    Target,
    drawing_name,
    drawings,
    helpers,
    kinds,
    noted_shape,
    sides,
    variables,
)
from archc.targets.formatting import statement
from archc.targets.keras.declarations import NOTES

# The axes of each of Keras's layouts in the canonical one. A depthwise kernel's first axis is taken
# apart before: (groups, filters of a group).
LAYOUTS: dict[str, tuple[int, ...]] = {
    "convolution": (2, 3, 1, 0),
    "depthwise": (2, 3, 0, 1),
    "matrix": (1, 0),
    "vector": (0,),
    "kernels": (0, 1, 2),
    "codes": (0, 1),
}

_INITIALIZERS = {
    "normal": "initializers.RandomNormal(stddev={value})",
    "truncated_normal": "initializers.TruncatedNormal(stddev={value})",
    "uniform": "initializers.RandomUniform({negative}, {value})",
    "glorot_uniform": '"glorot_uniform"',
    "he_uniform": '"he_uniform"',
    "lecun_uniform": '"lecun_uniform"',
    # Keras cuts the normals of these names at two standard deviations; the papers do not.
    "glorot_normal": 'initializers.VarianceScaling(1.0, "fan_avg", "untruncated_normal")',
    "he_normal": 'initializers.VarianceScaling(2.0, "fan_in", "untruncated_normal")',
    "lecun_normal": 'initializers.VarianceScaling(1.0, "fan_in", "untruncated_normal")',
}
_CONSTANTS = {0.0: '"zeros"', 1.0: '"ones"'}


# (operation, canonical weight) → (Keras's variable, key of LAYOUTS).
VARIABLES: dict[tuple[str, str], tuple[str, str]] = {
    ("conv2d", "weight"): ("kernel", "convolution"),
    ("conv2d", "bias"): ("bias", "vector"),
    ("dense", "weight"): ("kernel", "matrix"),
    ("dense", "bias"): ("bias", "vector"),
    ("subsample", "coefficient"): ("coefficient", "vector"),
    ("subsample", "bias"): ("bias", "vector"),
    ("rbf", "codes"): ("codes", "codes"),
    ("batch_norm", "scale"): ("gamma", "vector"),
    ("batch_norm", "bias"): ("beta", "vector"),
    ("batch_norm", "mean"): ("moving_mean", "vector"),
    ("batch_norm", "variance"): ("moving_variance", "vector"),
}


def layout(node: Node, weight: Weight) -> tuple[str, str, Shape]:
    """(Keras's variable, key of LAYOUTS, shape to permute) of a canonical weight."""
    variable, form = VARIABLES[node.op.type, weight.name]
    if weight.fan_ins:
        return variable, "kernels", weight.shape
    if form == "convolution" and isinstance(node.op, Conv2d) and depthwise(node):
        multiplier = node.op.filters // node.op.groups
        return variable, "depthwise", (node.op.groups, multiplier, *weight.shape[2:])
    return variable, form, weight.shape


def layer_name(node: Node) -> str:
    """The Keras layer that holds a node's weights: its activation may be a layer of its own."""
    return f"{node.name}_pre" if node.activation and not takes_activation(node) else node.name


def takes_activation(node: Node) -> bool:
    """Whether the Keras layer of a node applies an activation itself."""
    return isinstance(node.op, Dense) or (
        isinstance(node.op, Conv2d) and node.op.connections is None
    )


def depthwise(node: Node) -> bool:
    """Whether Keras has a layer of its own for this convolution: one map a group.

    TensorFlow's takes but one stride for height and width.
    """
    op = node.op
    if not isinstance(op, Conv2d) or op.groups == 1:
        return False
    return node.weights[0].shape[1] == 1 and op.stride[0] == op.stride[1]


def initializer(init: Initializer) -> str:
    """The expression of an initialiser."""
    if init.kind == "constant":
        assert init.value is not None
        return _CONSTANTS.get(init.value, f"initializers.Constant({init.value!r})")
    value = init.value or 0.0
    return _INITIALIZERS[init.kind].format(value=repr(value), negative=repr(-value))


def weight_initializer(weight: Weight) -> str:
    """The expression of how a weight is drawn, where Keras counts the fans as archc does."""
    if weight.init.kind != "fan_in_uniform":
        return initializer(weight.init)
    limit = f"{weight.init.value!r} / {weight.fans[0]}"
    return f"initializers.RandomUniform(-{limit}, {limit})"


def drawn(weight: Weight) -> str:
    """The same where Keras would count the fans in another way."""
    init = weight.init
    if init.value is not None:
        return weight_initializer(weight)
    form = "uniform" if init.kind.endswith("_uniform") else "normal"
    value = init.limit(weight.fans) if form == "uniform" else init.deviation(weight.fans)
    return _INITIALIZERS[form].format(value=repr(value), negative=repr(-value))


def connected_initializer(weight: Weight) -> str:
    """The arguments of a table's kernels, each of which has its own fan-in."""
    rule = by_fan_in(weight.init)
    if rule is None:
        return f"kernel_initializer={initializer(weight.init)}"
    form = "uniform" if weight.init.kind.endswith("uniform") else "normal"
    start = _INITIALIZERS[form].format(value=repr(rule[0]), negative=repr(-rule[0]))
    return f"kernel_initializer={start}, fan_in_power={rule[1]!r}"


def weight_named(node: Node, name: str) -> Weight:
    """One of a node's weights."""
    return next(weight for weight in node.weights if weight.name == name)


def pads(window: Window) -> str:
    """All padding, what ceil_mode adds included, as `ops.pad` takes it."""
    top, bottom, left, right = sides(window)
    return _pads(top, bottom, left, right)


def declared(window: Window) -> str:
    """The author's padding alone, in the shortest form that ZeroPadding2D takes."""
    top, bottom, left, right = window.pads
    if (top, left) == (bottom, right):
        return str(top) if top == left else f"({top}, {left})"
    return _pads(*window.pads)


def extra(window: Window) -> str:
    """What ceil_mode adds alone."""
    return _pads(0, window.extra[0], 0, window.extra[1])


def _pads(top: int, bottom: int, left: int, right: int) -> str:
    return f"(({top}, {bottom}), ({left}, {right}))"


def pool_padding(window: Window, shape: Shape) -> str:
    """The same for a pool: uneven padding is explicit, as Keras on PyTorch repeats pixels for it."""
    top, bottom, left, right = sides(window)
    return padding(window, shape) if (top, left) == (bottom, right) else "explicit"


def padding(window: Window, shape: Shape) -> str:
    """`valid` or `same` where one of the words means this padding, else `explicit`."""
    around = sides(window)
    if around == (0, 0, 0, 0):
        return "valid"
    axes = zip(shape[1:], window.kernel, window.stride, window.dilation, window.size,
               (around[:2], around[2:]), strict=True)  # fmt: skip
    for n, kernel, stride, dilation, size, pair in axes:
        total = max((-(-n // stride) - 1) * stride + dilation * (kernel - 1) + 1 - n, 0)
        if size != -(-n // stride) or pair != (total // 2, total - total // 2):
            return "explicit"
    return "same"


class Conventions:
    """How one network's layers of one operation are drawn, and so what its helper leaves open."""

    def __init__(self, nodes: list[Node]) -> None:
        weights = [weight_initializer(node.weights[0]) for node in nodes]
        biases = [w.init for node in nodes for w in node.weights if w.name == "bias"]
        expressions = [initializer(bias) for bias in biases]
        constants = [bias.value for bias in biases if bias.kind == "constant"]
        self.weight = weights[0] if len(set(weights)) == 1 else None
        self.same_bias = expressions[0] if len(set(expressions)) == 1 else None
        self.numeric = bool(biases) and not self.same_bias and len(constants) == len(biases)
        self.usual_bias = (
            0.0
            if 0.0 in constants
            else Counter(constants).most_common(1)[0][0]
            if (constants)
            else None
        )
        self.has_bias = bool(biases)
        self.groups = any(isinstance(node.op, Conv2d) and node.op.groups > 1 for node in nodes)
        sizes = [node.op.kernel for node in nodes if isinstance(node.op, Conv2d)]
        square = all(height == width for height, width in sizes)
        self.kernel = "int" if square else "int | tuple[int, int]"

    @property
    def signature(self) -> str:
        """The keyword parameters that differ from layer to layer."""
        parameters = []
        if self.groups:
            parameters.append("groups: int = 1")
        if self.weight is None:
            parameters.append("weight: str | initializers.Initializer")
        if self.numeric:
            parameters.append(f"bias: float = {self.usual_bias!r}")
        elif self.has_bias and not self.same_bias:
            parameters.append("bias: str | initializers.Initializer")
        return ", ".join(["*", *parameters, "**options: Any"] if parameters else ["**options: Any"])

    @property
    def bias(self) -> str:
        """What the helper hands on as the bias's initialiser."""
        if self.numeric:
            return "initializers.Constant(bias)"
        return self.same_bias or ("bias" if self.has_bias else '"zeros"')

    def arguments(self, node: Node) -> str:
        """What a call of the helper says of its weights, with a comma before each argument."""
        text = f", weight={weight_initializer(node.weights[0])}" if self.weight is None else ""
        biases = [w.init for w in node.weights if w.name == "bias"]
        if self.numeric and biases and biases[0].value != self.usual_bias:
            text += f", bias={biases[0].value!r}"
        elif not self.numeric and not self.same_bias and self.has_bias:
            text += f", bias={initializer(biases[0]) if biases else repr('zeros')}"
        return text.replace("'", '"')


class Keras(Target):
    """A function that builds a `keras.Model`."""

    name = "keras"
    package = "keras"
    told = ("makers", "steps")
    notes = NOTES
    float32: ClassVar[Mapping[str, str]] = {
        "leaky_relu": "TensorFlow keeps its slope as float32",
    }
    filters: ClassVar[dict[str, Callable[..., Any]]] = {
        "depthwise": depthwise,
        "connected_initializer": connected_initializer,
        "drawing_name": drawing_name,
        "drawn": drawn,
        "weight_named": weight_named,
        "initializer": initializer,
        "pads": pads,
        "declared": declared,
        "extra": extra,
        "padding": padding,
        "pool_padding": pool_padding,
    }

    def inexact(self, backend: str) -> Mapping[str, str]:
        return self.float32 if backend == "tensorflow" else {}

    def context(self, graph: Graph, macros: Macros) -> dict[str, Any]:
        held = variables(graph, "x", "inputs")
        conventions = {
            "conv2d": [n for n in graph.nodes if isinstance(n.op, Conv2d) and _helped(n)],
            "dense": [n for n in graph.nodes if isinstance(n.op, Dense)],
        }
        helped = {kind: Conventions(nodes) for kind, nodes in conventions.items() if nodes}
        steps: list[str] = []
        for node in graph.nodes:
            steps += _steps(graph, node, macros, held, helped)
        body = "\n".join(steps)
        makers = [
            "\n".join(
                statement(line) if line.startswith("def") else line for line in text.split("\n")
            )
            for kind in kinds(graph)
            if kind in helped
            for text in [macros(kind, "maker", helped[kind])]
        ]
        return {
            "steps": steps,
            "first": f"{held[INPUT]} = inputs" if held[INPUT] != "inputs" else "inputs",
            "result": held[graph.output.name],
            "drawings": drawings(graph, ("conv2d", "rbf")),
            "helpers": helpers(graph, macros, "\n".join([body, *makers])),
            "makers": makers,
            "body": "\n".join([body, *makers]),
        }


def _helped(node: Node) -> bool:
    """Whether a convolution or dense layer is made by the function above the model."""
    return not depthwise(node) and takes_activation(node)


def _steps(
    graph: Graph,
    node: Node,
    macros: Macros,
    held: dict[str, str],
    helped: dict[str, Conventions],
) -> list[str]:
    """The statements of one layer; the last one makes the Keras layer that has its name."""
    activation = node.activation
    inside = activation is not None and takes_activation(node)
    conventions = helped.get(node.op.type) if _helped(node) else None
    values = [held[name] for name in node.inputs]
    out = held[node.name]
    text = macros(
        node.op.type,
        "steps",
        node,
        values,
        out,
        layer_name(node),
        shape=graph.inputs(node)[0],
        activation=macros(activation.type, "argument", activation) if activation and inside else "",
        options=conventions.arguments(node) if conventions else "",
    )
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if activation and not inside:
        lines.append(f"{macros(activation.type, 'layer', activation, node.name)}({out})")
    noted = noted_shape(node) or ()
    shape = "x".join(str(n) for n in (*noted[1:], *noted[:1]))
    result = []
    for number, line in enumerate(lines, start=1):
        flat, _, comment = line.partition("  # ")
        comment = shape if number == len(lines) else comment
        result.append(statement(f"{out} = {flat}", 4, comment))
    return result
