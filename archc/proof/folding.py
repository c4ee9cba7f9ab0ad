"""Large tensors as few numbers, such that a difference anywhere is seen."""

import numpy as np
import numpy.typing as npt

from archc.proof.draw import odd_fractions

BINS = 1 << 14
"""The most numbers that a folded tensor has."""
Floats = npt.NDArray[np.float64]


def fold(value: npt.NDArray[np.floating]) -> Floats:
    """A tensor's numbers if they are at most BINS; else each BINS-th of them, with a random sign,
    summed.

    Folding is linear, so that what holds for tensors by sums and multiples holds for what is folded.
    """
    flat: Floats = np.ascontiguousarray(value, np.float64).ravel()
    if flat.size <= BINS:
        return flat.copy()
    rows, rest = divmod(flat.size, BINS)
    signs = np.sign(odd_fractions(0, 0, (rows + 1,))).astype(np.float64)
    folded: Floats = signs[:rows] @ flat[: rows * BINS].reshape(rows, BINS)
    folded[:rest] += signs[rows] * flat[rows * BINS :]
    return folded


def spread(size: int) -> float:
    """How much larger folding makes random differences: the root of the numbers in one sum."""
    return float(np.sqrt(-(-size // BINS)))
