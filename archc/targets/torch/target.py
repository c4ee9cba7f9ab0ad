"""PyTorch: channels first, layers as attributes, canonical weight layouts as they are."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from archc.network.graph import INPUT, Graph, Node
from archc.ops.activation import Activation
from archc.ops.tensor import Weight
from archc.ops.window import Pair, Window
from archc.targets.base import Home, Target, drawing_name, drawings, noted_shape, variables
from archc.targets.formatting import statement
from archc.targets.literals import complement
from archc.targets.lowering import lower
from archc.targets.statements import Statement
from archc.targets.torch.declarations import NOTES

if TYPE_CHECKING:  # Jinja is needed to render only
    from archc.targets.macros import Macros

_FORMS = {
    "normal": "nn.init.normal_(parameter, std={value})",
    "truncated_normal": "nn.init.trunc_normal_(parameter, std={value}, a={low!r}, b={high!r})",
    "uniform": "nn.init.uniform_(parameter, -{value}, {value})",
}
_RULES = {
    "glorot_uniform": "nn.init.xavier_uniform_(parameter)",
    "glorot_normal": "nn.init.xavier_normal_(parameter)",
    "he_uniform": 'nn.init.kaiming_uniform_(parameter, nonlinearity="relu")',
    "he_normal": 'nn.init.kaiming_normal_(parameter, nonlinearity="relu")',
    # The gain of "linear" is 1, which makes Kaiming's rule LeCun's.
    "lecun_uniform": 'nn.init.kaiming_uniform_(parameter, nonlinearity="linear")',
    "lecun_normal": 'nn.init.kaiming_normal_(parameter, nonlinearity="linear")',
}
# (operation, canonical weight) → the name of the same in PyTorch's own layer.
_VARIABLES = {
    ("batch_norm", "scale"): "weight",
    ("batch_norm", "mean"): "running_mean",
    ("batch_norm", "variance"): "running_var",
}
COUNTER = "num_batches_tracked"
"""What PyTorch's batch normalisation counts for a momentum that the spec never asks for."""
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
    top, bottom, left, right = window.total
    return f"({left}, {right}, {top}, {bottom})"


def reversed_extra(window: Window) -> str:
    """What ceil_mode adds alone, in the order of `F.pad`."""
    return f"(0, {window.extra[1]}, 0, {window.extra[0]})"


def home(node: Node, weight: Weight) -> Home:
    """Where the module's state holds a canonical weight, in the canonical layout."""
    variable = _VARIABLES.get((node.op.type, weight.name), weight.name)
    return Home(node.identifier, variable, weight.shape, tuple(range(len(weight.shape))))


def draw(node: Node, weight: Weight) -> str:
    """The call that initialises `parameter`."""
    start = lower(weight)
    if start.kind == "constant":
        return _CONSTANTS.get(start.scale, f"nn.init.constant_(parameter, {start.scale!r})")
    if start.fan_in_power:
        divisor = f"self.{node.identifier}.fan_in" + ".sqrt()" * (start.fan_in_power == 0.5)
        form = "uniform_(-{0!r}, {0!r})" if start.kind == "uniform" else "normal_(std={0!r})"
        return f"parameter.{form.format(start.scale)}.div_({divisor})"
    if start.rule and len(weight.shape) > 1:  # PyTorch's rules read fans from the shape
        return _RULES[start.rule]
    value = start.expression
    return _FORMS[start.kind].format(value=value, low=-2 * start.scale, high=2 * start.scale)


def draws(graph: Graph) -> list[tuple[str, str]]:
    """(condition, call) for each way in which parameters are drawn; the last has no condition."""
    trained = [(home(n, w).name, n, w) for n in graph.nodes for w in n.weights if w.trainable]
    calls = _grouped({name: draw(node, weight) for name, node, weight in trained})
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


def _grouped(calls: Mapping[str, str]) -> dict[str, list[str]]:
    """Names by call, in order of first appearance."""
    found: dict[str, list[str]] = {}
    for name, call in calls.items():
        found.setdefault(call, []).append(name)
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
    title = "PyTorch"
    modules = ("torch",)
    endings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        ".safetensors": (),
        ".pt": ("torch",),
        ".pth": ("torch",),
    }
    unbiased_variance = True
    steps_in_float64 = True
    model = "archc.weights.torch_model"
    builds = False
    prover = "archc.proof.frameworks.torch_prover"
    shown = ("attributes", "steps")
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

    def home(self, node: Node, weight: Weight) -> Home:
        return home(node, weight)

    def context(self, graph: Graph, macros: "Macros") -> dict[str, Any]:
        held = variables(graph, "x", "inputs")
        attributes: list[Statement] = []
        steps: list[Statement] = []
        typed = held[INPUT] == "x"  # else a checker must be told what the first x is
        for node in graph.nodes:
            if macros.has(node.op.type, "attribute"):
                value = macros(node.op.type, "attribute", node, graph.inputs(node))
                attributes.append(Statement(node, f"self.{node.identifier} = {value}", indent=8))
            values = [held[name] for name in node.inputs]
            if isinstance(node.op, Activation):
                value = macros.activation(node.op.type, node.op, values[0])
            else:
                value = macros(node.op.type, "forward", node, values)
            if node.activation:
                value = macros.activation(node.activation.type, node.activation, value)
            variable = held[node.name]
            target = variable
            if variable == "x" and not typed:
                target, typed = "x: Tensor", True
            step = Statement(node, f"{target} = {value}", noted_shape(node), 8, variable, step=True)
            steps.append(step)
        body = "\n".join(statement.text for statement in (*attributes, *steps))
        definitions = macros.definitions(graph, body)
        return {
            "attributes": attributes,
            "steps": steps,
            "source": held[INPUT],
            "result": held[graph.output.name],
            "draws": draws(graph),
            "drawings": drawings(graph, ("conv2d", "rbf")),
            "definitions": definitions,
            "body": "\n".join([body, *definitions.values()]),
        }
