"""ONNX operators as their specification has them, where `onnx.reference` 1.23 computes others.

Its LRN loops over the batch instead of the channels, its pools mix up height and width where the
kernel or the padding is not square, and its GELU computes with constants of float32.
"""

from math import erf, pi, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx.reference.op_run import OpRun

Array = npt.NDArray[Any]


class LRN(OpRun):  # type: ignore[misc]
    """x / (bias + alpha / size * sum of squares over size channels) ** beta."""

    def _run(
        self, x: Array, alpha: float, beta: float, bias: float, size: int
    ) -> tuple[Array]:  # fmt: skip
        before, channels = (size - 1) // 2, x.shape[1]
        squares = np.pad(x * x, ((0, 0), (before, size - 1 - before), (0, 0), (0, 0)))
        energy = np.sum([squares[:, i : i + channels] for i in range(size)], axis=0)
        return (x / (bias + alpha / size * energy) ** beta,)


class Gelu(OpRun):  # type: ignore[misc]
    """x / 2 * (1 + erf(x / sqrt(2))), or its approximation by a tanh."""

    def _run(self, x: Array, approximate: str) -> tuple[Array]:
        if approximate == "tanh":
            distribution = np.tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))
        else:
            distribution = np.vectorize(erf, otypes=[x.dtype])(x / sqrt(2))
        return (x / 2 * (1 + distribution),)


class MaxPool(OpRun):  # type: ignore[misc]
    """The largest value of each window; pads are minus infinity."""

    def _run(self, x: Array, **attributes: Any) -> tuple[Array]:
        return (_windows(x, -np.inf, attributes).max(axis=(4, 5)),)


class AveragePool(OpRun):  # type: ignore[misc]
    """The mean of each window, its pads counted only if `count_include_pad`."""

    def _run(self, x: Array, **attributes: Any) -> tuple[Array]:
        total = _windows(x, 0.0, attributes).sum(axis=(4, 5))
        ones = np.ones_like(x)
        counted = 1.0 if attributes.get("count_include_pad") else 0.0
        return (total / _windows(ones, counted, attributes).sum(axis=(4, 5)),)


def _windows(x: Array, fill: float, attributes: dict[str, Any]) -> Array:
    if attributes.get("ceil_mode") or attributes.get("auto_pad") not in (None, "NOTSET"):
        raise ValueError("archc writes explicit pads")
    top, left, bottom, right = attributes.get("pads") or (0, 0, 0, 0)
    down, across = attributes.get("strides") or (1, 1)
    padded = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=fill)
    views = np.lib.stride_tricks.sliding_window_view(
        padded, attributes["kernel_shape"], axis=(2, 3)
    )
    result: Array = views[:, :, ::down, ::across]
    return result


CORRECTED = [LRN, Gelu, MaxPool, AveragePool]
