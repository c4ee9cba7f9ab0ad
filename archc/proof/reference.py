"""The reference implementation: each layer's output in NumPy float64, and how far it may round."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from archc.network.graph import INPUT, Graph, Node
from archc.weights.initial import canonical_name

Array = npt.NDArray[Any]


def layer(node: Node, inputs: tuple[Array, ...], weights: Mapping[str, Array]) -> Array:
    """One layer's output, (N, C, H, W) or (N, C), in the precision of its inputs."""
    return _activated(node, node.op.run(np, inputs, weights, node.geometry))


def layer_in_training(
    node: Node, inputs: tuple[Array, ...], weights: Mapping[str, Array]
) -> tuple[Array, Mapping[str, Array]]:
    """The same in training without dropout's noise, and the running statistics after it."""
    y, statistics = node.op.train(np, inputs, weights, node.geometry)
    return _activated(node, y), statistics


def _activated(node: Node, y: Array) -> Array:
    activation = node.activation
    result: Array = activation.apply(np, y) if activation else y
    return result


def magnitude(node: Node, inputs: tuple[Array, ...], weights: Mapping[str, Array]) -> Array:
    """The size of the terms behind each output: float32 errs by a small multiple of u times it."""
    m = node.op.magnitude(np, inputs, weights, node.geometry)
    activation = node.activation
    if activation:
        m = activation.spread(np, node.op.run(np, inputs, weights, node.geometry), m)
    result: Array = m
    return result


def weights_of(node: Node, weights: Mapping[str, Array], dtype: npt.DTypeLike) -> dict[str, Array]:
    """A layer's own weights by their short names, from the canonical `<layer>.<weight>`."""
    stored = {w.name: weights[canonical_name(node, w)] for w in node.weights}
    return {name: array.astype(dtype, copy=False) for name, array in stored.items()}


def walk(
    graph: Graph, x: Array, compute: Callable[[Node, tuple[Array, ...]], Array]
) -> Iterator[tuple[Node, tuple[Array, ...], Array]]:
    """(node, inputs, output) of each layer in order, as `compute` makes the outputs.

    `x` is (N, C, H, W); a value is forgotten once its last reader has run.
    """
    values = {INPUT: x}
    left = {name: len(readers) for name, readers in graph.readers.items()}
    for node in graph.nodes:
        inputs = tuple(values[name] for name in node.inputs)
        y = values[node.name] = compute(node, inputs)
        for name in node.inputs:
            left[name] -= 1
            if not left[name]:
                values.pop(name, None)
        yield node, inputs, y


def forward(
    graph: Graph, weights: Mapping[str, Array], x: Array
) -> Iterator[tuple[Node, Array, Array]]:
    """(node, output, magnitude) of each layer, in order; output float64, magnitude float32."""

    def compute(node: Node, inputs: tuple[Array, ...]) -> Array:
        return layer(node, inputs, weights_of(node, weights, np.float64))

    for node, inputs, y in walk(graph, x.astype(np.float64), compute):
        narrow = tuple(value.astype(np.float32) for value in inputs)
        yield node, y, magnitude(node, narrow, weights_of(node, weights, np.float32))
