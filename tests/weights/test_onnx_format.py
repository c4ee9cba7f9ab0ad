"""ONNX files: the initialisers of a graph, under each of their names."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from support.checkpoints import CONV, import_file, layers
from torch import nn

from archc.weights import canonical

NORM = "{type: batch_norm, epsilon: 1e-5, momentum: 0.9, activation: relu}"


def test_a_model_as_exported_by_pytorch_stores_equal_tensors_once(tmp_path: Path) -> None:
    net = layers(f"c: {CONV}\nr: {{type: relu}}\nbn: {NORM}")
    model = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(4), nn.ReLU())
    path = tmp_path / "n.onnx"
    torch.onnx.export(model.eval(), (torch.zeros(1, 4, 8, 8),), path, dynamo=False)
    graph = onnx.load(path).graph
    assert [n.op_type for n in graph.node].count("Identity") == 2  # else this shows nothing
    import_file(net.graph, path, tmp_path / "mine.safetensors")
    found = canonical.read(net.graph, tmp_path / "mine.safetensors")
    assert {name: float(found[name][0]) for name in list(found)[2:]} == {
        "bn.scale": 1.0, "bn.bias": 0.0, "bn.mean": 0.0, "bn.variance": 1.0,
    }  # fmt: skip


def test_a_copy_of_a_copy_is_the_stored_tensor(tmp_path: Path) -> None:
    net = layers(f"c: {CONV}")
    kernel = np.arange(144, dtype="f").reshape(4, 4, 3, 3)
    nodes = [
        helper.make_node("Identity", ["stored"], ["once"]),
        helper.make_node("Identity", ["once"], ["twice"]),
        helper.make_node("Conv", ["x", "twice", "b"], ["y"], pads=[1, 1, 1, 1]),
    ]
    stored = [
        numpy_helper.from_array(kernel, "stored"),
        numpy_helper.from_array(np.ones(4, "f"), "b"),
    ]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in "xy"]
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:], stored)
    onnx.save(helper.make_model(graph), tmp_path / "n.onnx")
    found = import_file(net.graph, tmp_path / "n.onnx", tmp_path / "w.safetensors")
    assert not found.unchecked and not found.ignored
    assert np.array_equal(canonical.read(net.graph, tmp_path / "w.safetensors")["c.weight"], kernel)
