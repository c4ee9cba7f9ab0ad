"""Random bits that are the same on every machine: Philox's raw output."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

CHUNK = 1 << 16
"""Numbers sampled at once; chunks that fit into the cache are several times faster."""


def words(seed: int, stream: int) -> Callable[[int], npt.NDArray[np.uint64]]:
    """A source of 64-bit words: each call gives the next `count` of the stream.

    Philox 4x64 with ten rounds (Salmon et al. 2011), keyed by (seed, stream), both below 2⁶⁴; the
    first block encrypts the counter 1. Only the raw output of NumPy's generators never changes between versions.
    """
    bits = np.random.Philox(key=np.array([seed, stream], np.uint64))

    def draw(count: int) -> npt.NDArray[np.uint64]:
        raw: npt.NDArray[np.uint64] = bits.random_raw(count)
        return raw

    return draw
