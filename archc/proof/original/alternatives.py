"""What a layer would compute with the values that its fields often have elsewhere."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from archc.network.graph import Node
from archc.ops.activations import ACTIVATIONS
from archc.ops.base import Op
from archc.proof.compare import Array

USUAL: Mapping[str, tuple[Any, ...]] = {
    "epsilon": (1e-3, 1e-5, 1e-6, 1e-4, 2e-5, 1e-8, 1e-12),
    "slope": (0.01, 0.1, 0.2, 0.3),
    "form": ("exact", "tanh"),
    "over": ("mean", "sum"),
    "count_padding": (True, False),
}
"""By field, what frameworks and papers use."""


def outputs(
    node: Node, inputs: tuple[Array, ...], weights: Mapping[str, Array]
) -> Iterator[tuple[str, Array]]:
    """(words for `--set`, output) of a layer with another activation, or with one other field."""
    plain = node.op.run(np, inputs, weights, node.geometry)
    if "activation" in type(node.op).model_fields:
        if node.activation:
            yield f"--set {node.name}.activation=null", plain
        for kind, activation in ACTIVATIONS.items():
            required = [f for f in activation.model_fields.values() if f.is_required()]
            if not required and (node.activation is None or node.activation.type != kind):
                made = activation.model_validate({"type": kind})
                yield f"--set {node.name}.activation={kind}", made.apply(np, plain)
    for op, changed in _changed(node.op):
        y = changed.run(np, inputs, weights, node.geometry)
        yield f"--set {node.name}.{op}", node.activation.apply(np, y) if node.activation else y
    if node.activation:
        for field, activation in _changed(node.activation):
            yield (
                f"--set {node.name}.activation.{node.activation.type}.{field}",
                activation.apply(np, plain),
            )


def _changed(op: Op) -> Iterator[tuple[str, Any]]:
    for field, values in USUAL.items():
        if field in type(op).model_fields:
            for value in values:
                if value != getattr(op, field):
                    yield f"{field}={value}", op.model_copy(update={field: value})
