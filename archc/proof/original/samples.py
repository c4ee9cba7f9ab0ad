"""Inputs of the user's own, and the outputs that are expected of them."""

import zipfile
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from archc.errors import EnvironmentProblem, diagnostic
from archc.network.graph import Graph
from archc.ops.tensor import show
from archc.proof import reference
from archc.proof.layer_errors import DRIFT, EXACT, largest, within
from archc.proof.original.result import SamplesProof
from archc.weights import limits
from archc.weights.canonical import unreadable
from archc.weights.initial import Floats

NAMES = ("inputs", "outputs")
CHUNK = 2
"""Samples that are computed at once."""
Array = npt.NDArray[Any]


def read(graph: Graph, path: Path) -> tuple[Array, Array]:
    """The inputs, (N, C, H, W), and outputs, (N, …), in an `.npz`. Raises EnvironmentProblem (E611)
    if they are not a network's."""
    if path.exists() and not path.is_file():
        raise _refused(path, "it is not a file")
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        with zipfile.ZipFile(path) as archive:
            needed = sum(entry.file_size for entry in archive.infolist())
        limits.require_memory(f"reading {path}", needed)
        with np.load(path, allow_pickle=False) as file:
            missing = [name for name in NAMES if name not in file]
            if missing:
                held = ", ".join(file) or "nothing"
                raise _refused(path, f"it has no array '{missing[0]}', but {held}")
            inputs, outputs = (np.asarray(file[name]) for name in NAMES)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, NotImplementedError, KeyError):
        raise _refused(path, "it is not an .npz of arrays") from None
    for name, array, shape in (
        ("inputs", inputs, graph.input),
        ("outputs", outputs, graph.output.shape),
    ):
        if array.dtype.kind != "f":
            raise _refused(path, f"its {name} are {array.dtype}, not float32 or float64")
        if array.ndim < 1 or array.shape[1:] != shape:
            last = (*shape[1:], shape[0])
            turn = ", channels first" if array.shape[1:] == last and len(shape) == 3 else ""
            raise _refused(
                path,
                f"each of its {name} is {show(array.shape[1:]) or 'a number'}, not {show(shape)}{turn}",
            )
        if not np.isfinite(array).all():
            raise _refused(path, f"its {name} are not all finite numbers")
    if len(inputs) != len(outputs) or not len(inputs):
        raise _refused(path, f"it has {len(inputs)} inputs and {len(outputs)} outputs")
    return inputs, outputs


def _refused(path: Path, problem: str) -> EnvironmentProblem:
    return EnvironmentProblem([diagnostic("E611", path=path, problem=problem)])


def judge(
    graph: Graph, weights: Mapping[str, Floats], source: Path, inputs: Array, outputs: Array
) -> SamplesProof:
    """The reference implementation's outputs against those expected, to the limit of the precision
    in which these are stored."""

    def compute(node: Any, values: tuple[Array, ...]) -> Array:
        return reference.layer(node, values, reference.weights_of(node, weights, np.float64))

    limit = EXACT if inputs.dtype == outputs.dtype == np.float64 else DRIFT
    errors: list[float] = []
    for start in range(0, len(inputs), CHUNK):
        chunk = inputs[start : start + CHUNK].astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            *_, (_, _, y) = reference.walk(graph, chunk, compute)
            wanted = outputs[start : start + CHUNK].astype(np.float64)
            scale = np.abs(wanted).reshape(len(wanted), prod(graph.output.shape)).max(axis=1)
            off = np.abs(y - wanted).reshape(len(wanted), -1).max(axis=1) / np.where(
                scale, scale, 1
            )
        errors += map(float, off)
    first = next((n for n, error in enumerate(errors) if not within(error, limit)), None)
    return SamplesProof(source.name, len(inputs), largest(errors), limit, first)
