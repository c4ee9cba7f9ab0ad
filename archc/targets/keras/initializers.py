"""Keras's initialiser of each weight."""

from archc.network.graph import Node
from archc.ops.tensor import Weight
from archc.targets.keras.layers import depthwise
from archc.targets.lowering import lower

_CONSTANTS = {0.0: '"zeros"', 1.0: '"ones"'}
_FORMS = {
    "constant": "initializers.Constant({0})",
    "normal": "initializers.RandomNormal(stddev={0})",
    "truncated_normal": "initializers.TruncatedNormal(stddev={0})",
    "uniform": "initializers.RandomUniform(-{0}, {0})",
}
_RULES = {
    "glorot_uniform": '"glorot_uniform"',
    "he_uniform": '"he_uniform"',
    "lecun_uniform": '"lecun_uniform"',
    # Keras cuts the normals of these names at two standard deviations; the papers do not.
    "glorot_normal": 'initializers.VarianceScaling(1.0, "fan_avg", "untruncated_normal")',
    "he_normal": 'initializers.VarianceScaling(2.0, "fan_in", "untruncated_normal")',
    "lecun_normal": 'initializers.VarianceScaling(1.0, "fan_in", "untruncated_normal")',
}


def initializer(node: Node, name: str) -> str:
    """The expression of how one of a node's weights starts."""
    weight = weight_named(node, name)
    start = lower(weight)
    if start.kind == "constant" and start.scale in _CONSTANTS:
        return _CONSTANTS[start.scale]
    # Keras would read other fans from a depthwise kernel or a vector.
    if start.rule and len(weight.shape) > 1 and not depthwise(node):
        return _RULES[start.rule]
    return _FORMS[start.kind].format(start.expression)


def connected_initializer(node: Node) -> str:
    """The arguments of a table's kernels, each of which has its own fan-in."""
    start = lower(node.weights[0])
    text = f"kernel_initializer={initializer(node, 'weight')}"
    return text + (f", fan_in_power={start.fan_in_power!r}" if start.fan_in_power else "")


def weight_named(node: Node, name: str) -> Weight:
    """One of a node's weights."""
    return next(weight for weight in node.weights if weight.name == name)
