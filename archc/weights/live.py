"""Live models: the generated code, executed in this process, with weights."""

import linecache
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from archc.compiler import Compiled
from archc.language import names
from archc.network.graph import Graph
from archc.targets.render import render
from archc.weights import canonical, initial, limits
from archc.weights.initial import Floats
from archc.weights.placing import placements
from archc.weights.requirements import require

Weights = str | Path | Mapping[str, Any] | None
"""A canonical file, arrays by canonical names, or None: the generated code initialises them."""


def initial_weights(network: Compiled, seed: int) -> dict[str, Floats]:
    """The spec's initial weights. Raises EnvironmentProblem if they do not fit into memory."""
    graph = network.graph
    needed = limits.stored(graph) + limits.largest(graph)
    limits.require_memory(f"initialising {graph.name}", needed)
    return dict(initial.initial(graph, seed))


def torch(network: Compiled, weights: Weights) -> Any:
    """The generated `nn.Module`."""
    require("torch")
    graph = network.graph
    found = _found(graph, weights)
    model = getattr(_module(network, "torch"), names.class_name(graph.name))()
    if found is not None:
        import torch as framework

        from archc.weights.torch_format import state

        arrays = state(graph, found)
        model.load_state_dict({name: framework.tensor(array) for name, array in arrays})
    return model


def keras(network: Compiled, weights: Weights) -> Any:
    """The generated `keras.Model`."""
    require("keras")
    graph = network.graph
    found = _found(graph, weights)
    model = getattr(_module(network, "keras"), names.function_name(graph.name))()
    if found is not None:
        from archc.weights.keras_model import fill

        fill(model, placements(graph), found)
    return model


def onnx(network: Compiled, weights: Weights, opset: int | None) -> Any:
    """The generated `onnx.ModelProto`."""
    require("onnx")
    graph = network.graph
    found = _found(graph, weights)
    options = {} if opset is None else {"opset": opset}
    module = _module(network, "onnx", **options)
    build = getattr(module, names.function_name(graph.name))
    return build(module.initial_weights() if found is None else found)


def _found(graph: Graph, weights: Weights) -> Mapping[str, Floats] | None:
    limits.require_memory(f"building {graph.name}", 2 * limits.stored(graph))
    if weights is None:
        return None
    if isinstance(weights, (str, Path)):
        return canonical.read(graph, Path(weights))
    return canonical.from_arrays(graph, weights)


def _module(network: Compiled, target: str, **options: Any) -> ModuleType:
    """The generated code as a module without a file; tracebacks show its lines."""
    text = render(network.graph, target, network.stem, **options)
    name = f"archc_live_{network.stem.replace('-', '_')}_{target}"
    place = f"<{name}>"
    module = ModuleType(name)
    module.__file__ = place
    linecache.cache[place] = (len(text), None, text.splitlines(keepends=True), place)
    sys.modules[name] = module  # pickling and annotations look up its classes here
    exec(compile(text, place, "exec"), module.__dict__)
    return module
