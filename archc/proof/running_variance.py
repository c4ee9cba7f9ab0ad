"""Running variances of targets that keep the unbiased one, made comparable with all others."""

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from archc.network.graph import Graph, Node
from archc.ops.batch_norm import BatchNorm
from archc.proof import training_inputs
from archc.targets import TARGETS

Array = npt.NDArray[Any]
NAME = "variance"
"""What the canonical weight is called."""
UNBIASED = (
    "its running variance is the unbiased one, n/(n - 1) times the batch's: compared without that"
)


def biased(
    graph: Graph, node: Node, target: str, found: Array, begun: Array, batches: int = 1
) -> Array:
    """A target's running variance as it were with the variances of the batches themselves.

    It was `begun` before so many batches of training inputs. All of it is linear: folded is fine.
    """
    if not TARGETS[target].unbiased_variance:
        return found
    assert isinstance(node.op, BatchNorm)
    count = training_inputs.batch(graph) * prod(graph.inputs(node)[0][1:])
    left = begun.astype(np.float64) * node.op.momentum**batches
    result: Array = left + (found - left) * (count - 1) / count
    return result
