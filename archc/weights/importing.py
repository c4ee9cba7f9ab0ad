"""From any checkpoint to the canonical file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archc.errors import EnvironmentProblem, diagnostic, quoted
from archc.network.graph import Graph, Node
from archc.ops.tensor import Weight
from archc.weights import canonical, limits, mapping
from archc.weights.canonical import show_shape
from archc.weights.checkpoint import Checkpoint, as_float32
from archc.weights.initial import canonical_name, drawn
from archc.weights.matching import Match, Matcher
from archc.weights.requirements import require
from archc.weights.safetensors import Array


@dataclass(frozen=True)
class Found:
    """The match of a checkpoint with a network; nothing is written yet."""

    graph: Graph
    path: Path
    checkpoint: Checkpoint
    matches: Mapping[str, Match]
    ignored: tuple[str, ...]
    turned: frozenset[str]
    """Weights whose inputs are flattened feature maps, in the order H, W, C in the file."""

    def record(self) -> dict[str, Any]:
        """The match as plain values: the JSON contract."""
        return {
            "file": str(self.path),
            "format": self.checkpoint.target.name,
            "weights": [
                {
                    "name": name,
                    "shape": list(weight.shape),
                    "tensor": match.tensor.name if match else None,
                    "dtype": match.tensor.dtype if match else None,
                    "matched": match.by if match else "spec",
                    "channels_last": name in self.turned,
                }
                for name, (_, weight) in canonical.weights_of(self.graph).items()
                for match in [self.matches.get(name)]
            ],
            "ignored": list(self.ignored),
        }

    def __str__(self) -> str:
        from archc.tables.terminal import render_table

        rows = [
            (
                line["name"],
                show_shape(tuple(line["shape"])),
                line["tensor"] or "",
                {"spec": "from the spec"}.get(line["matched"], line["matched"]),
                ", ".join(_remarks(line)),
            )
            for line in self.record()["weights"]
        ]
        used = 5 if any(row[4] for row in rows) else 4
        headings = ("weight", "shape", "in the file", "matched by", "changed")[:used]
        sides = ("left", "right", "left", "left", "left")[:used]
        table = render_table(
            f"{self.graph.name} <- {self.path.name}", headings, [r[:used] for r in rows], sides
        )
        left = quoted(self.ignored)
        return table + (f"\n\nignored: {left}" if left else "")

    def write(self, output: Path, *, force: bool = False) -> None:
        """Write the canonical file. Raises EnvironmentProblem if that fails."""
        what = f"importing {self.path.name}"
        canonical.write(self.graph, output, self._value, what=what, force=force)

    def _value(self, node: Node, weight: Weight) -> Array:
        name = canonical_name(node, weight)
        if name not in self.matches:
            return drawn(node, weight, 0)
        match = self.matches[name]
        try:
            stored = match.tensor.read()
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            problem = f"cannot read {match.tensor.name} ({' '.join(str(error).split())})"
            raise canonical.refused(self.path, problem) from None
        array = as_float32(match.convert(stored), match.tensor.dtype)
        if name in self.turned:
            array = _channels_first(array, _maps(self.graph)[name])
        canonical.check_numbers(self.graph, [(name, array)], self.path)
        return array


def find(
    graph: Graph, path: Path, *, mapping_file: Path | None = None, flatten: str | None = None
) -> Found:
    """Match a checkpoint with a network; `mapping_file` is the file of `--map`.

    `flatten` says whether feature maps were flattened "channels_first" (C, H, W) or
    "channels_last". Raises EnvironmentProblem if there is no match, or more than one.
    """
    checkpoint = read(path)
    limits.require_memory(f"importing {path.name}", 3 * limits.largest(graph))
    names = [tensor.name for tensor in checkpoint.tensors]
    given = mapping.Mapped()
    if mapping_file:
        given = mapping.read(mapping_file, canonical.weights_of(graph), names)
    matcher = Matcher(graph, checkpoint, path, given)
    matches = matcher.run()
    turned = _turned(graph, checkpoint, matches, path, flatten)
    return Found(graph, path, checkpoint, matches, tuple(matcher.ignored), turned)


def read(path: Path) -> Checkpoint:
    """The checkpoint in a file; the file extension decides its format."""
    from archc.weights import keras_format, onnx_format, torch_format

    readers = torch_format.READERS | keras_format.READERS | onnx_format.READERS
    ending = next((ending for ending in readers if path.name.endswith(ending)), None)
    if ending is None:
        hint = f"use one of {', '.join(readers)}"
        raise EnvironmentProblem([diagnostic("E711", path=path, hint=hint)])
    needed, reader = readers[ending]
    require(*needed)
    return reader(path)


def _remarks(line: Mapping[str, Any]) -> list[str]:
    changes = {
        "float64": "rounded from float64",
        "float16": "converted from float16",
        "bfloat16": "converted from bfloat16",
    }
    found = [changes[line["dtype"]]] if line["dtype"] in changes else []
    return found + (["reordered to C, H, W"] if line["channels_last"] else [])


def _turned(
    graph: Graph,
    checkpoint: Checkpoint,
    matches: Mapping[str, Match],
    path: Path,
    flatten: str | None,
) -> frozenset[str]:
    """The weights to reorder; raises E709 if the order is unknown."""
    reading = _maps(graph)
    if not reading or flatten == "channels_first":
        return frozenset()
    if flatten == "channels_last":
        return frozenset(reading)
    own = all(matches[name].by == "name" for name in reading)
    if not checkpoint.channels_first or (checkpoint.target.channels_last and not own):
        layers = {name.partition(".")[0]: show_shape(shape) for name, shape in reading.items()}
        problems = [
            diagnostic("E709", path=path, layer=layer, maps=maps) for layer, maps in layers.items()
        ]
        raise EnvironmentProblem(problems)
    return frozenset()


def _maps(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Weights whose inputs are flattened feature maps larger than 1×1 → the shape of these maps."""
    flat: dict[str, tuple[int, ...]] = {}
    found = {}
    for node in graph.nodes:
        shape = graph.inputs(node)[0]
        if node.op.type == "flatten" and len(shape) == 3 and shape[1:] != (1, 1):
            flat[node.name] = shape
        elif node.inputs[0] in flat:
            maps = flat[node.inputs[0]]
            if node.op.type == "dense":
                found[f"{node.name}.weight"] = maps
            else:
                found |= {canonical_name(node, weight): maps for weight in node.weights}
                flat |= {node.name: maps} if node.op.keeps_shape else {}
    return found


def _channels_first(weight: Array, maps: tuple[int, ...]) -> Array:
    """A weight whose last axis is H, W, C, reordered to C, H, W."""
    channels, height, width = maps
    inner = weight.reshape(-1, height, width, channels)
    return inner.transpose(0, 3, 1, 2).reshape(weight.shape)
