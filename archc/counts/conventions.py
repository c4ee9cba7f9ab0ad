"""How others count the same network: each rule is a counter's own, worked out from the graph."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod

from archc.network.graph import Graph, Node
from archc.ops.conv2d import Conv2d

Rule = Callable[[Node], int]


@dataclass(frozen=True, slots=True)
class Convention:
    """What a counter reports for one image; `rule` counts one layer.

    `zeros` is what it counts beyond that for each product with a zero that the generated code has
    where a connection table leaves a pair of maps out.
    """

    counter: str
    says: str
    rule: Rule
    zeros: int = 0

    def beyond(self, graph: Graph) -> int:
        """What the counter reports more for the generated code than the rule for the network."""
        return self.zeros * sum(map(_left_out, graph.nodes)) if self.zeros else 0


def _left_out(node: Node) -> int:
    """The products of a convolution with pairs of maps that its connection table leaves out."""
    counts = node.op.pair_counts if isinstance(node.op, Conv2d) else None
    if counts is None:
        return 0
    connected, every = counts
    return (every - connected) * prod(node.weights[0].shape[1:]) * prod(node.shape[1:])


def _macs(node: Node) -> int:
    return node.cost.macs


def _twice(node: Node) -> int:
    return 2 * node.cost.macs


def _fvcore(node: Node) -> int:
    normalised = 2 * prod(node.shape) if node.op.type == "batch_norm" else 0
    return node.cost.macs + normalised


def _torchinfo(node: Node) -> int:
    # By their names: of modules called Conv… every parameter once a place, of other modules without
    # parts once. The generated Subsample has a part, its pool, and so is passed over.
    if node.op.type == "subsample":
        return 0
    places = prod(node.shape[1:]) if node.op.type == "conv2d" else 1
    return node.cost.parameters * places


def _lecun(node: Node) -> int:
    return node.cost.connections


CONVENTIONS: Mapping[str, Convention] = {
    "torch": Convention(
        "PyTorch's FlopCounterMode",
        "two operations for each multiply-accumulate, nothing else",
        _twice,
        zeros=2,
    ),
    "torchvision": Convention(
        "torchvision's table of models", "multiply-accumulates without biases", _macs
    ),
    "fvcore": Convention(
        "fvcore's FlopCountAnalysis",
        "multiply-accumulates without biases, and two operations for each value of a batch_norm",
        _fvcore,
        zeros=1,
    ),
    "torchinfo": Convention(
        "torchinfo's mult-adds",
        "multiply-accumulates with biases, the parameters of a batch_norm once, none of subsample or rbf",
        _torchinfo,
    ),
    "lecun-1998": Convention(
        "the connections of LeCun et al. 1998",
        "uses of stored numbers, biases and the codes of rbf among them; inputs and biases of subsample",
        _lecun,
    ),
}
DEFAULT = "torch"
