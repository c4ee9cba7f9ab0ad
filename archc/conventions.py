"""How others count the same network: each rule is a counter's own, worked out from the graph."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod

from archc.graph import Node

Rule = Callable[[Node], int]


@dataclass(frozen=True, slots=True)
class Convention:
    """What a counter reports for one image; `rule` counts one layer."""

    counter: str
    says: str
    rule: Rule


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
    ),
    "torchvision": Convention(
        "torchvision's table of models", "multiply-accumulates without biases", _macs
    ),
    "fvcore": Convention(
        "fvcore's FlopCountAnalysis",
        "multiply-accumulates without biases, and two operations for each value of a batch_norm",
        _fvcore,
    ),
    "torchinfo": Convention(
        "torchinfo's mult-adds",
        "multiply-accumulates with biases, the parameters of a batch_norm once, no subsample",
        _torchinfo,
    ),
    "lecun-1998": Convention(
        "the connections of LeCun et al. 1998",
        "uses of a stored number, biases and the codes of rbf among them",
        _lecun,
    ),
}
DEFAULT = "torch"
