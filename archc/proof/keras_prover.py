"""Runs a generated Keras file, each layer as a model between the tensors around it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras.src.backend.common import dtypes
from safetensors.numpy import load_file

from archc.proof.job import LOCAL32, LOCAL64, WHOLE32, WHOLE64, Job
from archc.proof.worker import Prover, Report
from archc.targets.keras import LAYOUTS

Array = npt.NDArray[Any]


class KerasProver(Prover):
    """Keras on the backend that the environment names."""

    target = "keras"

    def versions(self) -> dict[str, str]:
        backend = keras.backend.backend()
        found = __import__(backend)
        return {"keras": keras.__version__, backend: found.__version__}

    def prove(self, job: Job, report: Report) -> int:
        build = getattr(self.generated(job), job.function_name)
        stored = load_file(job.weights)
        count = 0
        for dtype, local, whole in (
            ("float64", LOCAL64, WHOLE64),
            ("float32", LOCAL32, WHOLE32),
        ):
            keras.config.set_floatx(dtype)
            keras.config.set_dtype_policy(dtype)
            with _undrawn():
                model = build()
            count = model.count_params()
            _fill(model, job, stored, dtype)
            self._passes(model, job, dtype, local, whole, report)
            del model
            keras.backend.clear_session()
        return count

    def _passes(
        self, model: Any, job: Job, dtype: str, local: str, whole: str, report: Report
    ) -> None:
        if model.inputs[0].shape[0] is not None:
            raise ValueError("the batch is fixed")
        parts = {step.name for step in job.steps}
        for layer in model.layers[1:]:
            if layer.name not in parts and layer.name.rpartition("_")[0] not in parts:
                raise ValueError(f"the layer {layer.name} belongs to no layer of the spec")
        tensors = [model.inputs[0], *(model.get_layer(step.name).output for step in job.steps)]
        every = keras.Model(model.inputs, tensors[1:])
        values = every(_channels_last(np.load(job.value(0)), dtype), training=False)
        for number, value in enumerate(values if len(job.steps) > 1 else [values], start=1):
            self.answer(job, whole, number, _channels_first(value))
            report(job.steps[number - 1].name)
        x = _channels_last(np.load(job.value(0)), dtype)
        wider = np.concatenate([x, x[:1]])  # any batch must do, not only the definition's
        output = _channels_first(model(wider, training=False))
        self.answer(job, whole, len(job.steps), output[:-1])
        job.await_values()
        for number, step in enumerate(job.steps, start=1):
            read = sorted(set(step.inputs))
            single = keras.Model([tensors[index] for index in read], tensors[number])
            feed = [_channels_last(np.load(job.value(index)), dtype) for index in read]
            value = single(feed if len(feed) > 1 else feed[0], training=False)
            self.answer(job, local, number, _channels_first(value))
            report(step.name)


@contextmanager
def _undrawn() -> Iterator[None]:
    """Fill new variables with zeros: what they would draw would be thrown away."""
    kinds = {
        kind
        for kind in vars(keras.initializers).values()
        if isinstance(kind, type) and "__call__" in vars(kind)
    }
    own = {kind: kind.__call__ for kind in kinds}
    try:
        for kind in kinds:
            kind.__call__ = lambda self, shape, dtype=None, **_: keras.ops.zeros(shape, dtype)  # type: ignore[method-assign]
        yield
    finally:
        for kind, function in own.items():
            kind.__call__ = function  # type: ignore[method-assign]


def _fill(model: Any, job: Job, stored: dict[str, Array], dtype: str) -> None:
    """Load the canonical weights; raises ValueError if a variable is left."""
    for place in job.placements:
        variable = getattr(model.get_layer(place.layer), place.variable)
        value = keras.ops.convert_to_tensor(stored[place.name])
        value = keras.ops.reshape(value, place.shape)
        value = keras.ops.transpose(value, LAYOUTS[place.layout])
        variable.assign(keras.ops.cast(value, dtype))
    if len(model.weights) != len(job.placements):
        raise ValueError(f"{len(model.weights)} variables for {len(job.placements)} weights")


def _channels_last(value: Array, dtype: str) -> Array:
    value = value.transpose(0, 2, 3, 1) if value.ndim == 4 else value
    return np.ascontiguousarray(value, dtype)


def _channels_first(value: Any) -> Array:
    array: Array = keras.ops.convert_to_numpy(value)
    return array.transpose(0, 3, 1, 2) if array.ndim == 4 else array


# Keras's rules of promotion turn float64 into float32 everywhere but on TensorFlow, and float32
# decides nothing.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"

PROVER = KerasProver
