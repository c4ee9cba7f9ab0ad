"""Keras in float64 on every backend."""

from keras.src.backend.common import dtypes


def keep_float64() -> None:
    """Keras's rules of promotion turn float64 into float32 everywhere but on TensorFlow, and float32
    decides nothing."""
    dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
