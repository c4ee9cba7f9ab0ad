"""A fourth target, in tests only: a network as a NumPy function of its input and its weights."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from archc.network.graph import INPUT, Graph, Node
from archc.ops import OPS
from archc.ops.activations import Activation
from archc.ops.tensor import Weight
from archc.targets.base import Home, Target
from archc.targets.declarations import ITSELF, Notes, Refused
from archc.targets.statements import Statement

if TYPE_CHECKING:
    from archc.targets.macros import Macros

SPELLED = ("add", "dense", "flatten", "relu", "tanh")
TESTS = Path(__file__).resolve().parent.parent
NO_LAYER = Refused(
    what="type {value}",
    text="NumPy has no such layer",
    help="leave it out, or use another target",
    holds=lambda op: True,
)


class Numpy(Target):
    """A function `network(x, weights)` in one file."""

    name = "numpy"
    title = "NumPy"
    modules = ("numpy",)
    prover = "support.numpy_prover"
    root = TESTS
    shown = ("steps",)
    notes: ClassVar[Notes] = {(kind, ITSELF): (NO_LAYER,) for kind in OPS if kind not in SPELLED}

    @property
    def templates(self) -> Path:
        return TESTS / "support" / "numpy_templates"

    def home(self, node: Node, weight: Weight) -> Home:
        return Home(node.name, weight.name, weight.shape, tuple(range(len(weight.shape))))

    def context(self, graph: Graph, macros: "Macros") -> dict[str, Any]:
        names = {INPUT: "x"} | {node.name: node.identifier for node in graph.nodes}
        steps = []
        for node in graph.nodes:
            values = [names[name] for name in node.inputs]
            if isinstance(node.op, Activation):
                value = macros.activation(node.op.type, node.op, *values)
            else:
                value = macros(node.op.type, "forward", node, values)
            if node.activation:
                value = macros.activation(node.activation.type, node.activation, value)
            name = names[node.name]
            steps.append(Statement(node, f"{name} = {value}", indent=4, value=name, step=True))
        shapes = {self.home(n, w).name: w.shape for n in graph.nodes for w in n.weights}
        return {"steps": steps, "shapes": shapes, "result": names[graph.output.name]}
