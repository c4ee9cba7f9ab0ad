"""The functions that make the convolutions and dense layers of a Keras file."""

from collections import Counter

from archc.network.graph import Node
from archc.ops.conv2d import Conv2d
from archc.targets.keras.initializers import initializer, weight_named


class Conventions:
    """How one network's layers of one operation are drawn, and so what its helper leaves open."""

    def __init__(self, nodes: list[Node]) -> None:
        weights = [initializer(node, "weight") for node in nodes]
        biased = [node for node in nodes for w in node.weights if w.name == "bias"]
        biases = [weight_named(node, "bias").init for node in biased]
        expressions = [initializer(node, "bias") for node in biased]
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
        text = f", weight={initializer(node, 'weight')}" if self.weight is None else ""
        biases = [w.init for w in node.weights if w.name == "bias"]
        if self.numeric and biases and biases[0].value != self.usual_bias:
            text += f", bias={biases[0].value!r}"
        elif not self.numeric and not self.same_bias and self.has_bias:
            text += f", bias={initializer(node, 'bias') if biases else repr('zeros')}"
        return text.replace("'", '"')
