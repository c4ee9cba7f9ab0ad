"""What a file or a spec says its layers compute, as lists of operations that can be compared."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from archc.network.graph import INPUT, Graph, Node
from archc.ops.activations import ACTIVATIONS
from archc.ops.base import Op
from archc.ops.window import Window
from archc.weights.checkpoint import PASSES, UNKNOWN, Operation, Value

WINDOWED = ("conv2d", "avg_pool")
"""What padding by zeros before it is a part of: a max pool's own padding never wins."""
FUNCTIONS = (*ACTIVATIONS, "relu6", "elu", "selu", "celu", "prelu", "silu", "mish", "softplus",
             "softsign", "hard_sigmoid", "hard_swish", "hard_tanh", "thresholded_relu", "clip")  # fmt: skip
"""Activations: those of the language, and others that a file may have."""


def folded(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """The operations, with those that only pad taken into the ones that read them."""
    given = [*operations]
    pads = {each.name: each for each in given if each.kind == "pad"}
    readers = Counter(name for each in given for name in each.inputs)
    found, taken = [], set()
    for each in given:
        before = pads.get(each.inputs[0]) if each.inputs else None
        if before is not None and readers[before.name] == 1 and each.kind in WINDOWED:
            outer, inner = before.fields.get("padding"), each.fields.get("padding")
            if isinstance(outer, tuple) and isinstance(inner, tuple) and _alike(each, inner):
                pads_of_both = tuple(a + b for a, b in zip(outer, inner, strict=True))
                fields = {**each.fields, "padding": pads_of_both}
                fields |= {"count_padding": True} if each.kind == "avg_pool" else {}
                each = replace(each, inputs=before.inputs, fields=fields)
                taken.add(before.name)
        found.append(replace(each, kind=UNKNOWN) if each.kind == "pad" else each)
    return tuple(each for each in found if each.name not in taken)


def _alike(pool: Operation, padding: tuple[int, ...]) -> bool:
    """Whether a window treats its own padding as it does the zeros that another operation put there:
    an average counts those."""
    own = any(padding) and pool.kind == "avg_pool"
    return not own or bool(pool.fields.get("count_padding"))


def of_graph(graph: Graph) -> tuple[Operation, ...]:
    """The operations of a network; an activation that is a field of a layer is one of its own."""
    found: list[Operation] = []
    last = {INPUT: ""}
    for node in graph.nodes:
        inputs = tuple(last[name] for name in node.inputs)
        for op in node.operations:
            name = node.name if op is node.op else f"{node.name}.activation"
            found.append(Operation(name, _kind(op), inputs, _fields(graph, node, op), node.name))
            inputs = (name,)
        last[node.name] = inputs[0]
    return tuple(found)


def _kind(op: Op) -> str:
    return PASSES if op.type in ("flatten", "dropout") else op.type


def _fields(graph: Graph, node: Node, op: Op) -> dict[str, Value]:
    """What a file may say otherwise: numbers as the network computes with them."""
    if op is node.op and isinstance(node.geometry, Window):
        win = node.geometry
        fields: dict[str, Value] = {
            "kernel": win.kernel,
            "stride": win.stride,
            "padding": tuple(win.total),
        }
        if op.type == "conv2d":
            fields |= {"dilation": win.dilation, "groups": getattr(op, "groups", 1)}
        if op.type == "avg_pool":
            fields["count_padding"] = bool(getattr(op, "count_padding", False))
        return fields
    names = {
        "batch_norm": ("epsilon",),
        "leaky_relu": ("slope",),
        "gelu": ("form",),
        "lrn": ("size", "k", "alpha", "beta"),
    }
    fields = {name: getattr(op, name) for name in names.get(op.type, ())}
    if op.type == "lrn" and getattr(op, "over", "") == "sum":  # files divide it by the window
        fields["alpha"] = getattr(op, "alpha") * getattr(op, "size")  # noqa: B009
    return fields
