"""PyTorch's files, read: state dicts as safetensors or as `.pt`."""

import zipfile
from functools import partial
from pathlib import Path
from typing import Any

from archc.targets.torch.naming import COUNTER
from archc.targets.torch.target import Torch
from archc.weights import limits
from archc.weights.canonical import opened, refused, unreadable
from archc.weights.checkpoint import Checkpoint, Tensor
from archc.weights.safetensors import Array

NESTED = ("state_dict", "model_state_dict", "model")
"""Where training scripts put the state dict among other things."""
_NAMES = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}


def read_safetensors(path: Path) -> Checkpoint:
    """A safetensors file; libraries sort it by name, so that its order says nothing."""
    reader = opened(path)
    found = []
    for name, (dtype, shape) in reader.entries.items():
        module, _, leaf = name.rpartition(".")
        read = partial(reader.__getitem__, name)
        found.append(Tensor(name, module, leaf, shape, _NAMES.get(dtype, dtype), read, module))
    return _checkpoint(found)


def read_pt(path: Path) -> Checkpoint:
    """A file of `torch.save`, of which nothing but tensors is taken.

    Raises EnvironmentProblem if it is none, or holds anything that would have to be executed.
    """
    import torch

    _bounded(path)
    try:
        held: Any = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise unreadable(path, error) from None
    except Exception as error:  # of many kinds, none of them documented
        hint = "have whoever wrote it save model.state_dict() alone, or a safetensors file"
        problem = "it holds more than tensors" if "nsupported" in str(error) else "it is damaged"
        raise refused(path, problem, hint) from None
    for key in NESTED:
        if isinstance(held, dict) and isinstance(held.get(key), dict):
            held = held[key]
    if not isinstance(held, dict):
        raise refused(path, "it holds no state dict", "save model.state_dict()")
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
    return Checkpoint(Torch(), kept)


def _bounded(path: Path) -> None:
    """Refuse what would not fit into memory once it is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            needed = sum(entry.file_size for entry in archive.infolist())
    except OSError as error:
        raise unreadable(path, error) from None
    except zipfile.BadZipFile:  # as PyTorch before 1.6 wrote it
        needed = path.stat().st_size
    limits.require_memory(f"reading {path}", needed)
