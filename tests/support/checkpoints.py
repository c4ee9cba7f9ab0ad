"""What the tests about weights share: networks of a size that costs no time, and their weights."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import archc
from archc.api import Network
from archc.files import writing
from archc.network.graph import Graph
from archc.proof import reference, sampling
from archc.targets.statements import File
from archc.weights import builder, canonical, exporting, importing

Arrays = dict[str, np.ndarray]
CONV = "{type: conv2d, filters: 4, kernel: 3, padding: 1}"
MIXED = """
archc: 1
name: Mixed
input: {channels: 4, height: 9, width: 7}
layers:
  - each: {type: conv2d, filters: 8, kernel: 3, groups: 4, bias: false}
  - norm: {type: batch_norm, epsilon: 1e-3, momentum: 0.9, activation: relu}
  - halves: {type: conv2d, filters: 6, kernel: [2, 3], groups: 2, activation: {gelu: {form: exact}}}
  - flat: {type: flatten}
  - drop: {type: dropout, rate: 0.5}
  - along: {type: batch_norm, epsilon: 1e-5, momentum: 0.9}
  - hidden: {type: dense, units: 5, bias: false}
  - out: {type: dense, units: 3, activation: softmax}
"""


def small(name: str) -> Network:
    """A shipped spec with few filters and units, its output apart."""
    graph = archc.load(name).graph
    changes: dict[str, Any] = {}
    for node in graph.nodes[:-1]:
        field = {"conv2d": "filters", "dense": "units"}.get(node.op.type)
        if field and not getattr(node.op, "connections", None) and node.name != "f6":
            changes[f"{node.name}.{field}"] = min(getattr(node.op, field), 16)
    return archc.load(name, {} if name.startswith("lenet") else changes)


def layers(text: str) -> Network:
    """A network of these lines, on maps of 4×8×8."""
    lines = "\n".join(f"  - {line}" for line in text.strip().split("\n"))
    return archc.parse(
        "archc: 1\nname: Net\ninput: {channels: 4, height: 8, width: 8}\nlayers:\n" + lines
    )


def stored(net: Network, path: Path, seed: int = 0) -> Arrays:
    """Weights of which no two are alike, in a canonical file."""
    found = dict(sampling.weights(net.graph, seed))
    canonical.write(net.graph, path, lambda n, w: found[f"{n.name}.{w.name}"], what="")
    return found


def answer(net: Network, weights: Arrays, x: np.ndarray) -> np.ndarray:
    """The definition's output."""
    *_, (_, y, _) = reference.forward(net.graph, weights, x)
    return y


def differs(found: Any, expected: np.ndarray) -> float:
    """The largest difference, as a part of the largest value."""
    return float(np.abs(np.asarray(found) - expected).max() / np.abs(expected).max())


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Build models here rather than in a process of their own, which costs seconds."""

    def build(target: str, file: File, job: dict[str, Any], backend: str) -> str:
        source = tmp_path / file.name
        source.write_text(file.text)
        builder._save(target, job | {"source": str(source)})
        return ""

    monkeypatch.setattr(exporting, "_build", build)


def import_file(
    graph: Graph, path: Path, output: Path, *, force: bool = False, **how: Any
) -> importing.Found:
    """Match a checkpoint and write it in archc's form, as `archc weights import` does."""
    writing.require_free(output, force=force)
    found = importing.find(graph, path, **how)
    found.write(output, force=force)
    return found
