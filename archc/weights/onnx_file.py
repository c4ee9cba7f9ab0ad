"""A complete `.onnx`: the generated graph with its weights, in a data file if they are large."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import onnx


def write(
    build: Callable[[Any], Any], weights: Mapping[str, Any], path: Path, largest: int
) -> None:
    """Save the model of a generated function, and check the file in full."""
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
