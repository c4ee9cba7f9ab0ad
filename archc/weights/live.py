"""Live models: the generated code, executed in this process, with weights."""

import linecache
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from archc.compiler import Compiled
from archc.errors import ArgumentError, fail
from archc.network.graph import Graph
from archc.targets import TARGETS
from archc.targets.render import render
from archc.weights import canonical, initial, limits
from archc.weights.initial import Floats
from archc.weights.requirements import require

Weights = str | Path | Mapping[str, Any] | None
"""A canonical file, arrays by canonical names, or None: the generated code initialises them."""


def initial_weights(network: Compiled, seed: int) -> dict[str, Floats]:
    """The spec's initial weights. Raises EnvironmentProblem if they do not fit into memory."""
    if type(seed) is not int:
        raise ArgumentError.of("weights", "a seed as an integer", seed)
    if not 0 <= seed < 2**64:
        fail("E204", field="seed", expected="from 0 to 2**64 - 1", value=seed)
    graph = network.graph
    needed = limits.stored(graph) + limits.largest(graph)
    limits.require_memory(f"initialising {graph.name}", needed)
    return dict(initial.initial(graph, seed))


def model(network: Compiled, target: str, weights: Weights, **options: Any) -> Any:
    """A model of the generated code; `options` are the target's own."""
    framework, graph = TARGETS[target], network.graph
    require(framework.modules[0])
    found = _found(graph, weights)
    return import_module(framework.model).live(_module(network, target, **options), network, found)


def _found(graph: Graph, weights: Weights) -> Mapping[str, Floats] | None:
    limits.require_memory(f"building {graph.name}", 2 * limits.stored(graph))
    if weights is None:
        return None
    if isinstance(weights, (str, Path)):
        return canonical.read(graph, Path(weights))
    if not isinstance(weights, Mapping):
        raise ArgumentError.of("weights=", "a file, or arrays by canonical name", weights)
    return canonical.from_arrays(graph, weights)


def _module(network: Compiled, target: str, **options: Any) -> ModuleType:
    """The generated code as a module without a file; tracebacks show its lines."""
    text = render(network.graph, target, network.stem, **options).text
    name = f"archc_live_{network.stem.replace('-', '_')}_{target}"
    place = f"<{name}>"
    module = ModuleType(name)
    module.__file__ = place
    linecache.cache[place] = (len(text), None, text.splitlines(keepends=True), place)
    sys.modules[name] = module  # pickling and annotations look up its classes here
    exec(compile(text, place, "exec"), module.__dict__)
    return module
