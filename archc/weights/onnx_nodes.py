"""What the nodes of an ONNX graph compute, in archc's words; what it has no word for is UNKNOWN."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from archc.weights.checkpoint import PASSES, UNKNOWN, Operation, Value
from archc.weights.described import folded

_Fields = dict[str, Value]
_Attributes = Mapping[str, Any]


def initializers(graph: Any) -> tuple[dict[str, Any], list[Any]]:
    """The initialisers by name, and the nodes that compute something.

    An exporter stores equal tensors once, and has an Identity for each other name: a new batch
    normalisation has its mean from its bias, and its variance from its scale. A name that only
    such copies use is left out.
    """
    stored = {each.name: each for each in graph.initializer}
    nodes, copied = [], set()
    for node in graph.node:
        if node.op_type == "Identity" and node.input and node.input[0] in stored:
            stored |= dict.fromkeys(node.output, stored[node.input[0]])
            copied.add(node.input[0])
        else:
            nodes.append(node)
    used = {name for node in nodes for name in node.input}
    return {
        name: each for name, each in stored.items() if name in used or name not in copied
    }, nodes


def operations(
    nodes: Iterable[Any],
    given: Iterable[str],
    stored: Mapping[str, Any],
    modules: Mapping[str, str],
) -> tuple[Operation, ...]:
    """The nodes in the order of the graph, whose inputs are `given` and initialisers `stored`;
    `modules` names what each initialiser belongs to."""
    made: dict[str, str] = dict.fromkeys(given, "")
    products: set[str] = set()
    found = []
    for number, node in enumerate(nodes):
        name = f"{number}:{node.op_type}"
        inputs = tuple(made[x] for x in node.input if x in made and x not in stored)
        module = next((modules[x] for x in node.input[1:] if x in modules), "")
        kind, fields = _described(node, stored)
        if node.op_type == "Add" and any(x in stored for x in node.input):
            # The bias of a product before it; another constant is none of archc's operations.
            kind = PASSES if inputs and inputs[0] in products else UNKNOWN
        if node.op_type == "MatMul":
            products.add(name)
        found.append(Operation(name, kind, inputs, fields, module))
        made |= dict.fromkeys(node.output, name)
    return folded(found)


def _described(node: Any, stored: Mapping[str, Any]) -> tuple[str, _Fields]:
    if node.domain not in ("", "ai.onnx"):
        return UNKNOWN, {}
    word, read = _KINDS.get(node.op_type, (UNKNOWN, lambda _: {}))
    if node.op_type == "Pad":
        return _pad(node, stored)
    with suppress(KeyError, TypeError, ValueError, IndexError):
        return word, read({each.name: _value(each) for each in node.attribute})
    return UNKNOWN, {}


def _value(attribute: Any) -> Any:
    """An attribute's number, text or list of integers; floats as float32 has them."""
    from onnx import AttributeProto

    if attribute.type == AttributeProto.FLOAT:
        return float(attribute.f)
    if attribute.type == AttributeProto.INT:
        return int(attribute.i)
    if attribute.type == AttributeProto.STRING:
        return attribute.s.decode("utf-8", "replace")[:40]
    return tuple(int(n) for n in attribute.ints)


def _two(value: Any) -> tuple[int, int]:
    height, width = value
    return int(height), int(width)


def _sides(attributes: _Attributes) -> Value:
    auto = attributes.get("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        return str(auto).lower()
    top, left, bottom, right = attributes.get("pads", (0, 0, 0, 0))
    return top, bottom, left, right


def _conv(attributes: _Attributes) -> _Fields:
    return {
        "stride": _two(attributes.get("strides", (1, 1))),
        "padding": _sides(attributes),
        "dilation": _two(attributes.get("dilations", (1, 1))),
        "groups": int(attributes.get("group", 1)),
    }


def _pool(attributes: _Attributes) -> _Fields:
    if _two(attributes.get("dilations", (1, 1))) != (1, 1):
        raise ValueError("dilated")
    return {
        "kernel": _two(attributes["kernel_shape"]),
        "stride": _two(attributes.get("strides", (1, 1))),
        "padding": _sides(attributes),
        "ceil_mode": bool(attributes.get("ceil_mode", 0)),
    }


def _average(attributes: _Attributes) -> _Fields:
    return _pool(attributes) | {"count_padding": bool(attributes.get("count_include_pad", 0))}


def _pad(node: Any, stored: Mapping[str, Any]) -> tuple[str, _Fields]:
    from onnx import numpy_helper

    attributes = {each.name: _value(each) for each in node.attribute}
    pads = stored.get(node.input[1]) if len(node.input) > 1 else None
    if pads is None or len(node.input) > 2 or attributes.get("mode", "constant") != "constant":
        return UNKNOWN, {}
    if pads.data_location or tuple(pads.dims) != (8,):
        return UNKNOWN, {}
    with suppress(TypeError, ValueError):
        sides = [int(n) for n in numpy_helper.to_array(pads)]
        if not any(sides[axis] for axis in (0, 1, 4, 5)) and min(sides) >= 0:
            return "pad", {"padding": (sides[2], sides[6], sides[3], sides[7])}
    return UNKNOWN, {}


def _norm(attributes: _Attributes) -> _Fields:
    return {"epsilon": float(attributes.get("epsilon", 1e-5))}


def _lrn(attributes: _Attributes) -> _Fields:
    return {
        "size": int(attributes["size"]),
        "k": float(attributes.get("bias", 1.0)),
        "alpha": float(attributes.get("alpha", 1e-4)),
        "beta": float(attributes.get("beta", 0.75)),
    }


def _gelu(attributes: _Attributes) -> _Fields:
    return {"form": "tanh" if attributes.get("approximate", "none") == "tanh" else "exact"}


_KINDS: Mapping[str, tuple[str, Callable[[_Attributes], _Fields]]] = {
    "Conv": ("conv2d", _conv),
    "Gemm": ("dense", lambda _: {}),
    "MatMul": ("dense", lambda _: {}),
    "BatchNormalization": ("batch_norm", _norm),
    "MaxPool": ("max_pool", _pool),
    "AveragePool": ("avg_pool", _average),
    "LRN": ("lrn", _lrn),
    "Add": ("add", lambda _: {}),
    "Concat": ("concat", lambda _: {}),
    "LeakyRelu": ("leaky_relu", lambda given: {"slope": float(given.get("alpha", 0.01))}),
    "Gelu": ("gelu", _gelu),
    "Softmax": ("softmax", lambda _: {}),
    **{
        kind: (word, lambda _: {})
        for kind, word in (
            ("Relu", "relu"), ("Tanh", "tanh"), ("Sigmoid", "sigmoid"), ("Elu", "elu"),
            ("Selu", "selu"), ("Celu", "celu"), ("PRelu", "prelu"), ("Mish", "mish"),
            ("Softplus", "softplus"), ("Softsign", "softsign"), ("HardSwish", "hard_swish"),
            ("HardSigmoid", "hard_sigmoid"), ("ThresholdedRelu", "thresholded_relu"),
        )
    },
    **dict.fromkeys(
        ("Flatten", "Reshape", "Dropout", "Identity", "Transpose", "Squeeze", "Unsqueeze", "Cast"),
        (PASSES, lambda _: {}),
    ),
}  # fmt: skip
"""ONNX's operators: archc's word, and what of the attributes is a field."""
