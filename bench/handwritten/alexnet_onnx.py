"""AlexNet (NIPS 2012) in ONNX by hand: what bench/generated.py holds the generated file against.

For inference alone: no dropout.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper


def alexnet(weights: Mapping[str, np.ndarray]) -> onnx.ModelProto:
    """(N, 3, 227, 227) -> (N, 1000), holding `weights` ("conv1.weight", "conv1.bias", …)."""
    nodes: list[NodeProto] = []

    def add(kind: str, *inputs: str, **attributes: Any) -> str:
        output = f"{kind.lower()}{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def convolution(x: str, name: str, padding: int, **attributes: Any) -> str:
        parameters = f"{name}.weight", f"{name}.bias"
        return add("Relu", add("Conv", x, *parameters, pads=[padding] * 4, **attributes))

    def normalization(x: str) -> str:
        return add("LRN", x, size=5, alpha=5e-4, beta=0.75, bias=2.0)

    def pool(x: str) -> str:
        return add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2])

    def dense(x: str, name: str) -> str:
        return add("Gemm", x, f"{name}.weight", f"{name}.bias", transB=1)

    x = convolution("input", "conv1", 0, strides=[4, 4])
    x = pool(normalization(x))
    x = convolution(x, "conv2", 2, group=2)
    x = pool(normalization(x))
    x = convolution(x, "conv3", 1)
    x = convolution(x, "conv4", 1, group=2)
    x = convolution(x, "conv5", 1, group=2)
    x = add("Flatten", pool(x))
    x = add("Relu", dense(x, "fc6"))
    x = add("Relu", dense(x, "fc7"))
    x = dense(x, "fc8")
    graph = helper.make_graph(
        nodes,
        "AlexNet",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 3, 227, 227])],
        [helper.make_tensor_value_info(x, TensorProto.FLOAT, ["N", 1000])],
        [
            numpy_helper.from_array(array.astype(np.float32), name)
            for name, array in weights.items()
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 24)], ir_version=12)
