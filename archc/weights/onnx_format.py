"""ONNX files: the initialisers of a graph, named by the nodes that use them."""

from collections.abc import Iterator
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from archc.ops.tensor import Shape
from archc.targets.onnx.target import Onnx
from archc.weights import limits
from archc.weights.canonical import refused, unreadable
from archc.weights.checkpoint import Checkpoint, Readers, Tensor
from archc.weights.safetensors import Array

# Operation → roles of its inputs, from the second on.
_ROLES = {
    "Conv": ("weight", "bias"),
    "Gemm": ("weight", "bias"),
    "MatMul": ("weight",),
    "BatchNormalization": ("scale", "bias", "mean", "variance"),
}
_HINT = "save it with onnx.save"
_DTYPES = {"FLOAT": "<f4", "DOUBLE": "<f8", "FLOAT16": "<f2", "BFLOAT16": "<u2"}


def read_onnx(path: Path) -> Checkpoint:
    """The initialisers of a model. Raises EnvironmentProblem if it is invalid, or has data outside
    its folder."""
    import onnx
    from google.protobuf.message import DecodeError

    try:
        limits.require_memory(f"reading {path}", 2 * path.stat().st_size)
        model = onnx.load(str(path), load_external_data=False)
    except OSError as error:
        raise unreadable(path, error) from None
    except (DecodeError, ValueError, RuntimeError) as error:
        raise refused(path, f"it is not ONNX ({error})", _HINT) from None
    if not model.graph.node:
        raise refused(path, "it is not ONNX", _HINT)
    users = dict(reversed([*_users(model.graph)]))
    found = []
    for stored in model.graph.initializer:
        module, leaf, position, turned = users.get(stored.name, ("", "", None, False))
        kind = onnx.TensorProto.DataType.Name(stored.data_type)
        shape = tuple(stored.dims)
        read = partial(_read, path, stored, kind)
        if turned and len(shape) == 2:
            shape, read = shape[::-1], partial(_turned, read)
        dtype = {"FLOAT": "float32", "DOUBLE": "float64"}.get(kind, kind.lower())
        found.append(Tensor(stored.name, module, leaf, shape, dtype, read, module, position))
        if stored.data_location == onnx.TensorProto.EXTERNAL:
            _outside(path, stored)
    # A converter that adds transposes may have flattened channels last.
    straight = all(node.op_type != "Transpose" for node in model.graph.node)
    return Checkpoint(Onnx(), tuple(found), channels_first=straight, constants=True)


def _users(graph: Any) -> Iterator[tuple[str, tuple[str, str, int, bool]]]:
    """Initialiser → (module, role, position, whether it must be transposed).

    A module is a node, named after its first weight; the bias of a MatMul is that of the Add that
    takes its output.
    """
    names = {stored.name for stored in graph.initializer}
    products: dict[str, tuple[str, int]] = {}
    for position, node in enumerate(graph.node):
        if node.op_type == "Add" and any(name in products for name in node.input):
            module, place = next(products[name] for name in node.input if name in products)
            for name in node.input:
                if name in names:
                    yield name, (module, "bias", place, False)
        roles = _ROLES.get(node.op_type, ())
        turned = node.op_type == "MatMul" or (
            node.op_type == "Gemm" and not any(a.name == "transB" and a.i for a in node.attribute)
        )
        weights = [name for name in node.input[1:] if name in names]
        if not weights:
            continue
        module = weights[0].rpartition(".")[0] or node.name or weights[0]
        for role, name in zip(roles, node.input[1:], strict=False):
            if name in names:
                yield name, (module, role, position, turned and role == "weight")
        if node.op_type == "MatMul":
            products[node.output[0]] = (module, position)


def _turned(read: Any) -> Array:
    array: Array = read().T
    return array


def _read(path: Path, stored: Any, kind: str) -> Array:
    """An initialiser's numbers; bfloat16 as bits."""
    from onnx import TensorProto, numpy_helper

    shape: Shape = tuple(stored.dims)
    if stored.data_location == TensorProto.EXTERNAL:
        place, offset, length = _outside(path, stored)
        needed = prod(shape) * np.dtype(_DTYPES[kind]).itemsize
        if length is not None and length != needed:
            raise refused(path, f"{stored.name} has {length} bytes, not {needed}", _HINT)
        return np.fromfile(place, _DTYPES[kind], prod(shape), offset=offset).reshape(shape)
    array = numpy_helper.to_array(stored)
    return np.asarray(array, np.float32) if kind == "BFLOAT16" else array


def _outside(path: Path, stored: Any) -> tuple[Path, int, int | None]:
    """(file, offset, length) of an initialiser in a data file, which must be beside the model."""
    facts = {entry.key: entry.value for entry in stored.external_data}
    location = facts.get("location", "")
    folder = path.absolute().parent
    parts = Path(location).parts
    plain = (
        parts and "\0" not in location and ".." not in parts and not Path(location).is_absolute()
    )
    place = folder / location if plain else folder
    if not plain or not place.resolve().is_relative_to(folder.resolve()):
        raise refused(
            path, f"the data of {stored.name} is outside its folder, in {location}", _HINT
        )
    try:
        offset, length = int(facts.get("offset", 0)), int(facts.get("length", -1))
        if not place.is_file():
            raise refused(path, f"its data file {location} is missing", _HINT)
        size = place.stat().st_size
    except OSError as error:
        raise unreadable(place, error) from None
    except ValueError:
        raise refused(path, f"the offset of {stored.name} is not a number", _HINT) from None
    if offset < 0 or offset + max(length, 0) > size:
        raise refused(path, f"{stored.name} extends beyond the end of {location}", _HINT)
    return place, offset, length if length >= 0 else None


READERS: Readers = {".onnx": (("onnx",), read_onnx)}
