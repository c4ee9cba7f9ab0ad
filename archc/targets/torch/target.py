"""PyTorch: channels first, layers as attributes, canonical weight layouts as they are."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from archc.network.graph import INPUT, Graph, Node
from archc.ops.activations import Activation
from archc.ops.tensor import Weight
from archc.ops.window import Pads, Pair, Window
from archc.targets.base import Home, Target, drawing_name, drawings, noted_shape, variables
from archc.targets.statements import Statement
from archc.targets.torch import initialization
from archc.targets.torch.declarations import NOTES
from archc.targets.torch.naming import home

if TYPE_CHECKING:  # Jinja is needed to render only
    from archc.targets.macros import Macros


def symmetric(window: Window) -> Pair | None:
    """The padding as PyTorch's own layers take it, (height, width); None if they cannot."""
    top, bottom, left, right = window.pads
    return (top, left) if top == bottom and left == right else None


def pooled(window: Window) -> Pair | None:
    """The padding as PyTorch's pools take it: at most half of the kernel."""
    sizes = symmetric(window)
    fits = sizes and all(2 * p <= k for p, k in zip(sizes, window.kernel, strict=True))
    return sizes if fits else None


def pads(sides: Pads) -> str:
    """Padding in the order of `F.pad`: left, right, top, bottom."""
    return f"({sides.left}, {sides.right}, {sides.top}, {sides.bottom})"


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
    losses: ClassVar[Mapping[str, str]] = {
        "logits": "nn.CrossEntropyLoss(), which applies the softmax itself",
        "probabilities": "nn.NLLLoss() of their logarithms",
        "independent probabilities": "nn.BCELoss()",
        "distances": "the right class's own: y.gather(1, labels[:, None]).mean()",
        "mean_squared_error": "nn.MSELoss()",
    }
    unbiased_variance = True
    steps_in_float64 = True
    model = "archc.weights.torch_model"
    builds = False
    prover = "archc.proof.frameworks.torch_prover"
    tracer = "archc.proof.frameworks.torch_tracer"
    shown = ("attributes", "steps")
    notes = NOTES
    filters: ClassVar[dict[str, Callable[..., Any]]] = {
        "drawing_name": drawing_name,
        "symmetric": symmetric,
        "pooled": pooled,
        "pads": pads,
    }

    def home(self, node: Node, weight: Weight) -> Home:
        return home(node, weight)

    def context(self, graph: Graph, macros: "Macros") -> dict[str, Any]:
        held = variables(graph, "x", "inputs")
        attributes: list[Statement] = []
        classes: dict[str, str] = {}
        noted: set[str] = set()
        steps: list[Statement] = []
        typed = held[INPUT] == "x"  # else a type checker must know what the first x is
        for node in graph.nodes:
            if macros.has(node.op.type, "attribute"):
                text = macros(node.op.type, "attribute", node, graph.inputs(node))
                value, _, comment = text.partition("  # ")
                classes[node.name] = value.partition("(")[0]
                comment = "" if comment in noted else comment  # once is enough
                noted.add(comment)
                line = f"self.{node.identifier} = {value}"
                attributes.append(Statement(node, line, comment, indent=8))
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
            "init": initialization.statements(graph, classes),
            "drawings": drawings(graph),
            "definitions": definitions,
            "body": "\n".join([body, *definitions.values()]),
        }
