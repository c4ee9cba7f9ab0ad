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
from archc.proof.layer_errors import DRIFT, EXACT
from archc.proof.original.result import SamplesProof
from archc.weights import limits
from archc.weights.initial import Floats
from archc.weights.reading import regular_size

NAMES = ("inputs", "outputs")
CHUNK = 2
"""Samples that are computed at once."""
Array = npt.NDArray[Any]


def read(graph: Graph, path: Path) -> tuple[Array, Array]:
    """The inputs, (N, C, H, W), and outputs, (N, …), in an `.npz`. Raises EnvironmentProblem (E611)
    if they are not a network's."""
    regular_size(path)
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
    worst, first = 0.0, None
    for start in range(0, len(inputs), CHUNK):
        chunk = inputs[start : start + CHUNK].astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            *_, (_, _, y) = reference.walk(graph, chunk, compute)
            wanted = outputs[start : start + CHUNK].astype(np.float64)
            scale = np.abs(wanted).reshape(len(wanted), prod(graph.output.shape)).max(axis=1)
            off = np.abs(y - wanted).reshape(len(wanted), -1).max(axis=1) / np.where(
                scale, scale, 1
            )
        for number, error in enumerate(map(float, off), start=start):
            if not error <= limit and first is None:
                first = number
            worst = error if not error <= worst else worst
    return SamplesProof(source.name, len(inputs), worst, limit, first)
