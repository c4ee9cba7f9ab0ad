"""AlexNet (NIPS 2012) in Keras by hand: what bench/generated.py holds the generated file against.

`grouped` chooses how the two towers of conv2, conv4 and conv5 are written: as two convolutions side
by side (the faster on TensorFlow's CPU), or with Keras's `groups=`.
"""

from functools import cache

import keras
import numpy as np
from keras import KerasTensor, layers, ops


class LocalResponseNorm(layers.Layer):
    """Over five channels with k 2, alpha 1e-4, beta 0.75; the sums are products with a band matrix."""

    def build(self, shape: tuple[int | None, ...]) -> None:
        self.band = _band(shape[-1])

    def call(self, x: KerasTensor) -> KerasTensor:
        energy = ops.matmul(ops.square(x), ops.convert_to_tensor(self.band, x.dtype))
        return x * ops.power(2.0 + energy, -0.75)


@cache
def _band(channels: int) -> np.ndarray:
    """alpha where two channels are neighbours."""
    channel = np.arange(channels)
    return 1e-4 * (abs(channel[:, None] - channel[None, :]) <= 2)


def towers(x: KerasTensor, filters: int, kernel: int, grouped: bool, name: str) -> KerasTensor:
    """A convolution in two groups."""
    if grouped:
        return layers.Conv2D(
            filters, kernel, padding="same", groups=2, activation="relu", name=name
        )(x)
    halves = [
        layers.Conv2D(
            filters // 2, kernel, padding="same", activation="relu", name=f"{name}_{side}"
        )(half)
        for side, half in zip("ab", ops.split(x, 2, axis=-1), strict=True)
    ]
    return layers.Concatenate(name=name)(halves)


def alexnet(grouped: bool = False) -> keras.Model:
    """(N, 227, 227, 3) -> (N, 1000)."""
    inputs = keras.Input((227, 227, 3))
    x = layers.Conv2D(96, 11, strides=4, activation="relu", name="conv1")(inputs)
    x = LocalResponseNorm(name="norm1")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)
    x = towers(x, 256, 5, grouped, "conv2")
    x = LocalResponseNorm(name="norm2")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool2")(x)
    x = layers.Conv2D(384, 3, padding="same", activation="relu", name="conv3")(x)
    x = towers(x, 384, 3, grouped, "conv4")
    x = towers(x, 256, 3, grouped, "conv5")
    x = layers.MaxPooling2D(3, strides=2, name="pool5")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(4096, activation="relu", name="fc6")(x)
    x = layers.Dropout(0.5, name="drop6")(x)
    x = layers.Dense(4096, activation="relu", name="fc7")(x)
    x = layers.Dropout(0.5, name="drop7")(x)
    return keras.Model(inputs, layers.Dense(1000, name="fc8")(x))
