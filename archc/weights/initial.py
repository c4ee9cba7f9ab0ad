"""A spec's initial weights: the same numbers on every machine, whatever is installed there.

Each weight has its own stream of words, keyed by the seed and by the first eight bytes of the
SHA-256 of its name, so that adding a layer changes no other layer's numbers. Number i of a tensor,
in row-major order, depends only on word i: the upper 52 bits k give v = (2k + 1) / 2⁵² - 1, which is
between -1 and 1, never zero and exact in float64. A uniform sample is limit · v, a normal one
deviation · quantile(v / 2), a truncated one deviation · quantile(v · (Φ(2) - 1/2)), computed in
float64 and rounded to float32 once.
"""

from collections.abc import Iterator
from hashlib import sha256

import numpy as np
import numpy.typing as npt

from archc.network.graph import Graph, Node
from archc.ops.tensor import Weight
from archc.weights.philox import CHUNK, words
from archc.weights.quantile import WHOLE, WITHIN_TWO, quantile

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


def initial(graph: Graph, seed: int) -> Iterator[tuple[str, Floats]]:
    """(canonical name, initial numbers) of every weight of a network."""
    for node in graph.nodes:
        for weight in node.weights:
            yield canonical_name(node, weight), drawn(node, weight, seed)


def canonical_name(node: Node, weight: Weight) -> str:
    """The name of a weight in the canonical file, such as `conv1.weight`."""
    return f"{node.name}.{weight.name}"


def stream(name: str) -> int:
    """The stream of a seed that the weight of this canonical name uses."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "little")


def drawn(node: Node, weight: Weight, seed: int) -> Floats:
    """The initial numbers of a weight, in its canonical shape."""
    if weight.codes:
        return np.array(weight.codes, np.float32).reshape(weight.shape)
    init = weight.init
    if init.kind == "constant":
        return np.full(weight.shape, init.value, np.float32)
    scale = _scales(weight)
    draw = words(seed, stream(canonical_name(node, weight)))
    out = np.empty(weight.size, np.float32)
    for start in range(0, weight.size, CHUNK):
        count = min(CHUNK, weight.size - start)
        v = _between(draw(count))
        if not init.kind.endswith("uniform"):
            v = _normal(v, truncated=init.kind == "truncated_normal")
        v *= scale[start : start + count] if len(scale) > 1 else scale
        out[start : start + count] = v
    return out.reshape(weight.shape)


def _between(raw: npt.NDArray[np.uint64]) -> Doubles:
    """Odd multiples of 2⁻⁵² between -1 and 1."""
    k = (raw >> np.uint64(12)).view(np.int64)
    return (2 * k + 1 - (1 << 52)).astype(np.float64) * 2.0**-52


def _normal(v: Doubles, truncated: bool) -> Doubles:
    if truncated:
        return np.clip(quantile(v * WITHIN_TWO), -2.0, 2.0)
    return quantile(v * WHOLE)


def _scales(weight: Weight) -> Doubles:
    """The limit or standard deviation: one for all numbers, or one per number if kernels have
    different fan-ins."""
    init = weight.init
    scale = init.limit if init.kind.endswith("uniform") else init.deviation
    if not weight.fan_ins:
        return np.array([scale(weight.fans)])
    each = [scale((fan_in, weight.fans[1])) for fan_in in weight.fan_ins]
    return np.repeat(np.array(each), weight.size // len(each))
