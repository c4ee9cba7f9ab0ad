"""`init_weights`: how a PyTorch module's parameters start, by the type of their layer.

What all layers of a type share is said once, in a loop over the modules; what one has apart, in a
statement of its own. PyTorch calls the `reset_parameters` of the modules that own parameters where a
model was made on the meta device: theirs is the framework's start, and this one the spec's.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from archc.network.graph import Graph, Node
from archc.ops.tensor import Weight
from archc.targets.formatting import statement
from archc.targets.lowering import lower
from archc.targets.torch.naming import home

_FORMS = {
    "normal": "nn.init.normal_({{0}}, std={value})",
    "truncated_normal": "nn.init.trunc_normal_({{0}}, std={value}, a={low!r}, b={high!r})",
    "uniform": "nn.init.uniform_({{0}}, -{value}, {value})",
}
_RULES = {
    "glorot_uniform": "nn.init.xavier_uniform_({0})",
    "glorot_normal": "nn.init.xavier_normal_({0})",
    "he_uniform": 'nn.init.kaiming_uniform_({0}, nonlinearity="relu")',
    "he_normal": 'nn.init.kaiming_normal_({0}, nonlinearity="relu")',
    # The gain of "linear" is 1, which makes Kaiming's rule LeCun's.
    "lecun_uniform": 'nn.init.kaiming_uniform_({0}, nonlinearity="linear")',
    "lecun_normal": 'nn.init.kaiming_normal_({0}, nonlinearity="linear")',
}
_CONSTANTS = {0.0: "nn.init.zeros_({0})", 1.0: "nn.init.ones_({0})"}
_OPTIONAL = ("nn.Conv2d", "ConnectedConv2d")
"""Modules whose `bias` may be None, as a type checker sees it."""

Calls = dict[str, str]
"""Parameter of a module → the call that initialises it."""


def call(weight: Weight) -> str:
    """The call that initialises a parameter {0} of a module {1}."""
    start = lower(weight)
    if start.kind == "constant":
        return _CONSTANTS.get(start.scale, f"nn.init.constant_({{0}}, {start.scale!r})")
    if start.fan_in_power:
        root = ".sqrt()" * (start.fan_in_power == 0.5)
        form = "uniform_(-{0!r}, {0!r})" if start.kind == "uniform" else "normal_(std={0!r})"
        return f"{{0}}.{form.format(start.scale)}.div_({{1}}.fan_in{root})"
    if start.rule and len(weight.shape) > 1:  # PyTorch's rules read fans from the shape
        return _RULES[start.rule]
    value = start.expression
    return _FORMS[start.kind].format(value=value, low=-2 * start.scale, high=2 * start.scale)


def statements(graph: Graph, classes: Mapping[str, str]) -> list[str]:
    """The body of `init_weights`; `classes` has the module of each layer by name."""
    calls = {
        node: {home(node, w).variable: call(w) for w in node.weights if w.trainable}
        for node in graph.nodes
        if any(weight.trainable for weight in node.weights)
    }
    by_class: dict[str, dict[Node, Calls]] = {}
    for node, own in calls.items():
        by_class.setdefault(classes[node.name], {})[node] = own
    shared = {name: _shared(name, nodes) for name, nodes in by_class.items()}
    given = [n.identifier for n in graph.nodes if classes.get(n.name) in _BUFFERED]
    lines = [f"        self.{name}.reset_parameters()" for name in given]
    lines += _loop(shared, by_class)
    apart: dict[tuple[str, str], list[Node]] = {}
    for name, nodes in by_class.items():
        for node, own in nodes.items():
            for parameter, text in own.items():
                if shared[name].get(parameter) != text:
                    apart.setdefault((parameter, text), []).append(node)
    for (parameter, text), nodes_ in apart.items():
        lines += _alone(parameter, text, [node.identifier for node in nodes_], classes, nodes_)
    return lines


_BUFFERED = ("ConnectedConv2d", "RadialBasis")
"""Modules of the file with numbers of the spec's in buffers, which the meta device does not keep."""


def _shared(name: str, nodes: Mapping[Node, Calls]) -> Calls:
    """What most layers of a type share, parameter by parameter."""
    found: Calls = {}
    for parameter in dict.fromkeys(p for own in nodes.values() for p in own):
        counted = Counter(own[parameter] for own in nodes.values() if parameter in own)
        zeros = _CONSTANTS[0.0]  # the safest start for a layer that somebody adds by hand
        text = zeros if counted[zeros] > 1 else counted.most_common(1)[0][0]
        if counted[text] > 1 or name.startswith("nn.BatchNorm"):
            found[parameter] = text
    return found


def _loop(
    shared: Mapping[str, Calls], by_class: Mapping[str, Mapping[Node, Calls]]
) -> Iterator[str]:
    """The loop over the modules."""
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for name, calls in shared.items():
        if calls:
            alike.setdefault(tuple(calls.items()), []).append(name)
    if alike:
        yield "        for module in self.modules():"
    word = "if"
    for rules, names in alike.items():
        types = names[0] if len(names) == 1 else f"({', '.join(names)})"
        yield statement(f"{word} isinstance(module, {types}):", 12)
        word = "elif"
        nodes = [own for name in names for own in by_class[name].values()]
        for parameter, text in rules:
            line = text.format(f"module.{parameter}", "module")
            missing = any(parameter not in own for own in nodes)
            if parameter == "bias" and (missing or any(name in _OPTIONAL for name in names)):
                yield "                if module.bias is not None:"
                yield statement(line, 20)
            else:
                yield statement(line, 16)
        if any(name.startswith("nn.BatchNorm") for name in names):
            yield "                module.reset_running_stats()"


def _alone(
    parameter: str, text: str, layers: list[str], classes: Mapping[str, str], nodes: list[Node]
) -> Iterator[str]:
    """What some layers have apart."""
    optional = parameter == "bias" and any(classes[node.name] in _OPTIONAL for node in nodes)
    if len(layers) > 1 and "{1}" not in text:
        names = ", ".join(f'"{name}"' for name in layers)
        yield statement(f"for name in ({names}):", 8)
        line = text.format(f'self.get_parameter(f"{{name}}.{parameter}")')
        yield statement(line, 12)
        return
    for layer in layers:
        own = (
            f'self.get_parameter("{layer}.{parameter}")'
            if optional
            else f"self.{layer}.{parameter}"
        )
        yield statement(text.format(own, f"self.{layer}"), 8)
