"""Large tensors as few numbers, such that a difference anywhere is seen."""

import numpy as np
import numpy.typing as npt

from archc.proof.sampling import odd_fractions

BINS = 1 << 14
"""The most numbers that a folded tensor has."""
STRIP = 16
"""Columns that are copied at once."""
Floats = npt.NDArray[np.float64]


def fold(value: npt.NDArray[np.floating]) -> Floats:
    """A tensor's numbers if they are at most BINS; else each BINS-th of them, with a random sign,
    summed.

    Folding is linear, so that what holds for tensors by sums and multiples holds for what is folded.
    """
    flat = _flat(value)
    if flat.size <= BINS:
        return flat.copy()
    rows, rest = divmod(flat.size, BINS)
    signs = np.sign(odd_fractions(0, 0, (rows + 1,))).astype(np.float64)
    folded: Floats = signs[:rows] @ flat[: rows * BINS].reshape(rows, BINS)
    folded[:rest] += signs[rows] * flat[rows * BINS :]
    return folded


def _flat(value: npt.NDArray[np.floating]) -> Floats:
    """All numbers in their order. A transposed matrix is copied in strips: as a whole, NumPy reads
    each line of memory again for each number in it."""
    if value.ndim != 2 or value.flags.c_contiguous:
        flat: Floats = np.ascontiguousarray(value, np.float64).ravel()
        return flat
    copy = np.empty(value.shape, np.float64)
    for start in range(0, value.shape[1], STRIP):
        copy[:, start : start + STRIP] = value[:, start : start + STRIP]
    return copy.ravel()


def spread(size: int) -> float:
    """How much larger folding makes random differences: the root of the numbers in one sum."""
    return float(np.sqrt(-(-size // BINS)))
