"""PyTorch's files: state dicts as safetensors or as `.pt`."""

import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from archc.network.graph import Graph
from archc.ops.tensor import Shape
from archc.targets.torch.target import state_name
from archc.weights import limits, safetensors
from archc.weights.canonical import open_reader, refused, unreadable, weights_of
from archc.weights.checkpoint import Checkpoint, Tensor
from archc.weights.initial import Floats
from archc.weights.safetensors import Array

COUNTER = "num_batches_tracked"
"""A counter of PyTorch's batch normalisation, which is not used with a momentum."""
NESTED = ("state_dict", "model_state_dict", "model")
"""Keys under which training scripts store the state dict."""
_NAMES = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}


def state(graph: Graph, weights: Mapping[str, Floats]) -> Iterator[tuple[str, Array]]:
    """The state dict of the generated module: PyTorch's names, the counters first."""
    for node in graph.nodes:
        if node.op.type == "batch_norm":
            yield f"{node.name}.{COUNTER}", np.zeros((), np.int64)
    for name, (node, weight) in weights_of(graph).items():
        yield state_name(node, weight), weights[name]


def write_safetensors(graph: Graph, weights: Mapping[str, Floats], path: Path) -> None:
    """Write a state dict in the form that safetensors.torch writes."""
    entries: dict[str, tuple[str, Shape]] = {}
    for name, array in state(graph, weights):
        entries[name] = ("I64" if array.dtype == np.int64 else "F32", array.shape)
    safetensors.write(path, entries, state(graph, weights), {"format": "pt"})


def write_pt(graph: Graph, weights: Mapping[str, Floats], path: Path) -> None:
    """Write a state dict with `torch.save`."""
    import torch

    torch.save({name: torch.tensor(array) for name, array in state(graph, weights)}, path)


def read_safetensors(path: Path) -> Checkpoint:
    """A safetensors file; libraries sort tensors by name, so the order has no meaning."""
    reader = open_reader(path)
    found = []
    for name, (dtype, shape) in reader.entries.items():
        module, _, leaf = name.rpartition(".")
        read = partial(reader.__getitem__, name)
        found.append(Tensor(name, module, leaf, shape, _NAMES.get(dtype, dtype), read, module))
    return _checkpoint(found)


def read_pt(path: Path) -> Checkpoint:
    """A file of `torch.save`, from which only tensors are loaded.

    Raises EnvironmentProblem if it is invalid, or contains anything that would be executed.
    """
    import torch

    _bounded(path)
    try:
        held: Any = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise unreadable(path, error) from None
    except Exception as error:  # PyTorch documents no exceptions
        hint = "save only model.state_dict(), or a safetensors file"
        problem = "it contains more than tensors" if "nsupported" in str(error) else "it is damaged"
        raise refused(path, problem, hint) from None
    for key in NESTED:
        if isinstance(held, dict) and isinstance(held.get(key), dict):
            held = held[key]
    if not isinstance(held, dict):
        raise refused(path, "it contains no state dict", "save model.state_dict()")
    found = []
    for position, (name, tensor) in enumerate(held.items()):
        if isinstance(name, str) and isinstance(tensor, torch.Tensor) and not tensor.is_sparse:
            module, _, leaf = name.rpartition(".")
            dtype = str(tensor.dtype).removeprefix("torch.")
            read = partial(_array, tensor)
            found.append(
                Tensor(name, module, leaf, tuple(tensor.shape), dtype, read, module, position)
            )
    return _checkpoint(found)


def _array(tensor: Any) -> Array:
    wide = tensor.detach().float() if str(tensor.dtype) == "torch.bfloat16" else tensor.detach()
    array: Array = wide.contiguous().numpy()
    return array


def _checkpoint(found: list[Tensor]) -> Checkpoint:
    kept = tuple(tensor for tensor in found if tensor.leaf != COUNTER)
    return Checkpoint("torch", kept)


def _bounded(path: Path) -> None:
    """Raise EnvironmentProblem if the unpacked file does not fit into memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            needed = sum(entry.file_size for entry in archive.infolist())
    except OSError as error:
        raise unreadable(path, error) from None
    except zipfile.BadZipFile:  # the format of PyTorch before 1.6
        needed = path.stat().st_size
    limits.require_memory(f"reading {path}", needed)
