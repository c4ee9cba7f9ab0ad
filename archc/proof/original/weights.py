"""The weights of somebody's model as the network's own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from archc.network.graph import Graph
from archc.proof.original.running import Source
from archc.proof.original.trace import Trace
from archc.targets import TARGETS
from archc.weights import canonical, importing, limits
from archc.weights.checkpoint import Checkpoint, Remarks, Tensor
from archc.weights.initial import Floats
from archc.weights.matching import Wishes


@dataclass(frozen=True)
class Taken:
    """Canonical weights, and what each is called where they come from."""

    arrays: Mapping[str, Floats]
    tensors: Mapping[str, str]


def of_file(graph: Graph, path: Path) -> Taken:
    """Those in any file that `archc weights import` reads. Raises EnvironmentProblem."""
    return _taken(importing.find(graph, path))


def of_model(graph: Graph, source: Source, trace: Trace, folder: Path) -> Taken:
    """Those of a model that was run. Raises EnvironmentProblem if they are not the network's."""
    wishes = Wishes(by_order=True)  # they are in the order of use
    if source.target and not trace.weights:  # they are in the file, named by its nodes
        checkpoint, reader = importing.read(source.path, limits.stored(graph))
        found = importing.matched(graph, checkpoint, source.path, wishes)
        return _taken(replace(found, reader=reader))
    tensors = []
    modules = {held.module: None for held in trace.weights}
    for number, held in enumerate(trace.weights):
        array = trace.weight(folder, number)
        read = partial(trace.weight, folder, number)
        position = [*modules].index(held.module)
        tensor = Tensor(
            held.name, held.module, held.leaf, array.shape, str(array.dtype), held.module, position,
            read=read,
        )  # fmt: skip
        tensors.append(tensor)
    remarks = Remarks(channels_first=not trace.channels_last, in_use=True)
    checkpoint = Checkpoint(TARGETS[trace.target], tuple(tensors), remarks)
    order = "channels_last" if trace.channels_last else "channels_first"
    path = Path(source.name)
    return _taken(importing.matched(graph, checkpoint, path, wishes, order))


def _taken(found: importing.Found) -> Taken:
    try:
        arrays = found.arrays()
    finally:
        found.close()
    canonical.check_numbers(found.graph, arrays.items(), found.path)
    return Taken(arrays, {name: match.tensor.name for name, match in found.matches.items()})
