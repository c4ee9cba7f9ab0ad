"""PyTorch: channels first, layers as attributes, canonical weight layouts as they are."""

from collections.abc import Callable
from typing import Any, ClassVar

from archc.network.graph import INPUT, Graph, Node
from archc.ops.initializers import by_fan_in
from archc.ops.tensor import Weight
from archc.ops.window import Pair, Window
from archc.targets.base import (
    Macros,
    Target,
    drawing_name,
    drawings,
    grouped,
    helpers,
    noted_shape,
    sides,
    variables,
)
from archc.targets.formatting import statement
from archc.targets.literals import complement
from archc.targets.torch.declarations import NOTES

_DRAWS = {
    "normal": "nn.init.normal_(parameter, std={value})",
    "truncated_normal": "nn.init.trunc_normal_(parameter, std={value}, a={low}, b={high})",
    "uniform": "nn.init.uniform_(parameter, {negative}, {value})",
    "glorot_uniform": "nn.init.xavier_uniform_(parameter)",
    "glorot_normal": "nn.init.xavier_normal_(parameter)",
    "he_uniform": 'nn.init.kaiming_uniform_(parameter, nonlinearity="relu")',
    "he_normal": 'nn.init.kaiming_normal_(parameter, nonlinearity="relu")',
    # The gain of "linear" is 1, which makes Kaiming's rule LeCun's.
    "lecun_uniform": 'nn.init.kaiming_uniform_(parameter, nonlinearity="linear")',
    "lecun_normal": 'nn.init.kaiming_normal_(parameter, nonlinearity="linear")',
}
# (operation, canonical weight) → the name of the same in PyTorch's own layer.
STATE = {
    ("batch_norm", "scale"): "weight",
    ("batch_norm", "mean"): "running_mean",
    ("batch_norm", "variance"): "running_var",
}
_CONSTANTS = {0.0: "nn.init.zeros_(parameter)", 1.0: "nn.init.ones_(parameter)"}


def symmetric(window: Window) -> Pair | None:
    """The padding as PyTorch's own layers take it, (height, width); None if they cannot."""
    top, bottom, left, right = window.pads
    return (top, left) if top == bottom and left == right else None


def pooled(window: Window) -> Pair | None:
    """The padding as PyTorch's pools take it: at most half of the kernel."""
    pads = symmetric(window)
    fits = pads and all(2 * p <= k for p, k in zip(pads, window.kernel, strict=True))
    return pads if fits else None


def reversed_sides(window: Window) -> str:
    """The author's padding in the order of `F.pad`: left, right, top, bottom."""
    top, bottom, left, right = window.pads
    return f"({left}, {right}, {top}, {bottom})"


def reversed_all(window: Window) -> str:
    """All padding, what ceil_mode adds included, in the order of `F.pad`."""
    top, bottom, left, right = sides(window)
    return f"({left}, {right}, {top}, {bottom})"


def reversed_extra(window: Window) -> str:
    """What ceil_mode adds alone, in the order of `F.pad`."""
    return f"(0, {window.extra[1]}, 0, {window.extra[0]})"


def state_name(node: Node, weight: Weight) -> str:
    """What a canonical weight is called in the module's state."""
    return f"{node.name}.{STATE.get((node.op.type, weight.name), weight.name)}"


def draw(node: Node, weight: Weight) -> str:
    """The call that draws `parameter`."""
    init = weight.init
    if init.kind == "constant":
        assert init.value is not None
        return _CONSTANTS.get(init.value, f"nn.init.constant_(parameter, {init.value!r})")
    if weight.fan_ins and (rule := by_fan_in(init)):
        start, power = rule
        divisor = f"self.{node.name}.fan_in" + (".sqrt()" if power == 0.5 else "")
        form = "uniform_(-{0!r}, {0!r})" if init.kind.endswith("uniform") else "normal_(std={0!r})"
        return f"parameter.{form.format(start)}.div_({divisor})"
    if init.kind == "fan_in_uniform":
        limit = f"{init.value!r} / {weight.fans[0]}"
        return f"nn.init.uniform_(parameter, -{limit}, {limit})"
    if init.value is None and len(weight.shape) == 1:  # PyTorch's rules read fans from the shape
        form = "uniform" if init.kind.endswith("uniform") else "normal"
        value = init.limit(weight.fans) if form == "uniform" else init.deviation(weight.fans)
    else:
        form, value = init.kind, init.value or 0.0
    return _DRAWS[form].format(
        value=repr(value), negative=repr(-value), low=repr(-2 * value), high=repr(2 * value)
    )


def draws(graph: Graph) -> list[tuple[str, str]]:
    """(condition, call) for each way in which parameters are drawn; the last has no condition."""
    trained = [(state_name(n, w), n, w) for n in graph.nodes for w in n.weights if w.trainable]
    calls = grouped({name: draw(node, weight) for name, node, weight in trained})
    matrices = {name for name, _, weight in trained if len(weight.shape) > 1}
    found: list[tuple[str, str]] = []
    while calls:
        call, test = _next_draw(calls, matrices)
        word = "if" if not found else "elif"
        last = len(calls) == 1
        alone = last and not found
        text = statement(call, 12 if alone else 16)
        found.append(("" if last else statement(f"{word} {test}:", 12), text))
        del calls[call]
    return found


def _next_draw(calls: dict[str, list[str]], matrices: set[str]) -> tuple[str, str]:
    """The call to write next, and the shortest condition that tells its parameters from the rest.

    What is left to the last is zero if anything is: the safest start for a layer that somebody adds
    by hand.
    """
    names = {name for group in calls.values() for name in group}
    kinds = {
        f'name.endswith("{ending}")': {name for name in names if name.endswith(ending)}
        for ending in (".weight", ".bias", ".coefficient")
    }
    kinds["parameter.dim() > 1"] = names & matrices
    tests: dict[str, str] = {}
    for call, group in calls.items():
        listed = ", ".join(f'"{name}"' for name in group)
        exact = f"name in {{{listed}}}" if len(group) > 1 else f'name == "{group[0]}"'
        tests[call] = next((test for test in kinds if kinds[test] == set(group)), exact)
    zero = _CONSTANTS[0.0]
    call = min(calls, key=lambda c: (c == zero, tests[c] not in kinds, len(calls[c])))
    return call, tests[call]


class Torch(Target):
    """An `nn.Module` in one file."""

    name = "torch"
    package = "torch"
    told = ("attributes", "steps")
    notes = NOTES
    filters: ClassVar[dict[str, Callable[..., Any]]] = {
        "complement": complement,
        "drawing_name": drawing_name,
        "symmetric": symmetric,
        "pooled": pooled,
        "reversed_sides": reversed_sides,
        "reversed_all": reversed_all,
        "reversed_extra": reversed_extra,
    }

    def context(self, graph: Graph, macros: Macros) -> dict[str, Any]:
        held = variables(graph, "x", "inputs")
        attributes: list[str] = []
        steps: list[str] = []
        typed = held[INPUT] == "x"  # else a checker must be told what the first x is
        for node in graph.nodes:
            if macros.has(node.op.type, "attribute"):
                value = macros(node.op.type, "attribute", node, graph.inputs(node))
                if value:
                    attributes.append(statement(f"self.{node.name} = {value}", 8))
            value = macros(node.op.type, "forward", node, [held[name] for name in node.inputs])
            activation = node.activation
            if activation:
                value = macros(activation.type, "function", activation, value)
            shape = "x".join(str(n) for n in noted_shape(node) or ())
            variable = held[node.name]
            if variable == "x" and not typed:
                variable, typed = "x: Tensor", True
            steps.append(statement(f"{variable} = {value}", 8, shape))
        body = "\n".join([*attributes, *steps])
        return {
            "attributes": attributes,
            "steps": steps,
            "source": held[INPUT],
            "result": held[graph.output.name],
            "draws": draws(graph),
            "drawings": drawings(graph, ("conv2d", "rbf")),
            "helpers": helpers(graph, macros, body),
            "body": body,
        }
