"""Keras 3's files, read without Keras: `.weights.h5`, and the one in a `.keras`."""

import io
import zipfile
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from archc.targets.keras.target import Keras
from archc.weights import limits
from archc.weights.canonical import refused, unreadable
from archc.weights.checkpoint import Checkpoint, Readers, Tensor
from archc.weights.safetensors import Array

MEMBER = "model.weights.h5"
SIGNATURE = b"\x89HDF\r\n\x1a\n"
DEEPEST = 32
MOST = 100_000
"""A file with more groups and arrays is rejected as hostile."""
_HINT = "save it with model.save_weights(…) or model.save(…) of Keras 3"


def read_h5(path: Path) -> Checkpoint:
    """A `.weights.h5`. Raises EnvironmentProblem if it is invalid or links to other files."""
    try:
        with path.open("rb") as file:
            if file.read(len(SIGNATURE)) != SIGNATURE:
                raise refused(path, "it is not HDF5", _HINT)
    except OSError as error:
        raise unreadable(path, error) from None
    return _read(path, str(path))


def read_keras(path: Path) -> Checkpoint:
    """The weights in a `.keras`; the description of the model beside them is not read."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = archive.getinfo(MEMBER).file_size
            limits.require_memory(f"reading {path}", size)
            with archive.open(MEMBER) as member:
                raw = member.read(size + 1)
    except OSError as error:
        raise unreadable(path, error) from None
    except KeyError:
        raise refused(path, f"it does not contain {MEMBER}", _HINT) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as error:
        raise refused(path, str(error), _HINT) from None
    if len(raw) != size or not raw.startswith(SIGNATURE):
        raise refused(path, f"its {MEMBER} is not HDF5", _HINT)
    return _read(path, io.BytesIO(raw))


def _read(path: Path, source: Any) -> Checkpoint:
    import h5py

    walk = _Walk(path)
    try:
        file = h5py.File(source, "r")
        try:
            walk.group(file, "", 0)
        except BaseException:
            file.close()
            raise
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        raise refused(path, " ".join(str(error).split()), _HINT) from None
    if not walk.found:
        raise refused(path, "it has no variables of layers", _HINT)
    return Checkpoint(Keras(), tuple(walk.found), channels_first=walk.permutes)


class _Walk:
    """A walk through a file that follows no links."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: list[Tensor] = []
        self.permutes = False
        self._seen = 0

    def group(self, group: Any, place: str, depth: int) -> None:
        """Collect the arrays of a group. Raises EnvironmentProblem at a link, ValueError at too many."""
        import h5py

        for key in group:
            self._seen += 1
            if self._seen > MOST or depth > DEEPEST:
                raise ValueError("it has too many groups, or nested too deeply")
            inner = f"{place}/{key}".lstrip("/")
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                raise refused(self.path, f"{inner} is a link to another place", _HINT)
            if inner in ("optimizer", "optimizer_variables") or key == "seed_generator":
                continue
            self.permutes |= key == "permute"
            value = group[key]
            if isinstance(value, h5py.Group):
                self.group(value, inner, depth + 1)
            elif isinstance(value, h5py.Dataset):
                self._array(value, place, key)

    def _array(self, value: Any, place: str, key: str) -> None:
        if value.is_virtual or value.external:
            raise refused(self.path, f"the data of {place}/{key} is in another file", _HINT)
        outer = place.removesuffix("/vars")
        given = value.parent.attrs.get("name", outer.rpartition("/")[2])
        layer = given if isinstance(given, str) else outer.rpartition("/")[2]
        read = partial(_numbers, value)
        dtype = "bfloat16" if value.dtype.kind == "V" else str(value.dtype)
        name = f"{layer}/{key}"
        if any(tensor.name == name for tensor in self.found):
            name, layer = f"{outer}/{key}", outer  # nested models may have layers of the same name
        self.found.append(Tensor(name, layer, key, tuple(value.shape), dtype, read, outer))


def _numbers(value: Any) -> Array:
    array: Array = value[()]
    return array.view(np.uint16) if array.dtype.kind == "V" else array


READERS: Readers = {".weights.h5": (("h5py",), read_h5), ".keras": (("h5py",), read_keras)}
