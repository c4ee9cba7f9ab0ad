"""What happens before anything runs: the files to prove, the jobs of the workers, and refusals."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path

from archc.compiler import Compiled
from archc.errors import EnvironmentProblem, diagnostic, fail
from archc.language import names
from archc.network.graph import INPUT, Graph
from archc.ops.batch_norm import BatchNorm
from archc.ops.dropout import Dropout
from archc.proof import sampling, training_inputs
from archc.proof.job import Job, Output, Passes, Step
from archc.targets import TARGETS
from archc.targets.render import rendered
from archc.targets.statements import File
from archc.weights.limits import free_memory, stored
from archc.weights.placement import placements
from archc.weights.requirements import require


def require_memory(graph: Graph, with_gradients: bool = False, with_steps: bool = False) -> None:
    """Refuse (E510) a network of which the reference would not fit into memory, before any work."""
    layers = [sum(w.size for w in node.weights) for node in graph.nodes]
    values = sum(prod(shape) for shape in graph.shapes.values()) * sampling.BATCH
    windows = [
        prod((sampling.BATCH, graph.inputs(node)[0][0], *node.geometry.size, *node.geometry.kernel))
        for node in graph.nodes
        if node.geometry is not None
    ]
    # float32 weights, one layer of them once more as float64, every value with its magnitude, and
    # the windows of one layer side by side
    needed = stored(graph) + 8 * max(layers) + 12 * values + 8 * max(windows, default=0)
    # in training, other weights, and what every layer makes of inputs of its own
    needed += with_gradients * (stored(graph) + 8 * values) + with_steps * stored(graph)
    free = free_memory()
    if needed > free:
        fail("E510", name=graph.name, needed=f"{needed:,}", free=f"{free:,}")


def require_trained(asked: Sequence[str], with_gradients: bool, train_steps: int) -> None:
    """Refuse (E606) to prove training on too few targets, before any work."""
    trains = [name for name, target in TARGETS.items() if target.trains]
    needed = 2 if train_steps else int(with_gradients)
    if sum(name in asked for name in trains) < needed:
        facts = {
            "what": "training steps" if train_steps else "gradients",
            "needed": "two targets that train" if train_steps else "a target that trains",
            "asked": ", ".join(asked),
            "others": " and ".join(f"--target {name}" for name in trains),
        }
        raise EnvironmentProblem([diagnostic("E606", **facts)])


def require_parameters(graph: Graph) -> None:
    """Refuse (E607) to train a network that has nothing to train."""
    if not graph.totals.parameters:
        fail("E607", name=graph.name)


def generated(
    network: Compiled, targets: Sequence[str], sources: Mapping[str, str]
) -> tuple[dict[str, File], dict[str, str]]:
    """The generated files by target, `sources` in place of their texts; and why others refuse."""
    files, refused = rendered(network.graph, network.stem, targets)
    why = {target: error.diagnostics[0].message for target, error in refused.items()}
    return {t: replace(file, text=sources.get(t, file.text)) for t, file in files.items()}, why


def texts(files: Mapping[str, File]) -> dict[str, str]:
    """The text of each file."""
    return {target: file.text for target, file in files.items()}


def require_frameworks(targets: Iterable[str], backend: str) -> None:
    """Raise EnvironmentProblem if a module that the targets run on is missing."""
    found = [TARGETS[name] for name in targets]
    require(*dict.fromkeys(m for t in found for m in (*t.modules, *t.ran_on(backend))))


def job_of(
    network: Compiled,
    files: Mapping[str, File],
    folder: Path,
    passes: Passes,
    with_gradients: bool = False,
    train_steps: int = 0,
) -> Job:
    """What the workers are given of a network."""
    graph = network.graph
    numbers = {INPUT: 0, **{node.name: i for i, node in enumerate(graph.nodes, start=1)}}
    return Job(
        folder=folder,
        class_name=names.class_name(graph.name),
        function_name=names.function_name(network.stem),
        steps=tuple(
            Step(node.name, tuple(numbers[name] for name in node.inputs)) for node in graph.nodes
        ),
        placements=placements(graph),
        passes=passes,
        outputs={target: tuple(_outputs(file, graph)) for target, file in files.items()},
        dropouts=_dropouts(graph),
        momenta=_momenta(graph),
        gradients=with_gradients,
        recipe=training_inputs.recipe(graph, network.spec.train, train_steps)
        if train_steps
        else None,
    )


def _outputs(file: File, graph: Graph) -> Iterator[Output]:
    """How each layer's output is found in a running file."""
    steps = Counter(place.statement.node.name for place in file.places if place.statement.step)
    for node in graph.nodes:
        place = file.outputs[node.name]
        yield Output(place.statement.value, place.first, place.last, steps[node.name])


def _dropouts(graph: Graph) -> tuple[tuple[str, float], ...]:
    """(layer, rate) of each dropout."""
    return tuple((node.name, node.op.rate) for node in graph.nodes if isinstance(node.op, Dropout))


def _momenta(graph: Graph) -> tuple[tuple[str, float], ...]:
    """(layer, momentum) of each batch normalisation."""
    found = ((node.name, node.op) for node in graph.nodes)
    return tuple((name, op.momentum) for name, op in found if isinstance(op, BatchNorm))
