"""Evaluates somebody's ONNX file in float64, and records the result of each node."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, numpy_helper
from onnx.inliner import inline_local_functions
from onnx.reference import ReferenceEvaluator

from archc.proof.frameworks.onnx_ops import CORRECTED
from archc.proof.original.trace import Recorder, Trace
from archc.targets.onnx.target import Onnx

Array = npt.NDArray[Any]


def trace(model: Any, folder: Path, inputs: Path, shape: tuple[int, ...]) -> Trace:
    """Run the graph in a file."""
    graph = inline_local_functions(onnx.load(str(model)))
    held = {stored.name for stored in graph.graph.initializer}
    taken = [value for value in graph.graph.input if value.name not in held]
    if len(taken) != 1:
        raise ValueError(f"it takes {len(taken)} inputs; archc's networks have one")
    name, count = taken[0].name, taken[0].type.tensor_type.shape
    sizes = [axis.dim_value or None for axis in count.dim]
    if len(sizes) != 4 or any(n not in (None, m) for n, m in zip(sizes[1:], shape, strict=True)):
        raise ValueError(f"it takes inputs of {tuple(sizes[1:])}, and the spec has {shape}")
    _widen(graph)
    evaluator = ReferenceEvaluator(graph, new_ops=CORRECTED)
    x = np.load(inputs)
    batch = sizes[0] or len(x)
    recorder = Recorder(folder)
    output = 0
    for start in range(0, len(x), batch):
        output = _run(graph.graph, evaluator, name, x[start : start + batch], recorder)
    return Trace(
        target=Onnx.name,
        versions={"onnx": onnx.__version__},
        calls=tuple(recorder.calls),
        output=output,
        weights=(),
    )


def _run(
    graph: onnx.GraphProto, evaluator: ReferenceEvaluator, name: str, x: Array, recorder: Recorder
) -> int:
    results = evaluator.run(None, {name: x}, intermediate=True)
    held = {stored.name for stored in graph.initializer}
    recorder.begin(name, x)
    for node in graph.node:
        known = any(recorder.number(read) is not None for read in node.input)
        weights = [read for read in node.input if read in held]
        for output in node.output:
            value = results.get(output)
            if (
                known
                and isinstance(value, np.ndarray)
                and value.dtype == x.dtype
                and value.ndim > 1
            ):
                what = node.name or output
                recorder.step(what, node.op_type, node.input, weights, output, value)
    number = recorder.number(graph.output[0].name)
    if number is None:
        raise ValueError(f"its output {graph.output[0].name} does not depend on its input")
    return number


def _widen(model: onnx.ModelProto) -> None:
    """Turn every float32 of a model into a float64."""
    graph = model.graph
    for stored in graph.initializer:
        stored.CopyFrom(_double(stored))
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                attribute.t.CopyFrom(_double(attribute.t))
            if node.op_type == "Cast" and attribute.i == TensorProto.FLOAT:
                attribute.i = TensorProto.DOUBLE
            if node.op_type == "Constant" and attribute.name == "value_float":
                value = numpy_helper.from_array(np.float64(attribute.f), "")
                attribute.CopyFrom(onnx.helper.make_attribute("value", value))
    for value in (*graph.input, *graph.output, *graph.value_info):
        if value.type.tensor_type.elem_type == TensorProto.FLOAT:
            value.type.tensor_type.elem_type = TensorProto.DOUBLE


def _double(stored: onnx.TensorProto) -> onnx.TensorProto:
    if stored.data_type != TensorProto.FLOAT:
        return stored
    array = numpy_helper.to_array(stored).astype(np.float64)
    return numpy_helper.from_array(array, stored.name)
