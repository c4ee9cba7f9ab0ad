"""Which layers hand on feature maps as a vector, whose order frameworks do not agree on."""

from archc.network.graph import Graph
from archc.ops.tensor import Shape


def flattened(graph: Graph) -> dict[str, Shape]:
    """Layers whose outputs are flattened feature maps larger than 1×1 → the shape of these maps."""
    found: dict[str, Shape] = {}
    for node in graph.nodes:
        shape = graph.inputs(node)[0]
        if node.op.type == "flatten" and len(shape) == 3 and shape[1:] != (1, 1):
            found[node.name] = shape
        elif node.inputs[0] in found and node.op.keeps_shape:
            found[node.name] = found[node.inputs[0]]
    return found
