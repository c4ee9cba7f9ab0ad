"""From any checkpoint to the canonical file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from archc.errors import (
    EnvironmentProblem,
    brief,
    diagnostic,
    did_you_mean,
    fail,
    printable,
    quoted,
    shortened,
)
from archc.network.flattening import flattened
from archc.network.graph import Graph, Node
from archc.ops.tensor import Weight
from archc.weights import canonical, limits, mapping
from archc.weights.canonical import show_shape
from archc.weights.checkpoint import Checkpoint, as_float32
from archc.weights.comparing import compare
from archc.weights.initial import canonical_name, drawn
from archc.weights.matching import Match, Matcher, Wishes
from archc.weights.reading import Reader, regular_size
from archc.weights.requirements import require
from archc.weights.safetensors import Array

_SHOWN = {"spec": "from the spec", "fresh": "drawn anew"}


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
    absent: Mapping[str, float] = field(default_factory=dict)
    """Weights that the file means without having them: all numbers of each."""
    fresh: tuple[str, ...] = ()
    """Layers that are drawn anew, as `weights init` does with seed 0."""
    unchecked: tuple[str, ...] = ()
    """Layers of which the file does not say what they compute."""
    reader: Reader | None = None
    """The process that reads the tensors."""

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
                    "matched": match.by if match else self._without_tensor(name),
                    "channels_last": name in self.turned,
                }
                for name, (_, weight) in canonical.weights_of(self.graph).items()
                for match in [self.matches.get(name)]
            ],
            "ignored": list(self.ignored),
            "place": self.checkpoint.remarks.place,
            "unproven": [name for name, match in self.matches.items() if not match.proven],
            "unchecked": list(self.unchecked),
        }

    def _without_tensor(self, name: str) -> str:
        """Where a weight comes from that has no tensor in the file."""
        if name in self.absent:
            return f"absent: {self.absent[name]:g}"
        return "fresh" if name.rpartition(".")[0] in self.fresh else "spec"

    def __str__(self) -> str:
        from archc.tables.terminal import render_table

        record = self.record()
        rows = [
            (
                line["name"],
                show_shape(tuple(line["shape"])),
                line["tensor"] or "",
                _SHOWN.get(line["matched"], line["matched"])
                + ", unproven" * (line["name"] in record["unproven"]),
                ", ".join(_remarks(line)),
            )
            for line in record["weights"]
        ]
        used = 5 if any(row[4] for row in rows) else 4
        headings = ("weight", "shape", "in the file", "matched by", "changed")[:used]
        sides = ("left", "right", "left", "left", "left")[:used]
        table = render_table(
            f"{self.graph.name} <- {printable(self.path.name)}",
            headings,
            [r[:used] for r in rows],
            sides,
        )
        return "\n\n".join([table, *self._notes()])

    def _notes(self) -> Iterator[str]:
        place = self.checkpoint.remarks.place
        if place:
            yield f"read from '{printable(place)}' in the file"
        if self.ignored:
            yield f"ignored: {quoted(self.ignored)}"
        if not self.checkpoint.remarks.described:
            if self.unchecked:
                yield (
                    "not checked: the file does not say stride, padding, epsilon or activation of its "
                    "layers"
                )
        elif self.unchecked:
            yield f"not checked: what the file says of {quoted(self.unchecked)} cannot be compared"

    def write(self, output: Path, *, force: bool = False) -> None:
        """Write the canonical file. Raises EnvironmentProblem if that fails."""
        what = f"importing {self.path.name}"
        canonical.write(self.graph, output, self._value, what=what, force=force)

    def arrays(self) -> dict[str, Array]:
        """The canonical weights. Raises EnvironmentProblem if one cannot be read."""
        return {
            name: np.ascontiguousarray(self._value(*own))
            for name, own in canonical.weights_of(self.graph).items()
        }

    def close(self) -> None:
        """End the process that reads the tensors, if one does; nothing can be written any more."""
        if self.reader is not None:
            self.reader.close()

    def _value(self, node: Node, weight: Weight) -> Array:
        name = canonical_name(node, weight)
        if name in self.absent:
            return np.full(weight.shape, self.absent[name], np.float32)
        if name not in self.matches:
            return drawn(node, weight, 0)
        match = self.matches[name]
        try:
            stored = match.tensor.read()
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            words = shortened(" ".join(str(error).split()), 200)
            problem = f"cannot read {brief(match.tensor.name)} ({words})"
            raise canonical.refused(self.path, problem) from None
        array = as_float32(match.convert(stored), match.tensor.dtype)
        if name in self.turned:
            array = _channels_first(array, _maps(self.graph)[name])
        canonical.check_numbers(self.graph, [(name, array)], self.path)
        return array


def find(
    graph: Graph,
    path: Path,
    *,
    mapping_file: Path | None = None,
    flatten: str | None = None,
    fresh: Sequence[str] = (),
    ignore: Sequence[str] = (),
    by_order: bool = False,
) -> Found:
    """Match a checkpoint with a network; `mapping_file` is the file of `--map`.

    `flatten` says whether feature maps were flattened "channels_first" (C, H, W) or
    "channels_last"; `fresh` are layers to draw anew, `ignore` patterns of tensors to leave out, and
    `by_order` takes an order that need not be that of use. Raises EnvironmentProblem if there is no
    match, or more than one, or if the file says that its layers compute something else.
    """
    _require_layers(graph, fresh)
    checkpoint, reader = read(path, limits.stored(graph))
    limits.require_memory(f"importing {path.name}", 3 * limits.largest(graph))
    names = [tensor.name for tensor in checkpoint.tensors]
    given = mapping.Mapped()
    if mapping_file:
        given = mapping.read(mapping_file, canonical.weights_of(graph), names)
    mapping.require_patterns(ignore, names)
    _require_plain(path, names)
    wishes = Wishes(given, tuple(fresh), tuple(ignore), by_order)
    found = matched(graph, checkpoint, path, wishes, flatten)
    modules: dict[str, str] = {}
    for name, match in found.matches.items():
        modules.setdefault(name.rpartition(".")[0], match.tensor.module)
    comparison = compare(graph, checkpoint, modules)
    if comparison.differences:
        raise EnvironmentProblem(comparison.diagnostics(path))
    return replace(found, unchecked=comparison.unchecked, reader=reader)


def matched(
    graph: Graph,
    checkpoint: Checkpoint,
    path: Path,
    wishes: Wishes,
    flatten: str | None = None,
) -> Found:
    """The match of a checkpoint, whatever it says of its layers. Raises EnvironmentProblem."""
    matcher = Matcher(graph, checkpoint, path, wishes)
    matches = matcher.run()
    turned = _turned(graph, checkpoint, matches, path, flatten)
    left = tuple(matcher.ignored) + checkpoint.remarks.dropped
    return Found(graph, path, checkpoint, matches, left, turned, matcher.absent, wishes.fresh)


def read(path: Path, expected: int = 0) -> tuple[Checkpoint, Reader | None]:
    """The checkpoint in a file, and the process that reads its tensors, if one does.

    The file extension decides the format; `expected` are the bytes of the network's weights.
    """
    from archc.weights import torch_format

    readers, plain = _readers(), torch_format.PLAIN
    name = path.name.lower()
    ending = next((e for e in endings() if name.endswith(e)), None)
    if ending is None:
        hint = f"use one of {', '.join(endings())}"
        raise EnvironmentProblem(
            [diagnostic("E711", path=path, what="a weights format", hint=hint)]
        )
    if ending in plain:
        regular_size(path)
        return torch_format.read_safetensors(path), None
    form, (needed, _) = readers[ending]
    require(*needed)
    regular_size(path)
    reader = start(form.__name__)
    return reader.open(path, ending, expected), reader


def endings() -> tuple[str, ...]:
    """The endings of the files that `read` reads."""
    from archc.weights import torch_format

    return (*torch_format.PLAIN, *_readers())


def _readers() -> dict[str, tuple[ModuleType, tuple[tuple[str, ...], Any]]]:
    """Ending → the module that knows the format, and its entry there."""
    from archc.weights import keras_format, onnx_format, torch_format

    formats = (torch_format, keras_format, onnx_format)
    return {ending: (form, entry) for form in formats for ending, entry in form.READERS.items()}


start: Callable[[str], Reader] = Reader


def _require_layers(graph: Graph, layers: Sequence[str]) -> None:
    known = [node.name for node in graph.nodes if node.weights]
    for name in layers:
        if name not in known:
            fail(
                "E205", what="layer with weights", value=name, suggestion=did_you_mean(name, known)
            )


def _require_plain(path: Path, names: Sequence[str]) -> None:
    """Refuse a state dict in which weight normalisation has taken weights apart (E702)."""
    from archc.weights.torch_format import normed

    name = normed(names)
    if name:
        hint = (
            "save it after torch.nn.utils.parametrize.remove_parametrizations(module, 'weight') for "
            "each of its modules, or remove_weight_norm(module)"
        )
        problem = f"{quoted([name])} is one part of a weight that weight normalisation took apart"
        raise canonical.refused(path, problem, hint)


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
    reading = {name: shape for name, shape in _maps(graph).items() if name in matches}
    if not reading or flatten == "channels_first":
        return frozenset()
    if flatten == "channels_last":
        return frozenset(reading)
    own = all(matches[name].by == "name" for name in reading)
    first = checkpoint.remarks.channels_first
    if not first or (checkpoint.target.channels_last and not own):
        layers = {name.partition(".")[0]: show_shape(shape) for name, shape in reading.items()}
        problems = [
            diagnostic("E709", path=path, layer=layer, maps=maps) for layer, maps in layers.items()
        ]
        raise EnvironmentProblem(problems)
    return frozenset()


def _maps(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Weights whose inputs are flattened feature maps larger than 1×1 → the shape of these maps."""
    flat = flattened(graph)
    found = {}
    for node in graph.nodes:
        maps = flat.get(node.inputs[0])
        if maps and node.op.type == "dense":
            found[f"{node.name}.weight"] = maps
        elif maps:
            found |= {canonical_name(node, weight): maps for weight in node.weights}
    return found


def _channels_first(weight: Array, maps: tuple[int, ...]) -> Array:
    """A weight whose last axis is H, W, C, reordered to C, H, W."""
    channels, height, width = maps
    inner = weight.reshape(-1, height, width, channels)
    return inner.transpose(0, 3, 1, 2).reshape(weight.shape)
