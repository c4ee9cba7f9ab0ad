"""Keras 3's files, read without Keras: `.weights.h5`, and the one in a `.keras`."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from archc.errors import brief
from archc.targets.keras.target import Keras
from archc.weights import keras_config, limits
from archc.weights.canonical import refused, unreadable
from archc.weights.checkpoint import Checkpoint, Operation, Readers, Remarks, Tensor
from archc.weights.limits import Allowed
from archc.weights.safetensors import Array

MEMBER, CONFIG = "model.weights.h5", "config.json"
SIGNATURE = b"\x89HDF\r\n\x1a\n"
_HINT = "save it with model.save_weights(…) or model.save(…) of Keras 3"
_LEGACY = (
    "load it with keras.models.load_model(f, compile=False), and save it with model.save('m.keras')"
)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError)
_DTYPES = {2: "float16", 4: "float32", 8: "float64"}


def read_h5(path: Path, allowed: Allowed) -> Checkpoint:
    """A `.weights.h5`. Raises EnvironmentProblem if it is invalid or links to other files."""
    try:
        with path.open("rb") as file:
            if file.read(len(SIGNATURE)) != SIGNATURE:
                raise refused(path, "it is not HDF5", _HINT)
    except OSError as error:
        raise unreadable(path, error) from None
    return _read(path, str(path), ())


def read_keras(path: Path, allowed: Allowed) -> Checkpoint:
    """The weights in a `.keras`, and what its description says of the layers: as data, of which
    nothing is run."""
    try:
        with zipfile.ZipFile(path) as archive:
            raw = _member(path, archive, MEMBER, allowed)
            text = (
                b""
                if CONFIG not in archive.namelist()
                else archive.open(CONFIG).read(limits.DESCRIPTION)
            )
    except OSError as error:
        raise unreadable(path, error) from None
    except KeyError:
        raise refused(path, f"it does not contain {MEMBER}", _HINT) from None
    except MemoryError:
        raise
    except Exception as error:  # each way of packing has errors of its own
        if isinstance(error, _BROKEN) or type(error).__name__ == "LZMAError":
            said = str(error) or type(error).__name__
            problem = said if zipfile.is_zipfile(path) else "it is not a zip archive, or cut off"
            raise refused(path, problem, _HINT) from None
        raise
    if not raw.startswith(SIGNATURE):
        raise refused(path, f"its {MEMBER} is not HDF5", _HINT)
    return _read(path, io.BytesIO(raw), keras_config.operations(text))


def _member(path: Path, archive: zipfile.ZipFile, name: str, allowed: Allowed) -> bytes:
    size = archive.getinfo(name).file_size
    allowed.require(path, size)
    with archive.open(name) as member:
        raw = member.read(size + 1)
    if len(raw) != size:
        raise refused(path, f"its {MEMBER} is not HDF5", _HINT)
    return raw


def _read(path: Path, source: Any, operations: tuple[Operation, ...]) -> Checkpoint:
    import h5py

    try:
        file = h5py.File(source, "r")
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        raise refused(path, " ".join(str(error).split())[:200], _HINT) from None
    walk = _Walk(path)
    try:
        if "layer_names" in file.attrs or "model_config" in file.attrs:
            what = "a whole model" if "model_config" in file.attrs else "a file of weights"
            raise refused(path, f"it is {what} in the legacy HDF5 format of Keras", _LEGACY)
        walk.group(file, "", 0)
    except BaseException as error:
        file.close()
        if isinstance(error, (OSError, RuntimeError, ValueError, KeyError, TypeError)):
            raise refused(path, " ".join(str(error).split())[:200], _HINT) from None
        raise
    if not walk.found:
        raise refused(path, "it has no variables of layers", _HINT)
    # Keras numbers the layers of a sequential or functional model in the order in which it runs
    # them; those of another one are called after its attributes.
    found = tuple(_renumbered(path, walk.found.values(), operations))
    in_use = all(tensor.path.startswith("layers/") for tensor in found)
    remarks = Remarks(walk.permutes, in_use=in_use, described=bool(operations))
    return Checkpoint(Keras(), found, remarks, operations)


def _renumbered(
    path: Path, tensors: Iterable[Tensor], operations: Iterable[Operation]
) -> Iterator[Tensor]:
    """The tensors, those of a batch normalisation without scale or shift under the numbers that
    they have in a whole one: Keras numbers the variables that there are."""
    said = {each.module: each.fields for each in operations if each.kind == "batch_norm"}
    modules: dict[str, list[Tensor]] = {}
    for tensor in tensors:
        modules.setdefault(tensor.module, []).append(tensor)
    for module, held in modules.items():
        norm = module in said or "batch_normalization" in held[0].path
        if not norm or len(held) >= 4 or not all(tensor.leaf.isdecimal() for tensor in held):
            yield from held
            continue
        fields = said.get(module, {})
        if not fields and len(held) == 3:
            problem = "has three arrays: scale or shift is missing, and it does not say which"
            hint = "save the whole model with model.save('m.keras'), which says it"
            raise refused(path, f"{brief(module)} {problem}", hint)
        there = [bool(fields.get("scale")), bool(fields.get("bias")), True, True]
        numbers = [str(number) for number, each in enumerate(there) if each]
        for tensor in sorted(held, key=lambda tensor: int(tensor.leaf[:9])):
            leaf = numbers.pop(0) if numbers else tensor.leaf
            yield replace(tensor, leaf=leaf, name=f"{tensor.name.rpartition('/')[0]}/{leaf}")


class _Walk:
    """A walk through a file that follows no links."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: dict[str, Tensor] = {}
        self.permutes = False
        self._seen = 0

    def group(self, group: Any, place: str, depth: int) -> None:
        """Collect the arrays of a group. Raises EnvironmentProblem at a link, ValueError at too many."""
        import h5py

        for key in group:
            self._seen += 1
            if self._seen > limits.TENSORS or depth > limits.DEPTH:
                raise ValueError("it has too many groups, or nested too deeply")
            inner = f"{place}/{key}".lstrip("/")
            limits.require_name(self.path, inner)
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                raise refused(self.path, f"{brief(inner)} is a link to another place", _HINT)
            if inner in ("optimizer", "optimizer_variables") or key == "seed_generator":
                continue
            self.permutes |= key == "permute"
            value = group[key]
            if isinstance(value, h5py.Group):
                self.group(value, inner, depth + 1)
            elif isinstance(value, h5py.Dataset):
                self._array(value, place, key)

    def _array(self, value: Any, place: str, key: str) -> None:
        name = f"{place}/{key}"
        if value.is_virtual or value.external:
            raise refused(self.path, f"the data of {brief(name)} is in another file", _HINT)
        dtype = _dtype(value)
        if value.shape is None or not dtype:
            kind = value.dtype.name if value.shape is not None else "nothing at all"
            hint = "save it as float32" if value.dtype.kind == "f" else _HINT
            raise refused(self.path, f"{brief(name)} holds {kind}, not numbers", hint)
        held = prod(value.shape) * value.dtype.itemsize
        if value.chunks and prod(value.chunks) * value.dtype.itemsize > max(limits.CHUNK, 2 * held):
            problem = f"{brief(name)} of {held:,} bytes lies in a chunk that is far larger"
            raise refused(self.path, problem, _HINT)
        outer = place.removesuffix("/vars")
        given = value.parent.attrs.get("name", outer.rpartition("/")[2])
        layer = given if isinstance(given, str) else outer.rpartition("/")[2]
        limits.require_name(self.path, layer)
        name = f"{layer}/{key}"
        if name in self.found:
            name, layer = f"{outer}/{key}", outer  # nested models may have layers of the same name
        read, shape = partial(_numbers, value), tuple(value.shape)
        self.found[name] = Tensor(name, layer, key, shape, dtype, outer, read=read)


def _dtype(value: Any) -> str:
    """What an array holds, as NumPy calls it; nothing if that is no number that archc reads.

    Keras stores bfloat16 as two bytes without a meaning, and says so beside them.
    """
    kind, size = value.dtype.kind, value.dtype.itemsize
    if value.dtype.names is None and value.dtype.subdtype is None:
        if kind == "f":
            return _DTYPES.get(size, "")
        if kind in "iub":
            return f"{value.dtype.name}"
        if (kind, size) == ("V", 2) and value.attrs.get("dtype") == "bfloat16":
            return "bfloat16"
    return ""


def _numbers(value: Any) -> Array:
    array: Array = value[()]
    if array.dtype.kind == "V":
        return array.view(np.uint16)
    return array.astype(array.dtype.newbyteorder("="))


READERS: Readers = {
    **dict.fromkeys((".weights.h5", ".h5", ".hdf5"), (("h5py",), read_h5)),
    ".keras": (("h5py",), read_keras),
}
