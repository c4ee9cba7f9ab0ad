"""Runs somebody's Keras model, and records the result of each of its layers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from archc.proof.frameworks.keras_precision import keep_float64
from archc.proof.frameworks.keras_training import channels_first, channels_last
from archc.proof.original.trace import Recorder, Trace
from archc.targets.keras.target import Keras

Array = npt.NDArray[Any]


def trace(model: Any, folder: Path, inputs: Path, shape: tuple[int, ...]) -> Trace:
    """Run a model, or the one in a `.keras`, at inference, in float64 if it can."""
    if isinstance(model, Path):
        model = keras.saving.load_model(model, compile=False, safe_mode=True)
    wide = _wide(model)
    model = model if wide is None else wide
    dtype = "float32" if wide is None else "float64"
    batches = _fitting(model, np.load(inputs), shape)
    recorder = Recorder(folder)
    output = 0
    for batch in batches:
        output = _run(model, channels_last(batch, dtype), recorder)
    recorder.keep(
        {
            f"{path}/{number}": (path, str(number), partial(keras.ops.convert_to_numpy, value))
            for path, layer in _layers(model)
            for number, value in enumerate(layer.weights)
            if "seed" not in value.name
        }
    )
    backend = keras.backend.backend()
    return Trace(
        target=Keras.name,
        versions={"keras": keras.__version__, backend: __import__(backend).__version__},
        calls=tuple(recorder.calls),
        output=output,
        weights=tuple(recorder.weights),
        single=wide is None,
        channels_last=not any(isinstance(own, keras.layers.Permute) for _, own in _layers(model)),
    )


def _wide(model: Any) -> Any:
    """The same model in float64; None if its layers cannot be made anew from their configuration."""
    keep_float64()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        made = type(model).from_config(_double(model.get_config()))
        if not made.built:
            made.build(model.input_shape)
        made.set_weights(model.get_weights())
    except Exception:  # whatever a class of the user's own makes of it
        return None
    return made


def _double(config: Any) -> Any:
    """A configuration with float64 for float32."""
    if isinstance(config, dict):
        return {key: _double(value) for key, value in config.items()}
    if isinstance(config, (list, tuple)):
        return type(config)(_double(value) for value in config)
    return "float64" if config == "float32" else config


def _fitting(model: Any, x: Array, shape: tuple[int, ...]) -> list[Array]:
    """The inputs in batches as large as the model takes. Raises ValueError if it takes others."""
    known = getattr(model, "inputs", None) or []
    if len(known) > 1:
        raise ValueError(f"it takes {len(known)} inputs; archc's networks have one")
    if not known:
        return [x]
    count, *rest = known[0].shape
    own = (*shape[1:], shape[0])
    if len(rest) != 3 or any(n not in (None, m) for n, m in zip(rest, own, strict=True)):
        raise ValueError(f"it takes inputs of {tuple(rest)}, and the spec has {own}, channels last")
    return [x] if count is None else [x[k : k + count] for k in range(0, len(x), count)]


def _run(model: Any, x: Array, recorder: Recorder) -> int:
    begun = keras.ops.convert_to_tensor(x)
    recorder.begin(begun, channels_first(begun))
    with _recording(model, recorder):
        result = model(begun, training=False)
    while isinstance(result, (list, tuple, dict)):
        result = next(iter(result.values() if isinstance(result, dict) else result))
    number = recorder.number(result)
    return recorder.value(result, channels_first(result)) if number is None else number


@contextmanager
def _recording(model: Any, recorder: Recorder) -> Iterator[None]:
    """Record each call of a layer that has none inside."""
    own: Callable[..., Any] = keras.layers.Layer.__call__
    paths = {id(layer): path for path, layer in _layers(model)}

    def call(self: Any, *arguments: Any, **options: Any) -> Any:
        result = own(self, *arguments, **options)
        read = [*_tensors(arguments)]
        known = any(recorder.number(tensor) is not None for tensor in read)
        path = paths.get(id(self))
        if path and known and recorder.number(result) is None and hasattr(result, "shape"):
            weights = [f"{path}/{number}" for number in range(len(self.weights))]
            kind, array = type(self).__name__, channels_first(result)
            recorder.step(path, kind, read, weights, result, array)
        return result

    keras.layers.Layer.__call__ = call
    try:
        yield
    finally:
        keras.layers.Layer.__call__ = own


def _tensors(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from _tensors(value)
        else:
            yield value


def _layers(model: Any, outer: str = "") -> Iterator[tuple[str, Any]]:
    """(path, layer) of each layer that has none inside, once."""
    inner = [layer for layer in model._flatten_layers(recursive=False) if layer is not model]
    seen: set[int] = set()
    for layer in inner:
        if id(layer) not in seen:
            seen.add(id(layer))
            yield from _layers(layer, f"{outer}{layer.name}/")
    if not inner:
        yield outer.rstrip("/"), model
