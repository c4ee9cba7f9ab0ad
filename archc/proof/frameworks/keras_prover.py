"""Runs a generated Keras file, each layer as a function between the tensors around it."""

import gc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from archc.proof.frameworks import keras_training
from archc.proof.frameworks.keras_precision import keep_float64
from archc.proof.frameworks.keras_training import channels_first, channels_last
from archc.proof.job import LOCAL32, LOCAL64, WHOLE32, WHOLE64, Job
from archc.proof.worker import Prover, Report
from archc.targets.keras.target import Keras
from archc.weights.keras_model import variable_of

Array = npt.NDArray[Any]


class KerasProver(Prover):
    """Keras on the backend that the environment names."""

    target = Keras.name

    def versions(self) -> dict[str, str]:
        backend = keras.backend.backend()
        found = __import__(backend)
        return {"keras": keras.__version__, backend: found.__version__}

    def prove(self, job: Job, report: Report) -> int:
        build = getattr(self.generated(job), job.function_name)
        weights = _permuted(job, job.weights)
        count = 0
        for dtype, local, whole in (
            ("float64", LOCAL64, WHOLE64),
            ("float32", LOCAL32, WHOLE32),
        ):
            if whole not in job.passes[self.target]:
                continue
            model = _built(build, job, weights, dtype)
            count = model.count_params()
            self._passes(model, job, dtype, local, whole, report)
            del model
            gc.collect()  # its layers and tensors are cycles
            gc.freeze()  # what Keras and TensorFlow keep of it would be searched ever after
        if job.gradients:
            weights = _permuted(job, job.weights_of_gradients)
            keras_training.gradients(job, _built(build, job, weights, "float64"))
            gc.collect()
        if job.recipe:
            weights = _permuted(job, job.weights_of_steps)
            keras_training.steps(job, partial(_built, build, job, weights))
        return count

    def _passes(
        self, model: Any, job: Job, dtype: str, local: str, whole: str, report: Report
    ) -> None:
        if model.inputs[0].shape[0] is not None:
            raise ValueError("the batch is fixed")
        noisy = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
        self.declares("dropouts", {layer.name: layer.rate for layer in noisy}, dict(job.dropouts))
        outputs = job.outputs[self.target]
        wanted = sum(output.statements for output in outputs)
        if len(model.layers) - 1 != wanted:
            raise ValueError(f"it has {len(model.layers) - 1} layers, not {wanted}")
        tensors = keras_training.tensors(job, model)
        every = keras.Model(model.inputs, tensors[1:])
        if type(model) is not type(every) or [*model.outputs] != [tensors[-1]]:
            raise ValueError("the output is not the last layer")
        x = channels_last(np.load(job.value(0)), dtype)
        wider = np.concatenate([x, x[:1]])  # any batch must do, not only the reference's
        # Nothing is said of training: what is active unless told otherwise must show.
        values = every(wider)
        for number, value in enumerate(values if len(job.steps) > 1 else [values], start=1):
            self.store(job, whole, number, channels_first(value)[:-1])
            report(job.steps[number - 1].name)
        job.await_values()
        for number, step in enumerate(job.steps, start=1):
            read = sorted(set(step.inputs))
            single = keras.Function([tensors[index] for index in read], tensors[number])
            feed = [channels_last(np.load(job.value(index)), dtype) for index in read]
            value = single([keras.ops.convert_to_tensor(array) for array in feed])
            self.store(job, local, number, channels_first(value))
            report(step.name)


def _built(build: Callable[[], Any], job: Job, weights: dict[str, Any], dtype: str) -> Any:
    """The generated model with its canonical weights, in one precision."""
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    # Inside the scope variables have no value yet: their first values would be thrown away.
    with keras.StatelessScope():
        model = build()
        _fill(model, job, weights)
    return model


def _permuted(job: Job, file: Path) -> dict[str, Any]:
    """The canonical weights as float32 tensors in Keras's layouts."""
    stored = load_file(file)
    found = {}
    for place in job.placements:
        value = keras.ops.convert_to_tensor(stored.pop(place.name))
        home = place.homes[Keras.name]
        value = keras.ops.reshape(value, home.shape)
        found[place.name] = keras.ops.transpose(value, home.axes)
    return found


def _fill(model: Any, job: Job, weights: dict[str, Any]) -> None:
    """Let each variable begin with its canonical weight; raises ValueError if one is left."""
    for place in job.placements:
        variable = variable_of(model, place)
        value = weights[place.name]
        if tuple(variable.shape) != tuple(value.shape):
            raise ValueError(f"{place.name} is {tuple(value.shape)}, not {tuple(variable.shape)}")
        if place.given:
            own = variable._initializer(variable.shape, dtype="float32")
            if not np.array_equal(keras.ops.convert_to_numpy(own), value):
                raise ValueError(f"{place.name} is not what the spec says")
        if variable.trainable != place.trainable:
            raise ValueError(f"{place.name} is {'not ' * place.trainable}trained")
        variable._initializer = partial(_given, value)
    if len(model.weights) != len(job.placements):
        raise ValueError(f"{len(model.weights)} variables for {len(job.placements)} weights")


def _given(value: Any, shape: tuple[int, ...], dtype: str) -> Any:
    """An initialiser that returns what is given."""
    return keras.ops.cast(value, dtype)


keep_float64()

PROVER = KerasProver
