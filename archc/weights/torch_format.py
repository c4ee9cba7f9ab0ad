"""PyTorch's files, read: state dicts as safetensors or as `.pt`."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from archc.errors import quoted
from archc.targets.torch.naming import COUNTER
from archc.targets.torch.target import Torch
from archc.weights import limits
from archc.weights.canonical import open_reader, refused, unreadable
from archc.weights.checkpoint import Checkpoint, Readers, Remarks, Tensor
from archc.weights.limits import Allowed
from archc.weights.safetensors import Array

NESTED = ("state_dict", "model_state_dict", "model")
"""Keys under which training scripts store the state dict, where there are several."""
_NAMES = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}
_SAVE = "save only model.state_dict(), or a safetensors file"
_NORMED = (".parametrizations.", ".weight_g", ".weight_v")
"""What the names of a tensor have in them that weight normalisation has taken apart."""


def read_safetensors(path: Path) -> Checkpoint:
    """A safetensors file; libraries sort tensors by name, so the order has no meaning."""
    reader = open_reader(path)
    found = []
    for name, (dtype, shape) in reader.entries.items():
        module, _, leaf = name.rpartition(".")
        read = partial(reader.__getitem__, name)
        dtype = _NAMES.get(dtype, dtype)
        found.append(Tensor(name, module, leaf, shape, dtype, module, read=read))
    return _checkpoint(found, Remarks())


def read_pt(path: Path, allowed: Allowed) -> Checkpoint:
    """A file of `torch.save`, from which only tensors are loaded.

    Raises EnvironmentProblem if it is invalid, or contains anything that would be executed.
    """
    import torch

    _bounded(path, allowed)
    try:
        held: Any = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise unreadable(path, error) from None
    except MemoryError:
        raise
    except Exception as error:  # PyTorch documents no exceptions
        problem = "it contains more than tensors" if "nsupported" in str(error) else "it is damaged"
        raise refused(path, problem, _SAVE) from None
    place, state = _state(path, held)
    found, dropped = [], []
    for position, (name, tensor) in enumerate(state.items()):
        if not isinstance(name, str):
            problem = f"a name in its state dict is {_short(name)}, not text"
            raise refused(path, problem, _SAVE)
        limits.require_name(path, name)
        if not isinstance(tensor, torch.Tensor):
            dropped.append(name)
            continue
        kind = _kind(tensor)
        if kind:
            problem = f"{quoted([name])} is {kind}"
            raise refused(path, problem, "save dense tensors, with their numbers, on the CPU")
        module, _, leaf = name.rpartition(".")
        dtype = str(tensor.dtype).removeprefix("torch.")
        read, shape = partial(_array, tensor), tuple(tensor.shape)
        found.append(Tensor(name, module, leaf, shape, dtype, module, position, read=read))
    return _checkpoint(found, Remarks(place=place, dropped=tuple(dropped)))


def _state(path: Path, held: Any) -> tuple[str, Mapping[Any, Any]]:
    """The state dict of what a file holds, and the keys that lead to it."""
    places = dict(_mappings(held, "", 0, [0]))
    if "" in places:
        return "", places[""]
    usual = [place for place in places if place.rpartition(".")[2] in NESTED]
    if len(places) == 1 or len(usual) == 1:
        place = (usual or [*places])[0]
        return place, places[place]
    if places:
        hint = f"save one of them alone: torch.save(torch.load(f){_key(next(iter(places)))}, g)"
        raise refused(path, f"it contains several state dicts: {quoted(places, 6)}", hint)
    raise refused(path, "it contains no state dict", "save model.state_dict()")


def _mappings(held: Any, place: str, depth: int, seen: list[int]) -> Iterator[tuple[str, Any]]:
    """Every mapping that has tensors of its own, by the keys that lead to it; those of an
    optimiser have numbers for names."""
    import torch

    seen[0] += 1
    if not isinstance(held, dict) or depth > limits.DEPTH or seen[0] > limits.TENSORS:
        return
    if any(isinstance(value, torch.Tensor) for value in held.values()):
        yield place, held
        return
    for key, value in held.items():
        if isinstance(key, str) and "optim" not in key.lower():
            yield from _mappings(value, f"{place}.{key}".lstrip("."), depth + 1, seen)


def _key(place: str) -> str:
    return "".join(f'["{key}"]' for key in place.split("."))


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _kind(tensor: Any) -> str:
    """What keeps a tensor's numbers from being read; nothing if they can be."""
    if tensor.is_sparse or str(tensor.layout) != "torch.strided":
        return "a sparse tensor"
    for kind in ("quantized", "meta", "nested"):
        if getattr(tensor, f"is_{kind}"):
            return f"a {kind} tensor" if kind != "meta" else "a tensor without numbers (meta)"
    return ""


def _array(tensor: Any) -> Array:
    wide = tensor.detach().float() if str(tensor.dtype) == "torch.bfloat16" else tensor.detach()
    array: Array = wide.contiguous().resolve_neg().numpy()
    return array


def _checkpoint(found: list[Tensor], remarks: Remarks) -> Checkpoint:
    kept = tuple(tensor for tensor in found if tensor.leaf != COUNTER)
    return Checkpoint(Torch(), kept, remarks)


def normed(names: Iterable[str]) -> str:
    """The first tensor that weight normalisation has taken apart; nothing if there is none."""
    return next((name for name in names if any(word in f".{name}" for word in _NORMED)), "")


def _bounded(path: Path, allowed: Allowed) -> None:
    """Raise EnvironmentProblem if the unpacked file does not fit into memory, or is no state dict."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            needed = sum(entry.file_size for entry in entries)
            names = {entry.filename.partition("/")[2] for entry in entries}
    except OSError as error:
        raise unreadable(path, error) from None
    except zipfile.BadZipFile:  # the format of PyTorch before 1.6
        needed, names = path.stat().st_size, set()
    except (NotImplementedError, ValueError, RuntimeError, EOFError) as error:
        raise refused(path, str(error), "save model.state_dict()") from None
    if "constants.pkl" in names and any(name.startswith("code/") for name in names):
        hint = "load it with torch.jit.load(f), and save its .state_dict() with torch.save"
        raise refused(path, "it is a TorchScript archive, which is a program", hint)
    allowed.require(path, needed)


READERS: Readers = {
    **dict.fromkeys((".pt", ".pth", ".th", ".bin", ".ckpt", ".tar"), (("torch",), read_pt)),
}
PLAIN = (".safetensors",)
"""What is read in this process: archc's own code checks every byte that it uses."""
