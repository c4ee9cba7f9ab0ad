"""safetensors files, written and read one tensor at a time.

The bytes depend only on names, shapes and numbers, not on the version of a library: the header is compact JSON in the tensors' own order, padded with spaces to eight bytes.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open

from archc.ops.tensor import Shape
from archc.weights import limits

Array = npt.NDArray[Any]

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "BF16": "<u2",
          "U8": "u1", "I8": "i1", "BOOL": "?", "I16": "<i2", "U16": "<u2", "U32": "<u4", "U64": "<u8"}  # fmt: skip
"""The supported dtypes, as NumPy spells them; BF16 is read as bits."""


def write(
    path: Path,
    entries: Mapping[str, tuple[str, Shape]],
    arrays: Iterable[tuple[str, Array]],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write tensors of these dtypes and shapes; `arrays` yields them in that order, one by one.

    Raises ValueError if a name or shape differs.
    """
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    end = 0
    for name, (dtype, shape) in entries.items():
        begin, end = end, end + prod(shape) * np.dtype(DTYPES[dtype]).itemsize
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("xb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for (name, (dtype, shape)), (given, array) in zip(entries.items(), arrays, strict=True):
            if (given, array.shape) != (name, shape):
                raise ValueError(f"{given} {array.shape} instead of {name} {shape}")
            file.write(np.ascontiguousarray(array, DTYPES[dtype]).data)


def save(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays as float32. Raises OSError if that fails."""
    entries: dict[str, tuple[str, Shape]] = {n: ("F32", array.shape) for n, array in arrays.items()}
    write(path, entries, arrays.items())


class Reader:
    """A safetensors file, whose tensors are read from disk when they are used.

    Raises ValueError if the file is invalid, OSError if it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > limits.HEADER:
                raise ValueError("it does not begin with a header")
            try:
                safe_open(path, framework="numpy")  # the format's own checks
            except SafetensorError:  # in words of its own, which say nothing to who saved the file
                raise ValueError("it is damaged, or cut off") from None
            try:
                header = json.loads(file.read(length))
            except RecursionError:
                raise ValueError("its header is nested too deeply") from None
        header.pop("__metadata__", None)
        if len(header) > limits.TENSORS:
            raise ValueError(f"it has more than {limits.TENSORS:,} tensors")
        for name, entry in header.items():
            if len(name) > limits.NAME or len(entry["shape"]) > limits.RANK:
                raise ValueError("a tensor has too long a name, or too many axes")
        self._path, self._start = path, 8 + length
        order = sorted(header, key=lambda name: header[name]["data_offsets"])
        self.entries: dict[str, tuple[str, Shape]] = {
            name: (header[name]["dtype"], tuple(header[name]["shape"])) for name in order
        }
        self._offsets = {name: header[name]["data_offsets"] for name in order}

    def place(self, name: str) -> tuple[int, int]:
        """Where the bytes of a tensor begin in the file, and how many there are."""
        begin, end = self._offsets[name]
        return self._start + begin, end - begin

    def __getitem__(self, name: str) -> Array:
        """A tensor as it is stored. Raises ValueError if NumPy does not have its dtype."""
        dtype, shape = self.entries[name]
        if dtype not in DTYPES:
            raise ValueError(f"{name} is {dtype}")
        if not prod(shape):
            return np.empty(shape, DTYPES[dtype])
        offset, _ = self.place(name)
        # A plain array, so that the memory map is closed with its last view.
        stored = np.memmap(self._path, DTYPES[dtype], "r", offset, shape or (1,))
        return stored.view(np.ndarray).reshape(shape)

    def items(self) -> Iterator[tuple[str, Array]]:
        """Every tensor, in the order of the file."""
        return ((name, self[name]) for name in self.entries)
