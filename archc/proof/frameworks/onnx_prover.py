"""Runs a generated ONNX file: ONNX's reference evaluator in float64, ONNX Runtime in float32."""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from safetensors.numpy import load_file

from archc.network.graph import INPUT
from archc.proof.frameworks.onnx_ops import CORRECTED
from archc.proof.job import LOCAL32, LOCAL64, WHOLE32, WHOLE64, Job
from archc.proof.worker import Prover, Report
from archc.targets.onnx.target import IR_VERSIONS, Onnx
from archc.weights.onnx_model import unchecked
from archc.weights.safetensors import Reader

Array = npt.NDArray[Any]
SEED = 1
"""For the initial weights that the file draws."""
Evaluator = Callable[[list[Array]], Array]


class OnnxProver(Prover):
    """ONNX Runtime's CPU provider, and the evaluator that comes with ONNX."""

    target = Onnx.name

    def versions(self) -> dict[str, str]:
        return {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}

    def prove(self, job: Job, report: Report) -> int:
        stored = load_file(job.weights)
        module = self.generated(job)
        self._initial(job, module, stored)
        with unchecked():  # `_whole32` checks the same model with its weights in their file
            model = getattr(module, job.function_name)(stored)
            self._written(job, module, model)
        _require_opset(model)
        constants = _constants(model, stored)
        small = _without(model, stored, job)
        parts = _parts(small, job)
        self._read(job, parts, constants)
        evaluators = self._evaluate(small, job, constants, parts, report)
        if WHOLE32 in job.passes[self.target]:
            self._whole32(small, job, report)
        job.await_values()
        for number, (step, run) in enumerate(zip(job.steps, evaluators, strict=True), start=1):
            self.store(job, LOCAL64, number, run([np.load(job.value(i)) for i in step.inputs]))
            report(step.name)
        if LOCAL32 in job.passes[self.target]:
            self._local32(small, job, parts, report)
        # Scalars are attributes that ONNX takes as inputs, not parameters.
        return sum(c.size for c in constants.values() if c.dtype == np.float32 and c.ndim)

    def _initial(self, job: Job, module: ModuleType, stored: dict[str, Array]) -> None:
        """Check the weights that the file brings along or draws; raises ValueError."""
        with patch.object(np.random, "default_rng", wraps=np.random.default_rng) as generator:
            own = module.initial_weights(SEED)
        seeds = [call.args for call in generator.call_args_list]
        if seeds != [(SEED,)] and any(b.kind != "constant" for b in job.beginnings):
            raise ValueError("its initial weights do not follow from their seed")
        for place in job.placements:
            if place.given and not np.array_equal(own[place.name], stored[place.name]):
                raise ValueError(f"{place.name} is not what the spec says")
        self.begins(job, lambda name: own[name])

    def _written(self, job: Job, module: ModuleType, model: onnx.ModelProto) -> None:
        """Run the file as a script, and check that it writes this model; raises ValueError."""
        path = job.folder / "written.onnx"
        arguments = ["network", "--weights", str(job.weights), "-o", str(path)]
        with patch.object(sys, "argv", arguments):
            module.main()
        if onnx.load(str(path)) != model:
            raise ValueError("run as a script, it does not write the weights that it is given")
        path.unlink()

    def _read(
        self, job: Job, parts: list[list[onnx.NodeProto]], constants: dict[str, Array]
    ) -> None:
        """Hold the numbers of training, of which a graph at inference makes nothing, to the spec's."""
        rates, momenta = {}, {}
        for step, nodes in zip(job.steps, parts, strict=True):
            for node in nodes:
                if node.op_type == "Dropout":
                    rates[step.name] = float(constants[node.input[1]])
                if node.op_type == "BatchNormalization":
                    (momentum,) = (a.f for a in node.attribute if a.name == "momentum")
                    momenta[step.name] = momentum
        self.declares("dropouts", rates, _single(job.dropouts))
        self.declares("momenta", momenta, _single(job.momenta))

    def _evaluate(
        self,
        model: onnx.ModelProto,
        job: Job,
        constants: dict[str, Array],
        parts: list[list[onnx.NodeProto]],
        report: Report,
    ) -> list[Evaluator]:
        """Store the outputs of WHOLE64; returns what runs each layer in float64."""
        evaluators = []
        for number, (step, nodes) in enumerate(zip(job.steps, parts, strict=True), start=1):
            (output,) = _names(job, (number,))
            run = _evaluator(nodes, constants, output, _names(job, step.inputs), model)
            values = [
                np.load(job.layer_output(self.target, WHOLE64, index) if index else job.value(0))
                for index in step.inputs
            ]
            self.store(job, WHOLE64, number, run(values))
            evaluators.append(run)
            report(step.name)
        return evaluators

    def _local32(
        self,
        model: onnx.ModelProto,
        job: Job,
        parts: list[list[onnx.NodeProto]],
        report: Report,
    ) -> None:
        for number, (step, nodes) in enumerate(zip(job.steps, parts, strict=True), start=1):
            (output,) = _names(job, (number,))
            names = dict.fromkeys(_names(job, step.inputs))
            read = {name for node in nodes for name in node.input}
            graph = helper.make_graph(
                nodes,
                output,
                [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names],
                [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
                [constant for constant in model.graph.initializer if constant.name in read],
            )
            single = helper.make_model(
                graph, opset_imports=model.opset_import, ir_version=model.ir_version
            )
            feed = {
                name: np.load(job.value(index)).astype(np.float32)
                for name, index in zip(_names(job, step.inputs), step.inputs, strict=True)
            }
            (value,) = _session(single, job).run(None, feed)
            self.store(job, LOCAL32, number, value)
            report(step.name)

    def _whole32(self, model: onnx.ModelProto, job: Job, report: Report) -> None:
        """The network as it is, for its output; then once more with every layer as an output."""
        feed = {INPUT: np.load(job.value(0)).astype(np.float32)}
        wider = np.concatenate([feed[INPUT], feed[INPUT][:1]])
        (output,) = _session(model, job).run(None, {INPUT: wider})
        onnx.checker.check_model(str(job.folder / "part.onnx"), full_check=True)
        opened = onnx.ModelProto()
        opened.CopyFrom(model)
        inner = [output.value for output in job.outputs[self.target][:-1]]
        opened.graph.output.extend(
            helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in inner
        )
        values = _session(opened, job).run(inner, feed) if inner else []
        for number, value in enumerate([*values, output[:-1]], start=1):
            self.store(job, WHOLE32, number, value)
            report(job.steps[number - 1].name)


def _require_opset(model: onnx.ModelProto) -> None:
    """Raise ValueError unless the opset is the lowest from 18 on that has every operator."""
    ((_, declared),) = [(each.domain, each.version) for each in model.opset_import]
    first: dict[str, int] = {}
    for schema in onnx.defs.get_all_schemas_with_history():
        if schema.domain == "":
            first[schema.name] = min(schema.since_version, first.get(schema.name, declared + 1))
    needed = max([min(IR_VERSIONS), *(first[node.op_type] for node in model.graph.node)])
    if declared != needed:
        raise ValueError(f"it declares opset {declared}, and its operators need {needed}")


def _single(numbers: tuple[tuple[str, float], ...]) -> dict[str, float]:
    """As ONNX holds them: in float32."""
    return {name: float(np.float32(number)) for name, number in numbers}


def _constants(model: onnx.ModelProto, stored: dict[str, Array]) -> dict[str, Array]:
    """The values of the model's initialisers; raises ValueError where it has others than given."""
    found: dict[str, Array] = {}
    for constant in model.graph.initializer:
        value = numpy_helper.to_array(constant)
        given = stored.get(constant.name, value)
        if not np.array_equal(value, given):
            raise ValueError(f"the model does not hold {constant.name} as it was given")
        found[constant.name] = given
    missing = [name for name in stored if name not in found]
    if missing:
        raise ValueError(f"the model does not hold {', '.join(missing)}")
    return found


def _without(model: onnx.ModelProto, stored: dict[str, Array], job: Job) -> onnx.ModelProto:
    """The same model, its weights read from the canonical file: small, and quick to load."""
    canonical = Reader(job.weights)
    for constant in model.graph.initializer:
        if constant.name in stored:
            offset, length = canonical.place(constant.name)
            constant.ClearField("raw_data")
            constant.data_location = TensorProto.EXTERNAL
            entries = {"location": job.weights.name, "offset": offset, "length": length}
            for key, value in entries.items():
                constant.external_data.add(key=key, value=str(value))
    return model


def _session(model: onnx.ModelProto, job: Job) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    path = job.folder / "part.onnx"  # beside the weights that it names
    path.write_bytes(model.SerializeToString())
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _names(job: Job, indices: tuple[int, ...]) -> list[str]:
    outputs = job.outputs[Onnx.name]
    return [outputs[index - 1].value if index else INPUT for index in indices]


def _parts(model: onnx.ModelProto, job: Job) -> list[list[onnx.NodeProto]]:
    """The nodes behind each layer, from its inputs to the tensor that has its name."""
    makers = {name: node for node in model.graph.node for name in node.output}
    outputs = [output.value for output in job.outputs[Onnx.name]]
    layers = {INPUT, *outputs}
    parts = []
    for name in outputs:
        needed: list[onnx.NodeProto] = []
        waiting = [name]
        while waiting:
            node = makers[waiting.pop()]
            if node not in needed:
                needed.append(node)
                waiting += [i for i in node.input if i in makers and i not in layers]
        parts.append([node for node in model.graph.node if node in needed])
    if sum(len(part) for part in parts) != len(model.graph.node):
        raise ValueError("a node belongs to no layer, or to several")
    if [output.name for output in model.graph.output] != outputs[-1:]:
        raise ValueError("the output is not the last layer")
    return parts


def _evaluator(
    nodes: list[onnx.NodeProto],
    constants: dict[str, Array],
    output: str,
    inputs: list[str],
    like: onnx.ModelProto,
) -> Evaluator:
    """Runs one layer in float64; its constants are fed, which spares copies inside a model."""
    fed = {
        name: _wide(constants[name]) for node in nodes for name in node.input if name in constants
    }
    names = dict.fromkeys([*inputs, *fed])
    graph = helper.make_graph(
        nodes,
        output,
        [helper.make_tensor_value_info(name, TensorProto.DOUBLE, None) for name in names],
        [helper.make_tensor_value_info(output, TensorProto.DOUBLE, None)],
    )
    model = helper.make_model(graph, opset_imports=like.opset_import)
    evaluator = ReferenceEvaluator(model, new_ops=CORRECTED)
    return lambda values: evaluator.run(None, fed | dict(zip(inputs, values, strict=True)))[0]


def _wide(value: Array) -> Array:
    return value.astype(np.float64) if value.dtype == np.float32 else value


PROVER = OnnxProver
