"""C3 of the 1998 LeNet-5: three ways to run a convolution with a table of connections.

Scattered: the 60 stored kernels are written into a dense kernel, as the generated code does it.
Masked: a dense kernel of all 96 pairs, multiplied by the table. Gathered: each filter convolves the
maps that it reads, by itself. Forward, and forward with backward, batches of 1 and 32, PyTorch eager
and Keras on TensorFlow compiled. Ratios are medians over rounds in which each runs once; scattered
is held to at most 1.25 times masked: what writing the kernel costs a layer of 0.1 milliseconds.

    python bench/connections.py
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}

import keras
import numpy as np
import tensorflow as tf
import torch
from fresh import ROOT
from torch.nn import functional as F

sys.path.append(str(ROOT / "generated"))

import lenet5_1998_keras as in_keras
import lenet5_1998_torch as in_torch

MOST = 1.25
ROUNDS = {1: 300, 32: 120}  # by batch
TABLE = np.array([[mark == "X" for mark in row] for row in in_torch.C3_CONNECTIONS.split()]).T
READ = [np.flatnonzero(row) for row in TABLE]  # the maps of each filter


class MaskedTorch(torch.nn.Module):
    """The dense kernel times the table."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.rand(16, 6, 5, 5) - 0.5)
        self.bias = torch.nn.Parameter(torch.rand(16))
        self.register_buffer("mask", torch.from_numpy(TABLE.astype(np.float32))[:, :, None, None])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.conv2d(x, self.weight * self.mask, self.bias)


class GatheredTorch(torch.nn.Module):
    """Each filter on the maps that it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = torch.nn.ModuleList(torch.nn.Conv2d(len(maps), 1, 5) for maps in READ)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pairs = zip(READ, self.parts, strict=True)
        return torch.cat([part(x[:, maps]) for maps, part in pairs], dim=1)


class MaskedKeras(keras.layers.Layer):
    """The dense kernel times the table."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.kernel = self.add_weight((5, 5, 6, 16), name="kernel")
        self.bias = self.add_weight((16,), initializer="zeros", name="bias")
        self.mask = TABLE.T[None, None].astype(np.float32)

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return keras.ops.conv(x, self.kernel * self.mask) + self.bias


class GatheredKeras(keras.layers.Layer):
    """Each filter on the maps that it reads."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.parts = [keras.layers.Conv2D(1, 5) for _ in READ]
        for maps, part in zip(READ, self.parts, strict=True):
            part.build((None, 14, 14, len(maps)))

    def call(self, x: tf.Tensor) -> tf.Tensor:
        pairs = zip(READ, self.parts, strict=True)
        return keras.ops.concatenate(
            [part(keras.ops.take(x, maps, axis=3)) for maps, part in pairs], axis=3
        )


Cases = Iterator[tuple[str, dict[str, Callable[[], Any]]]]


def torch_cases(batch: int) -> Cases:
    """PyTorch, eager."""
    scattered = in_torch.ConnectedConv2d(in_torch.C3_CONNECTIONS, kernel_size=(5, 5))
    masked, gathered = MaskedTorch(), GatheredTorch()
    with torch.no_grad():
        scattered.weight.copy_(masked.weight.flatten(0, 1)[scattered.places])
        scattered.bias.copy_(masked.bias)
        for number, (maps, part) in enumerate(zip(READ, gathered.parts, strict=True)):
            part.weight.copy_(masked.weight[number : number + 1, maps])
            part.bias.copy_(masked.bias[number : number + 1])
    ways = {"scattered": scattered, "masked": masked, "gathered": gathered}
    x = torch.randn(batch, 6, 14, 14, requires_grad=True)
    outputs = [way(x).detach() for way in ways.values()]
    assert all(torch.allclose(output, outputs[0], atol=1e-5) for output in outputs)

    def forward(way: torch.nn.Module) -> None:
        with torch.inference_mode():
            way(x)

    def backward(way: torch.nn.Module) -> None:
        way(x).square().sum().backward()

    for title, step in (("forward", forward), ("forward and backward", backward)):
        yield title, {name: partial(step, way) for name, way in ways.items()}


def keras_cases(batch: int) -> Cases:
    """Keras on TensorFlow, compiled."""
    scattered = in_keras.ConnectedConv2D(in_keras.C3_CONNECTIONS, (5, 5))
    masked, gathered = MaskedKeras(), GatheredKeras()
    ways = {"scattered": scattered, "masked": masked, "gathered": gathered}
    x = tf.random.normal((batch, 14, 14, 6))
    for way in ways.values():
        way(x)
    kernel = keras.ops.convert_to_numpy(masked.kernel)
    filters, maps = np.nonzero(TABLE)
    scattered.kernel.assign(kernel[:, :, maps, filters].transpose(2, 0, 1))
    for number, (read, part) in enumerate(zip(READ, gathered.parts, strict=True)):
        part.kernel.assign(kernel[:, :, read, number : number + 1])
    outputs = [way(x) for way in ways.values()]
    assert all(np.allclose(output, outputs[0], atol=1e-5) for output in outputs)

    def backward(way: keras.layers.Layer, x: tf.Tensor) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(tf.square(way(x)))
        return tape.gradient(loss, [x, *way.trainable_variables])

    for title, runs in (
        ("forward", {name: tf.function(way) for name, way in ways.items()}),
        ("forward and backward", {n: tf.function(partial(backward, w)) for n, w in ways.items()}),
    ):
        yield title, {name: partial(run, x) for name, run in runs.items()}


def ratios(runs: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Median times relative to scattered."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 5):
        for name in list(runs)[:: -1 if number % 2 else 1]:
            began = time.perf_counter()
            runs[name]()
            taken[name].append(time.perf_counter() - began)
    return {
        name: statistics.median(
            own / other for own, other in zip(times[5:], taken["scattered"][5:], strict=True)
        )
        for name, times in taken.items()
    }


def main() -> int:
    """Print the ratios; 1 if the bound is broken."""
    broken = False
    print(f"{'relative to scattered':<48}{'masked':>10}{'gathered':>10}")
    for framework, cases in (("torch", torch_cases), ("keras on tensorflow", keras_cases)):
        for batch, rounds in ROUNDS.items():
            for title, runs in cases(batch):
                found = ratios(runs, rounds)
                bad = found["masked"] * MOST < 1
                broken |= bad
                mark = f"  BROKEN: scattered takes more than {MOST} times masked" if bad else ""
                case = f"{framework}, {title}, batch {batch}"
                print(f"{case:<48}{found['masked']:>10.2f}{found['gathered']:>10.1f}{mark}")
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
