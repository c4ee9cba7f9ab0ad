"""One layer by itself: its network, its node and its output."""

from typing import Any

import numpy as np

import archc
from archc.network.graph import Node
from archc.proof import reference
from support.networks import spec_text


def network(fields: dict[str, Any], shape: tuple[int, ...]) -> archc.Network:
    """The layer `a` on maps (C, H, W), or on a vector (C,), which a flatten makes."""
    layers = [{"a": fields}] if len(shape) == 3 else [{"flat": {"type": "flatten"}}, {"a": fields}]
    sizes = zip(("channels", "height", "width"), (*shape, 1, 1), strict=False)
    return archc.parse(spec_text(layers, input=dict(sizes)))


def node(fields: dict[str, Any], shape: tuple[int, ...]) -> Node:
    return network(fields, shape).graph.output


def output(fields: dict[str, Any], x: np.ndarray, **weights: np.ndarray) -> np.ndarray:
    """What the layer makes of a batch, (N, C, H, W) or (N, C)."""
    graph = network(fields, x.shape[1:]).graph
    maps = x if x.ndim == 4 else x[:, :, None, None]
    stored = {f"a.{name}": weight for name, weight in weights.items()}
    *_, (_, y, magnitude) = reference.forward(graph, stored, maps)
    # The magnitude is float32, and a sum of terms: no output is larger.
    assert (abs(y) <= magnitude * (1 + 1e-6) + np.finfo(np.float32).tiny).all()
    return y


def whole(seed: int, *shape: int) -> np.ndarray:
    """Whole numbers from -9 to 9, none of them 0: sums and products of them are exact."""
    random = np.random.default_rng(seed)
    return random.integers(1, 10, shape) * random.choice([-1.0, 1.0], shape)
