"""PyTorch: channels first, layers as attributes, canonical weight layouts as they are."""

from collections.abc import Callable
from typing import Any, ClassVar

from archc.graph import INPUT, Graph, Node
from archc.initializers import Initializer
from archc.layout import statement
from archc.ops.window import Pair, Window
from archc.targets.base import (
    Macros,
    Target,
    activation_of,
    grouped,
    helpers,
    noted_shape,
    sides,
    variables,
)

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


def draw(init: Initializer) -> str:
    """The call that draws `parameter`."""
    if init.kind == "constant":
        assert init.value is not None
        return _CONSTANTS.get(init.value, f"nn.init.constant_(parameter, {init.value!r})")
    value = init.value or 0.0
    return _DRAWS[init.kind].format(
        value=repr(value), negative=repr(-value), low=repr(-2 * value), high=repr(2 * value)
    )


def draws(graph: Graph) -> list[tuple[str, str]]:
    """(condition, call) for each way in which parameters are drawn; the last has no condition."""
    inits = {f"{n.name}.{w.name}": w.init for n in graph.nodes for w in n.weights if w.trainable}
    calls = grouped({name: draw(init) for name, init in inits.items()})
    kinds = {kind: {n for n in inits if n.endswith(kind)} for kind in (".weight", ".bias")}
    plain = {call: kind for call, names in calls.items() for kind in kinds
             if set(names) == kinds[kind]}  # fmt: skip
    # Whole kinds first, then the shorter lists. What is left is zero if anything is: the safest
    # start for a layer that somebody adds by hand.
    zero = _CONSTANTS[0.0]
    order = sorted(calls, key=lambda call: (call == zero, call not in plain, len(calls[call])))
    found: list[tuple[str, str]] = []
    for call in order:
        listed = ", ".join(f'"{name}"' for name in calls[call])
        test = f'name.endswith("{plain[call]}")' if call in plain else f"name in {{{listed}}}"
        if len(calls[call]) == 1 and call not in plain:
            test = f'name == "{calls[call][0]}"'
        word = "if" if not found else "elif"
        last = call == order[-1]
        found.append(("" if last else statement(f"{word} {test}:", 12), call))
    return found


class Torch(Target):
    """An `nn.Module` in one file."""

    name = "torch"
    package = "torch"
    filters: ClassVar[dict[str, Callable[..., Any]]] = {
        "symmetric": symmetric,
        "pooled": pooled,
        "reversed_sides": reversed_sides,
        "reversed_all": reversed_all,
        "reversed_extra": reversed_extra,
    }

    def refuse(self, graph: Graph, node: Node) -> None:
        """PyTorch can express the whole language."""

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
            activation = activation_of(node)
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
            "helpers": helpers(graph, macros, body),
            "body": body,
        }
