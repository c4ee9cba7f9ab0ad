"""The canonical file: a network's weights as float32, in PyTorch's layouts, under its own names."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

from archc.errors import Diagnostic, EnvironmentProblem, diagnostic, quoted
from archc.files import writing
from archc.network.graph import Graph, Node
from archc.ops.tensor import Shape, Weight, show
from archc.weights import limits, safetensors
from archc.weights.initial import Floats, canonical_name, drawn
from archc.weights.safetensors import Array

ENDING = ".safetensors"
CHUNK = 1 << 20
_MADE_FOR = "use the spec and the --set that the weights were made with"


def weights_of(graph: Graph) -> dict[str, tuple[Node, Weight]]:
    """Every weight of a network by its canonical name, in the order of the file."""
    return {
        canonical_name(node, weight): (node, weight)
        for node in graph.nodes
        for weight in node.weights
    }


def init(graph: Graph, path: Path, seed: int = 0, *, force: bool = False) -> None:
    """Write a network's initial weights. Raises EnvironmentProblem if that fails."""
    require_ending(path)
    what = f"initialising {graph.name}"
    limits.require_memory(what, 2 * limits.largest(graph))
    write(graph, path, lambda node, weight: drawn(node, weight, seed), what=what, force=force)


def require_ending(path: Path) -> None:
    """Raise EnvironmentProblem if a canonical file at `path` would be taken for another format."""
    if path.suffix.lower() != ENDING:
        hint = f"use {ENDING}; archc weights export writes what a framework loads"
        what = "archc's own weights"
        raise EnvironmentProblem([diagnostic("E711", path=path, what=what, hint=hint)])


def write(
    graph: Graph,
    path: Path,
    value: Callable[[Node, Weight], Array],
    *,
    what: str,
    force: bool = False,
) -> None:
    """Write the canonical file, with the numbers that `value` returns for each weight in turn."""
    known = weights_of(graph)
    writing.require_free(path, force=force)
    limits.require_disk(what, limits.stored(graph), path)
    entries = {name: ("F32", weight.shape) for name, (_, weight) in known.items()}
    with writing.replace_file(path, force=force) as staged:
        arrays = ((name, value(node, weight)) for name, (node, weight) in known.items())
        safetensors.write(staged, entries, arrays)


def open_reader(path: Path) -> safetensors.Reader:
    """A reader of the safetensors file at `path`. Raises EnvironmentProblem if there is none."""
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise refused(path, "it is not a regular file", "name a file")
        return safetensors.Reader(path)
    except OSError as error:
        raise unreadable(path, error) from None
    except ValueError as error:
        raise refused(path, str(error)) from None


def read(graph: Graph, path: Path) -> dict[str, Floats]:
    """The weights of a canonical file; they are read from disk when they are used.

    Raises EnvironmentProblem if names, shapes or types differ from those of the network.
    """
    other = _other_format(path)
    if other:
        hint = f"import it first: archc weights import SPEC {path} -o w.safetensors"
        raise refused(path, f"it is {other}, not a canonical file", hint)
    reader = open_reader(path)
    check_names(graph, reader.entries, path)
    for name, (dtype, _) in reader.entries.items():
        if dtype != "F32":
            hint = "convert it with archc weights import"
            raise refused(path, f"{name} is {dtype}, not F32", hint)
    found = dict(reader.items())
    check_numbers(graph, found.items(), path)
    return found


def from_arrays(graph: Graph, arrays: Mapping[str, Array]) -> dict[str, Floats]:
    """The weights in arrays, which may have any numeric type; see `read`."""
    shapes = {name: ("", tuple(np.shape(array))) for name, array in arrays.items()}
    check_names(graph, shapes, "weights")
    found = {name: np.asarray(arrays[name], np.float32) for name in weights_of(graph)}
    check_numbers(graph, found.items(), "weights")
    return found


def check_names(graph: Graph, entries: Mapping[str, tuple[str, Shape]], path: Path | str) -> None:
    """Raise EnvironmentProblem if names or shapes differ from those of the network."""
    known = weights_of(graph)
    hint = "archc weights import matches files with other names"
    problems = []
    missing = [name for name in known if name not in entries]
    if missing:
        problems.append(diagnostic("E704", path=path, missing=quoted(missing), hint=hint))
    extra = [name for name in entries if name not in known]
    if extra:
        choose = f"{_MADE_FOR}, or archc weights import to choose"
        problems.append(diagnostic("E705", path=path, names=quoted(extra), hint=choose))
    for name, (_, weight) in known.items():
        if name in entries and entries[name][1] != weight.shape:
            found, expected = show_shape(entries[name][1]), show_shape(weight.shape)
            facts = {"tensor": f"'{name}'", "path": path, "found": found, "expected": expected}
            problems.append(diagnostic("E703", weight=name, hint=_MADE_FOR, **facts))
    if problems:
        raise EnvironmentProblem(problems)


def check_numbers(graph: Graph, arrays: Iterable[tuple[str, Array]], path: Path | str) -> None:
    """Raise EnvironmentProblem if a number is not finite, or if codes differ from the spec's."""
    known = weights_of(graph)
    problems = [p for name, array in arrays for p in _numbers(*known[name], array, path)]
    if problems:
        raise EnvironmentProblem(problems)


def _numbers(node: Node, weight: Weight, array: Array, path: Path | str) -> Iterator[Diagnostic]:
    name = canonical_name(node, weight)
    flat = array.reshape(-1)
    for start in range(0, flat.size, CHUNK):
        wrong = np.flatnonzero(~np.isfinite(flat[start : start + CHUNK]))
        if wrong.size:
            place = [int(i) for i in np.unravel_index(start + int(wrong[0]), weight.shape)]
            problem = f"is {flat[start + int(wrong[0])]} at {place}"
            hint = "training diverged: use an earlier checkpoint"
            yield diagnostic("E707", weight=name, path=path, problem=problem, hint=hint)
            return
    if weight.codes and not np.array_equal(array, drawn(node, weight, 0)):
        hint = "codes are part of the network: change them in the spec"
        problem = "differs from the codes in the spec"
        yield diagnostic("E707", weight=name, path=path, problem=problem, hint=hint)


def show_shape(shape: Shape) -> str:
    """A shape as messages print it."""
    return show(shape) if shape else "a single number"


_BEGINNINGS = {b"\x80\2": "a PyTorch checkpoint", b"\x89HDF": "an HDF5 file of Keras"}


def _other_format(path: Path) -> str:
    """What a file is, by its first bytes, if it is of a format that only `import` reads."""
    with suppress(OSError):
        if path.is_file():
            with path.open("rb") as file:
                begins = file.read(16)
            if begins[8:9] == b"{":  # after the length of what describes the tensors
                return ""
            if begins.startswith(b"PK\3\4"):
                return "a Keras model" if path.suffix == ".keras" else "a PyTorch checkpoint"
            if begins[:1] == b"\x08" and path.suffix == ".onnx":
                return "an ONNX model"
            return next((w for b, w in _BEGINNINGS.items() if begins.startswith(b)), "")
    return ""


def unreadable(path: Path, error: OSError) -> EnvironmentProblem:
    """E505 with the system's message."""
    facts = {"problem": (error.strerror or str(error)).lower(), "suggestion": "check the path"}
    return EnvironmentProblem([diagnostic("E505", path=path, **facts)])


def refused(
    path: Path, problem: str, hint: str = "check the program that wrote it"
) -> EnvironmentProblem:
    """E702, for a file that is not a valid checkpoint."""
    return EnvironmentProblem([diagnostic("E702", path=path, problem=problem, hint=hint)])
