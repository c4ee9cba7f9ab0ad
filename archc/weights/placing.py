"""Where each weight of a network goes in PyTorch and Keras."""

from archc.network.graph import Graph
from archc.targets.keras.target import layer_name, layout
from archc.targets.torch.target import state_name
from archc.weights.initial import canonical_name
from archc.weights.placement import Placement


def placements(graph: Graph) -> tuple[Placement, ...]:
    """Every weight of a network, in the order of the canonical file."""
    return tuple(
        Placement(
            canonical_name(node, weight),
            weight.trainable,
            bool(weight.codes),
            state_name(node, weight),
            layer_name(node),
            *layout(node, weight),
        )
        for node in graph.nodes
        for weight in node.weights
    )
