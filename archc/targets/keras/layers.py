"""Which layer of Keras an operation becomes."""

from archc.network.graph import Node
from archc.ops.conv2d import Conv2d
from archc.ops.dense import Dense


def depthwise(node: Node) -> bool:
    """Whether Keras has a layer of its own for this convolution: one map a group.

    TensorFlow's takes but one stride for height and width.
    """
    op = node.op
    if not isinstance(op, Conv2d) or op.groups == 1:
        return False
    return node.weights[0].shape[1] == 1 and op.stride[0] == op.stride[1]


def strides_apart(node: Node) -> bool:
    """Whether a layer of its own strides: Keras's convolutions dilate or stride, not both."""
    op = node.op
    return isinstance(op, Conv2d) and max(op.stride) > 1 and max(op.dilation) > 1


def takes_activation(node: Node) -> bool:
    """Whether the Keras layer of a node applies an activation itself."""
    return isinstance(node.op, Dense) or (
        isinstance(node.op, Conv2d) and node.op.connections is None
    )


def made(node: Node) -> bool:
    """Whether a convolution or dense layer is made by the function above the model."""
    return takes_activation(node) and not depthwise(node)
