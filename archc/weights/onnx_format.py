"""ONNX files: the initialisers of a graph, named by the nodes that use them."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from archc.errors import brief
from archc.ops.tensor import Shape
from archc.targets.onnx.target import Onnx
from archc.weights import limits, onnx_nodes
from archc.weights.canonical import refused, unreadable
from archc.weights.checkpoint import Checkpoint, Readers, Remarks, Tensor
from archc.weights.limits import Allowed
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


def read_onnx(path: Path, allowed: Allowed) -> Checkpoint:
    """The initialisers of a model. Raises EnvironmentProblem if it is invalid, or has data outside
    its folder."""
    import onnx
    from google.protobuf.message import DecodeError

    try:
        allowed.require(path, 2 * path.stat().st_size)
        model = onnx.load(str(path), load_external_data=False)
    except OSError as error:
        raise unreadable(path, error) from None
    except (DecodeError, ValueError, RuntimeError):
        raise refused(path, "it is not ONNX, or damaged", _HINT) from None
    if not model.graph.node:
        raise refused(path, "it is not ONNX", _HINT)
    initializers, nodes = onnx_nodes.initializers(model.graph)
    uses = _uses(nodes, initializers.keys())
    found = []
    for name, stored in initializers.items():
        use = uses.get(name, _Use())
        limits.require_name(path, name)
        if stored.data_type not in onnx.TensorProto.DataType.values():
            problem = f"{brief(name)} has the unknown type {stored.data_type}"
            raise refused(path, problem, _HINT)
        kind = onnx.TensorProto.DataType.Name(stored.data_type)
        shape = tuple(stored.dims)
        read = partial(_read, path, stored, kind)
        if use.transposed and len(shape) == 2:
            shape, read = shape[::-1], partial(_turned, read)
        dtype = {"FLOAT": "float32", "DOUBLE": "float64"}.get(kind, kind.lower())
        if min(shape, default=0) < 0:
            raise refused(path, f"{brief(name)} has a negative size", _HINT)
        module, role = use.module, use.role
        found.append(Tensor(name, module, role, shape, dtype, module, use.position, read=read))
        if stored.data_location == onnx.TensorProto.EXTERNAL:
            _outside(path, stored)
    # A converter that adds transposes may have flattened channels last.
    straight = all(node.op_type != "Transpose" for node in model.graph.node)
    # The nodes of a graph are listed in an order in which they can run.
    remarks = Remarks(straight, constants=True, in_use=True, described=True)
    modules = {name: use.module for name, use in uses.items()}
    given = [each.name for each in model.graph.input]
    operations = onnx_nodes.operations(nodes, given, initializers, modules)
    return Checkpoint(Onnx(), tuple(found), remarks, operations)


@dataclass(frozen=True, slots=True)
class _Use:
    """How a node uses an initialiser: the module that it is (named after its first weight), the role
    of the initialiser in it, its place in the graph, and whether the canonical form is transposed."""

    module: str = ""
    role: str = ""
    position: int | None = None
    transposed: bool = False


def _uses(nodes: Iterable[Any], names: Set[str]) -> dict[str, _Use]:
    """The first use of each initialiser; `names` are those of all of them."""
    products: dict[str, _Use] = {}
    found: dict[str, _Use] = {}
    for position, node in enumerate(nodes):
        if node.op_type == "Add":
            uses = _of_bias(node, names, products)
        else:
            uses = _of_operator(node, names, position)
        if node.op_type == "MatMul" and uses and node.output:
            products[node.output[0]] = next(iter(uses.values()))
        found = uses | found
    return found


def _of_bias(node: Any, names: Set[str], products: Mapping[str, _Use]) -> dict[str, _Use]:
    """An Add behind a MatMul: its initialiser is the bias of that."""
    product = next((products[name] for name in node.input if name in products), None)
    if product is None:
        return {}
    use = _Use(product.module, "bias", product.position)
    return {name: use for name in node.input if name in names}


def _of_operator(node: Any, names: Set[str], position: int) -> dict[str, _Use]:
    """An operator with weights: its inputs after the first, in the roles that it gives them."""
    weights = [name for name in node.input[1:] if name in names]
    if not weights:
        return {}
    module = weights[0].rpartition(".")[0] or node.name or weights[0]
    kept = any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
    transposed = node.op_type == "MatMul" or (node.op_type == "Gemm" and not kept)
    roles = zip(_ROLES.get(node.op_type, ()), node.input[1:], strict=False)
    return {
        name: _Use(module, role, position, transposed and role == "weight")
        for role, name in roles
        if name in names
    }


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
            raise refused(path, f"{brief(stored.name)} has {length} bytes, not {needed}", _HINT)
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
    try:
        inside = plain and place.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # links that lead to each other
        inside = False
    if not inside:
        raise refused(
            path,
            f"the data of {brief(stored.name)} is outside its folder, in {brief(location)}",
            _HINT,
        )
    try:
        offset, length = int(facts.get("offset", 0)), int(facts.get("length", -1))
        if not place.is_file():
            raise refused(path, f"its data file {brief(location)} is missing", _HINT)
        size = place.stat().st_size
    except OSError as error:
        raise unreadable(place, error) from None
    except ValueError:
        raise refused(path, f"the offset of {brief(stored.name)} is not a number", _HINT) from None
    if offset < 0 or offset + max(length, 0) > size:
        raise refused(
            path,
            f"{brief(stored.name)} extends beyond the end of {brief(location)}",
            _HINT,
        )
    return place, offset, length if length >= 0 else None


READERS: Readers = {".onnx": (("onnx",), read_onnx)}
