"""Where a PyTorch module holds canonical weights."""

from archc.network.graph import Node
from archc.ops.tensor import Weight
from archc.targets.base import Home

COUNTER = "num_batches_tracked"
"""What PyTorch's batch normalisation counts for a momentum that the spec never asks for."""

# (operation, canonical weight) → the name of the same in PyTorch's own layer.
_VARIABLES = {
    ("batch_norm", "scale"): "weight",
    ("batch_norm", "mean"): "running_mean",
    ("batch_norm", "variance"): "running_var",
}


def home(node: Node, weight: Weight) -> Home:
    """Where the module's state holds a canonical weight, in the canonical layout."""
    variable = _VARIABLES.get((node.op.type, weight.name), weight.name)
    return Home(node.identifier, variable, weight.shape, tuple(range(len(weight.shape))))
