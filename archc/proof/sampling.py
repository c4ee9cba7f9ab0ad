"""Weights and inputs for a proof: the same everywhere, and such that no fault hides."""

from collections.abc import Iterator
from math import prod, sqrt

import numpy as np
import numpy.typing as npt

from archc.network.graph import Graph
from archc.ops.batch_norm import BatchNorm
from archc.weights import initial
from archc.weights.philox import CHUNK, words

Floats = npt.NDArray[np.float32]

BATCH = 2
NUDGE = 2.0**-10
"""How far the constants that training begins with are moved at most."""


def odd_fractions(seed: int, stream: int, shape: tuple[int, ...]) -> Floats:
    """Odd multiples of 2⁻²⁴ between -1 and 1, from Philox's raw bits: never zero, exact in float32.

    24 bits of each 32-bit half, low half first, are the integer k of (2k + 1) / 2²⁴ - 1.
    """
    next_words = words(seed, stream)
    size = prod(shape)
    out = np.empty(size, np.float32)
    for start in range(0, size, CHUNK):
        count = min(CHUNK, size - start)
        raw = next_words((count + 1) // 2).astype("<u8").view("<u4")[:count]
        k = (raw >> np.uint32(8)).view(np.int32)
        out[start : start + count] = (2 * k + 1 - (1 << 24)) * np.float32(2.0**-24)
    return out.reshape(shape)


def weights(graph: Graph, seed: int, *, in_training: bool = False) -> Iterator[tuple[str, Floats]]:
    """Canonical weights whose layers neither die nor blow up (He's scale), with biases to miss and
    running statistics far from their beginnings; codes are the spec's own.

    `in_training`, no channel of a batch normalisation is as small as its epsilon: its gradient
    would drown all others."""
    stream = 1
    for node in graph.nodes:
        for weight in node.weights:
            middle, reach = weight.sampled or (0.0, sqrt(6 / weight.fans[0]))
            sampled = odd_fractions(seed, stream, weight.shape)
            sampled *= np.float32(reach)
            sampled += np.float32(middle)
            if isinstance(node.op, BatchNorm) and not in_training:
                sampled[-1] *= _last(node.op.epsilon, weight.name, float(sampled[-1]))
            name = initial.canonical_name(node, weight)
            yield name, np.array(weight.codes or sampled, np.float32)
            stream += 1


def initial_weights(graph: Graph, seed: int) -> Iterator[tuple[str, Floats]]:
    """Canonical weights to begin training with: the spec's own, for which its learning rate is made.

    Constants are moved a little. With biases of zero a sum can be exactly zero, where the derivative
    of a ReLU is any framework's guess, and equal kernels would stay equal.
    """
    each = ((node, weight) for node in graph.nodes for weight in node.weights)
    for stream, (node, weight) in enumerate(each, start=1):
        sampled = initial.drawn(node, weight, seed)
        if weight.init.kind == "constant" and not weight.codes:
            sampled += odd_fractions(seed, stream, weight.shape) * np.float32(NUDGE)
        yield initial.canonical_name(node, weight), sampled


def _last(epsilon: float, name: str, sampled: float) -> float:
    """What the last channel of a batch normalisation is multiplied by: there, epsilon is half of the
    sum, so that none is too small to miss. The scale makes up for it, or all else would drown."""
    return {"variance": epsilon / sampled, "scale": sqrt(2 * epsilon)}.get(name, 1.0)


def inputs(graph: Graph, seed: int) -> Floats:
    """A batch of inputs of both signs, (N, C, H, W); all but the first sample reach far out."""
    x = odd_fractions(seed, 0, (BATCH, *graph.input)) * np.float32(1.75)
    x[1:] *= 8
    return x
