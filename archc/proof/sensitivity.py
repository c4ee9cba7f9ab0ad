"""How far a network carries the errors that its layers may make.

A sigmoid far below zero returns the absolute error of its input as a relative one: there, targets of
which every layer is within its limit differ by more than the sum of these limits.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from sys import float_info
from typing import Any

import numpy as np
import numpy.typing as npt

from archc.network.graph import INPUT, Graph
from archc.proof import reference, sampling
from archc.proof.compare import Array, U
from archc.proof.job import WHOLE32, WHOLE64
from archc.proof.layer_errors import EXACT, MOST, STORED32, UNITS, Errors


def amplified_errors(
    graph: Graph,
    weights: Mapping[str, npt.NDArray[Any]],
    x: Array,
    phase: str,
    stored32: Collection[str],
) -> dict[str, float]:
    """By layer, the largest change over the largest value for inputs `x`, if every layer errs by all
    that it may.

    The larger of two tries: all errors upwards, and errors of random signs. Twice that, for the
    signs of a target's errors are neither.
    """
    right, upwards, mixed = {INPUT: x}, {INPUT: x}, {INPUT: x}
    found = {}
    with np.errstate(over="ignore", invalid="ignore"):  # a wrong value may leave the range
        for stream, node in enumerate(graph.nodes):
            own = reference.weights_of(node, weights, np.float64)
            y, up, mix = (
                reference.layer(node, tuple(values[name] for name in node.inputs), own)
                for values in (right, upwards, mixed)
            )
            inputs = tuple(right[name] for name in node.inputs)
            terms = reference.magnitude(node, inputs, own)
            if phase == WHOLE64:
                error = np.full_like(y, EXACT * np.abs(y).max())
                if node.name in stored32:
                    error = STORED32 * np.maximum(np.abs(y).max(), terms)
            else:
                error = UNITS * U * terms
            up = up + error
            mix = mix + error * np.sign(sampling.odd_fractions(1, stream, y.shape))
            largest = float(np.abs(y).max()) or 1.0
            found[node.name] = 2 * max(_most(up - y), _most(mix - y)) / largest
            right[node.name], upwards[node.name], mixed[node.name] = y, up, mix
    return found


def widen(
    phase: str, errors: Errors, amplified: Mapping[str, float]
) -> tuple[Errors, tuple[str, ...]]:
    """An accumulated comparison with limits as wide as the network amplifies errors, and the layers
    below float32's resolution.

    Rounding may leave nothing of these. No target is at fault then, and none proven.
    """
    limits = {name: max(limit, min(amplified[name], MOST)) for name, limit in errors.limits.items()}
    beyond = replace(errors, limits=limits).failed
    unresolved = tuple(n for n in beyond if phase == WHOLE32 and errors.layers[n] <= amplified[n])
    limits |= {name: min(amplified[name], float_info.max) for name in unresolved}
    return replace(errors, limits=limits), unresolved


def _most(difference: Array) -> float:
    largest = float(np.abs(difference).max())
    return largest if np.isfinite(largest) else float("inf")
