"""A complete `.onnx`: the generated graph with its weights inside, or beside it if they are many."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import onnx


def write(
    build: Callable[[Any], Any], weights: Mapping[str, Any], path: Path, largest: int
) -> None:
    """Save the model of a generated function, checked in full as it lies on the disk."""
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
    """Leave the check of a generated function's model to whoever has it in a file: the check of one
    in memory copies all its weights, and fails above 2 GiB."""
    own = onnx.checker.check_model
    try:
        onnx.checker.check_model = lambda *_, **__: None
        yield
    finally:
        onnx.checker.check_model = own
