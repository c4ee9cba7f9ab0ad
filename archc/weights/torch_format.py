"""PyTorch's files, read: state dicts as safetensors or as `.pt`."""

import zipfile
from functools import partial
from pathlib import Path
from typing import Any

from archc.targets.torch.naming import COUNTER
from archc.targets.torch.target import Torch
from archc.weights import limits
from archc.weights.canonical import open_reader, refused, unreadable
from archc.weights.checkpoint import Checkpoint, Readers, Tensor
from archc.weights.safetensors import Array

NESTED = ("state_dict", "model_state_dict", "model")
"""Keys under which training scripts store the state dict."""
_NAMES = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}


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
    return Checkpoint(Torch(), kept)


def _bounded(path: Path) -> None:
    """Raise EnvironmentProblem if the unpacked file does not fit into memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            needed = sum(entry.file_size for entry in archive.infolist())
    except OSError as error:
        raise unreadable(path, error) from None
    except zipfile.BadZipFile:  # the format of PyTorch before 1.6
        needed = path.stat().st_size
    except (NotImplementedError, ValueError) as error:
        raise refused(path, str(error), "save model.state_dict()") from None
    limits.require_memory(f"reading {path}", needed)


READERS: Readers = {
    ".safetensors": ((), read_safetensors),
    **dict.fromkeys((".pt", ".pth", ".bin", ".ckpt"), (("torch",), read_pt)),
}
