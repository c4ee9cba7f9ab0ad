"""One run of the proof: draw, start the frameworks, run the definition, compare."""

import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import prod
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil
from safetensors.numpy import save_file

from archc.compiler import Compiled
from archc.errors import did_you_mean, fail
from archc.language import names
from archc.network.graph import INPUT, Graph
from archc.proof import (
    compare,
    gradients,
    origin,
    reference,
    sampling,
    sensitivity,
    steps,
    training_inputs,
)
from archc.proof.job import (
    LOCAL32,
    LOCAL64,
    WHOLE32,
    WHOLE64,
    Job,
    Output,
    Passes,
    Step,
    full,
)
from archc.proof.origin import Origin
from archc.proof.result import Gradients, Proof, Steps, TargetProof
from archc.proof.workers import Pool
from archc.targets import TARGETS
from archc.targets.render import rendered
from archc.targets.statements import File
from archc.weights.placement import placements
from archc.weights.requirements import require

Progress = Callable[[str, str, str, float], None]
"""Told (spec, target, what, fraction done) as the work goes on."""


def backends() -> tuple[str, ...]:
    """What the files of one target or another can run on."""
    return tuple(dict.fromkeys(name for target in TARGETS.values() for name in target.backends))


def slowest_first(targets: Iterable[str]) -> list[str]:
    """The targets in the order in which they are best begun."""
    return sorted(targets, key=lambda name: -TARGETS[name].effort)


SECONDS, SECONDS_IN_TRAINING = 600.0, 1800.0
"""How long all targets may take for a network, if nothing else is said."""


def verify(
    networks: Sequence[Compiled],
    *,
    targets: Sequence[str] = (),
    backend: str = "tensorflow",
    seed: int = 0,
    seconds: float | None = None,
    memory: int = 8 * 2**30,
    progress: Progress = lambda *_: None,
    with_gradients: bool = False,
    train_steps: int = 0,
    sources: Sequence[Mapping[str, str]] = (),
) -> list[Proof]:
    """Prove the networks on the targets (all, if none is named), one worker process a target.

    `seconds` bounds each network (by default SECONDS, or SECONDS_IN_TRAINING), `memory` (bytes)
    each worker; `sources` replaces generated files, by target for each network. `with_gradients`
    proves the backward pass as well, and `train_steps` that many steps of the spec's recipe.
    Raises EnvironmentProblem if a framework that is needed is not installed.
    """
    for what, names_, known in (("target", targets, TARGETS), ("backend", [backend], backends())):
        for name in names_:
            if name not in known:
                hint = did_you_mean(name, known)
                fail("E205", what=what, value=name, suggestion=hint)
    limit = seconds or (SECONDS_IN_TRAINING if with_gradients or train_steps else SECONDS)
    for network in networks:
        fits(network.graph, with_gradients, bool(train_steps))
    asked = tuple(targets) or tuple(TARGETS)
    given = [*sources, *({} for _ in networks)]
    files_of = [written(network, asked, own) for network, own in zip(networks, given, strict=False)]
    used = tuple(t for t in asked if any(t in files for files, _ in files_of))
    installed(used, backend)
    proofs = []
    with tempfile.TemporaryDirectory(prefix="archc-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        with Pool(used, backend, scratch) as pool:
            for number, (network, (files, refused)) in enumerate(
                zip(networks, files_of, strict=True)
            ):
                folder_of = scratch / str(number)
                job = job_of(network, files, folder_of, full(), with_gradients, train_steps)
                made_of = origin.of(network, texts(files), seed, backend)
                run = Run(network, files, job, pool, progress, made_of)
                proofs.append(run.prove(seed, limit, memory, refused, bool(targets)))
    return proofs


def fits(graph: Graph, with_gradients: bool = False, with_steps: bool = False) -> None:
    """Refuse a network whose definition alone would not fit into memory, before anything is drawn."""
    layers = [sum(w.size for w in node.weights) for node in graph.nodes]
    values = sum(prod(shape) for shape in graph.shapes.values()) * sampling.BATCH
    windows = [
        prod((sampling.BATCH, graph.inputs(node)[0][0], *node.geometry.size, *node.geometry.kernel))
        for node in graph.nodes
        if node.geometry is not None
    ]
    # float32 weights, one layer of them once more as float64, every value with its magnitude, and
    # the windows of one layer side by side
    needed = 4 * sum(layers) + 8 * max(layers) + 12 * values + 8 * max(windows, default=0)
    # in training, other weights, and what every layer makes of inputs of its own
    needed += with_gradients * (4 * sum(layers) + 8 * values) + with_steps * 4 * sum(layers)
    if needed > psutil.virtual_memory().available:
        free = psutil.virtual_memory().available
        fail("E510", name=graph.name, needed=f"{needed:,}", free=f"{free:,}")


def written(
    network: Compiled, targets: Sequence[str], sources: Mapping[str, str]
) -> tuple[dict[str, File], dict[str, str]]:
    """The generated files by target, `sources` in place of their texts; and why others refuse."""
    files, refused = rendered(network.graph, network.stem, targets)
    why = {target: error.diagnostics[0].message for target, error in refused.items()}
    return {t: replace(file, text=sources.get(t, file.text)) for t, file in files.items()}, why


def texts(files: Mapping[str, File]) -> dict[str, str]:
    """The text of each file."""
    return {target: file.text for target, file in files.items()}


def installed(targets: Iterable[str], backend: str) -> None:
    """Raise EnvironmentProblem if a module that the targets run on is missing."""
    found = [TARGETS[name] for name in targets]
    require(*dict.fromkeys(m for t in found for m in (*t.modules, *t.ran_on(backend))))


class Run:
    """One network's proof."""

    def __init__(
        self,
        network: Compiled,
        files: Mapping[str, File],
        job: Job,
        pool: Pool,
        progress: Progress,
        made_of: Origin,
    ) -> None:
        self.origin = made_of
        self.network, self.pool = network, pool
        self.targets = tuple(files)
        self.unsent = slowest_first(files)
        self.report: Callable[[str, str, float], None] = partial(progress, network.stem)
        self.steps: Counter[str] = Counter()
        self.job = job
        self.job.prepare(self.targets)
        for target, file in files.items():
            self.job.source(target).write_text(file.text)
        self.taught: gradients.Definition | None = None
        self.magnitudes: dict[int, npt.NDArray[np.float32]] = {}

    def prove(
        self, seed: int, seconds: float, memory: int, refused: dict[str, str], asked: bool
    ) -> Proof:
        """Draw, run the definition and every target, compare."""
        began = time.monotonic()
        vacuous = self.define(seed)
        found: dict[str, TargetProof] = {}
        left = seconds - (time.monotonic() - began)
        for target, message in self.pool.watch(set(self.targets), left, seconds, memory):
            if "layer" in message:
                self._advance(target, str(message["layer"]), len(self.job.passes[target]))
            if "done" in message or "error" in message:
                self.unsent = [other for other in self.unsent if other != target]  # it died early
                found[target] = self.judge(target, message, time.monotonic() - began)
                self.report(target, "passed" if found[target].passed else "failed", 1.0)
                self._send()
        return self.proof(found, refused, asked, vacuous, time.monotonic() - began)

    def proof(
        self,
        found: dict[str, TargetProof],
        refused: dict[str, str],
        asked: bool,
        vacuous: bool,
        seconds: float,
    ) -> Proof:
        """The verdict on the network; a target that refuses although it was `asked` for fails."""
        trained, stepped = self._trained(found)
        if asked:
            found |= {t: TargetProof(problems=(why,)) for t, why in refused.items()}
        return Proof(
            spec=self.network.stem,
            name=self.network.graph.name,
            origin=self.origin,
            layers=tuple(node.name for node in self.network.graph.nodes),
            parameters=_stored(self.network.graph),
            targets={t: found[t] for t in TARGETS if t in found},
            skipped={} if asked else refused,
            vacuous=vacuous,
            seconds=seconds,
            peak=self.pool.peak,
            gradients=trained,
            steps=stepped,
        )

    def _trained(self, found: Mapping[str, TargetProof]) -> tuple[Gradients | None, Steps | None]:
        """What was asked of training, of the targets that answered."""
        answered = [t for t, p in found.items() if TARGETS[t].trains and not p.problems]
        answered.sort(key=[*TARGETS].index)
        graph = self.network.graph
        trained = stepped = None
        if self.taught:
            self.report("definition", "gradients", 0.99)
            stored32 = {target: found[target].stored32 for target in answered}
            trained = gradients.judge(graph, self.taught, self.job, stored32)
        if self.job.recipe:
            rough = any(found[target].stored32 for target in answered)
            stepped = steps.judge(graph, self.job, answered, rough)
        return trained, stepped

    def define(self, seed: int) -> bool:
        """Write the weights and the definition's values; True if the output ignores the input."""
        graph = self.network.graph
        self.report("definition", "weights", 0.0)
        self.seed = seed
        weights = dict(sampling.weights(graph, seed))
        save_file(weights, self.job.weights)
        x = sampling.inputs(graph, seed)
        np.save(self.job.value(0), x.astype(np.float64))
        taught = training_inputs.write(graph, self.job, seed)
        for _ in range(os.cpu_count() or 1):
            self._send()
        y = x
        for number, (node, y, m) in enumerate(reference.forward(graph, weights, x), start=1):
            self._advance("definition", node.name, 1)
            np.save(self.job.value(number), y)
            self.magnitudes[number] = m
        self.job.complete()
        if self.job.gradients:
            self.taught = gradients.define(graph, taught, self.job, seed)
        self.report("definition", "ready", 1.0)
        return bool((y == y[:1]).all())

    def _send(self) -> None:
        """Hand the next worker its job: one for each core, for more would be in each other's way."""
        if self.unsent:
            self.pool.send(self.unsent.pop(0), self.job.folder)

    def _advance(self, who: str, layer: str, passes: int) -> None:
        self.steps[who] += 1
        done = self.steps[who] / (passes * len(self.job.steps))
        self.report(who, layer, min(done, 0.99))

    def judge(self, target: str, message: dict[str, object], seconds: float) -> TargetProof:
        """Compare what a target answered; `message` is the last that its worker sent."""
        graph = self.network.graph
        versions = self.pool.versions.get(target, {})
        if "error" in message:
            lines = str(message["error"]).strip().splitlines()
            return TargetProof(versions=versions, seconds=seconds, problems=(lines[-1],))
        stored32 = _stored_as_float32(graph, TARGETS[target].inexact(self.pool.backend))
        errors, problems = compare.compare(self.job, target, self.magnitudes, set(stored32))
        lost: tuple[str, ...] = ()
        for phase in {WHOLE64, WHOLE32} & {*errors}:
            if errors[phase].failed:
                moved = sensitivity.moved(graph, self.seed, phase, set(stored32))
                errors[phase], unheld = sensitivity.widened(phase, errors[phase], moved)
                lost += unheld
        count = message.get("parameters")
        if count != _stored(graph):
            problems.append(f"it counts {count} parameters, not {_stored(graph)}")
        return TargetProof(
            local64=errors.get(LOCAL64),
            whole64=errors.get(WHOLE64),
            local32=errors.get(LOCAL32),
            whole32=errors.get(WHOLE32),
            stored32=stored32,
            parameters=count if isinstance(count, int) else None,
            versions=versions,
            seconds=seconds,
            peak=int(str(message.get("peak", 0))),
            problems=tuple(problems),
            lost=lost,
            wanted=len(self.job.passes[target]),
            first=compare.first(self.job, target, errors, graph),
        )


def _stored(graph: Graph) -> int:
    return graph.totals.parameters + graph.totals.fixed


def _stored_as_float32(graph: Graph, kinds: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for node in graph.nodes:
        for op in node.operations:
            if op.type in kinds:
                found[node.name] = kinds[op.type]
    return found


def job_of(
    network: Compiled,
    files: Mapping[str, File],
    folder: Path,
    passes: Passes,
    with_gradients: bool = False,
    train_steps: int = 0,
) -> Job:
    """What the workers are told of a network."""
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
        dropouts=training_inputs.dropouts(graph),
        momenta=training_inputs.momenta(graph),
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
