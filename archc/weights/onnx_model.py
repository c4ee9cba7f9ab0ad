"""Canonical weights in a model of the generated graph: live, or as a complete `.onnx`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import onnx

from archc.compiler import Compiled
from archc.language import names
from archc.weights.placement import Placement


def live(module: ModuleType, network: Compiled, weights: Mapping[str, Any] | None) -> Any:
    """The model of the generated code, with `weights` or with those that the code draws."""
    build = getattr(module, names.function_name(network.stem))
    return build(module.initial_weights() if weights is None else weights)


def save(
    build: Callable[[Any], Any],
    places: Iterable[Placement],
    weights: Mapping[str, Any],
    path: Path,
    ending: str,
    largest: int,
) -> None:
    """Save the model, checked in full as it lies on the disk; its weights beside it if they have
    more than `largest` bytes."""
    inside = sum(array.nbytes for array in weights.values()) <= largest
    with unchecked():
        model = build(weights)
    if inside:
        onnx.save(model, str(path))
    else:
        onnx.save(
            model,
            str(path),
            save_as_external_data=True,
            location=f"{path.name}.data",
            size_threshold=1024,
        )
    onnx.checker.check_model(str(path), full_check=True)


@contextmanager
def unchecked() -> Iterator[None]:
    """Disable the generated function's check of the model: in memory, it would copy all weights and
    fail above 2 GiB; the file is checked instead."""
    own = onnx.checker.check_model
    try:
        onnx.checker.check_model = lambda *_, **__: None
        yield
    finally:
        onnx.checker.check_model = own
