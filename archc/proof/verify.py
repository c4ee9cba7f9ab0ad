"""The proof of networks: start the frameworks, run the reference, judge what they return."""

import time
from collections.abc import Iterable, Mapping, Sequence

from archc.compiler import Compiled
from archc.errors import did_you_mean, fail
from archc.files import interrupts
from archc.proof import origin, preparation, reference_run
from archc.proof.job import Job, full
from archc.proof.judge import Judge
from archc.proof.origin import Origin
from archc.proof.original.given import NOTHING, Given, Ready
from archc.proof.result import Proof, TargetProof
from archc.proof.workers import Pool, Progress, Reporter
from archc.targets import TARGETS, backends


def slowest_first(targets: Iterable[str]) -> list[str]:
    """The targets in the order in which to start them: the slowest first."""
    return sorted(targets, key=lambda name: -TARGETS[name].effort)


SECONDS, SECONDS_IN_TRAINING = 600.0, 1800.0
"""How long all targets may take for a network, if nothing else is said."""


def verify(
    networks: Sequence[Compiled],
    *,
    targets: Sequence[str] = (),
    backend: str | None = None,
    seed: int = 0,
    seconds: float | None = None,
    memory: int = 8 * 2**30,
    progress: Progress = lambda *_: None,
    with_gradients: bool = False,
    train_steps: int = 0,
    sources: Sequence[Mapping[str, str]] = (),
    given: Given = NOTHING,
) -> list[Proof]:
    """Prove the networks on the targets (all, if none is named), one worker process a target.

    `backend` is one of `backends` (by default the first), `seconds` bounds each network (by default
    SECONDS, or SECONDS_IN_TRAINING), `memory` (bytes) each worker; `sources` replaces generated
    files, by target for each network. `with_gradients` proves the backward pass as well, and
    `train_steps` that many steps of the spec's recipe. `given` are weights, a model and samples of
    the user's own, for each network.
    Raises EnvironmentProblem if a framework that is needed is not installed.
    """
    chosen = backends()[0] if backend is None else backend
    for what, names, known in (("target", targets, TARGETS), ("backend", [chosen], backends())):
        for name in names:
            if name not in known:
                hint = did_you_mean(name, known)
                fail("E205", what=what, value=name, suggestion=hint)
    limit = seconds or (SECONDS_IN_TRAINING if with_gradients or train_steps else SECONDS)
    asked = tuple(targets) or tuple(TARGETS)
    preparation.require_trained(asked, with_gradients, train_steps)
    for network in networks:
        preparation.require_memory(network.graph, with_gradients, bool(train_steps))
        if train_steps:
            preparation.require_parameters(network.graph)
    replaced = [*sources, *({} for _ in networks)]
    files_of = [
        preparation.generated(network, asked, own)
        for network, own in zip(networks, replaced, strict=False)
    ]
    used = tuple(t for t in asked if any(t in files for files, _ in files_of))
    preparation.require_frameworks(used, chosen)
    own = [given.checked(network.graph) for network in networks]
    proofs = []
    with (
        interrupts.temporary_folder() as folder,
        Pool(used, chosen, folder) as pool,
    ):
        for number, (network, (files, refused), ready) in enumerate(
            zip(networks, files_of, own, strict=True)
        ):
            began = time.monotonic()
            texts = preparation.texts(files)
            scratch = folder / str(number)
            job = preparation.job_of(network, files, scratch, full(), with_gradients, train_steps)
            job.prepare(texts)
            made_of = origin.of(network, texts, seed, chosen, ready.hashes)
            reporter = Reporter(progress, network.stem, len(job.steps))
            ready.run(job, seed, backend, limit, memory)
            judge = _define(network, job, made_of, pool, reporter, ready)
            found = _watch(judge, pool, reporter, began, limit, memory)
            if job.gradients:
                reporter.say("reference", "gradients", 0.99)
            parts = (ready.original(job), ready.sampled())
            taken = time.monotonic() - began
            proofs.append(judge.proof(found, refused, bool(targets), taken, pool.peak, *parts))
    return proofs


def _define(
    network: Compiled, job: Job, made_of: Origin, pool: Pool, reporter: Reporter, ready: Ready
) -> Judge:
    """Run the reference, and start the workers as soon as they can begin."""
    reporter.say("reference", "weights", 0.0)
    expected = reference_run.run(
        network.graph,
        job,
        made_of.seed,
        ready=lambda: pool.begin(slowest_first(job.outputs), job.folder),
        report=lambda layer: reporter.layer("reference", layer),
        weights=ready.weights,
    )
    reporter.say("reference", "ready", 1.0)
    return Judge(network, job, made_of, expected)


def _watch(
    judge: Judge, pool: Pool, reporter: Reporter, began: float, seconds: float, memory: int
) -> dict[str, TargetProof]:
    """The verdict on each target as its worker ends; `seconds` count from `began` on."""
    found: dict[str, TargetProof] = {}
    left = seconds - (time.monotonic() - began)
    for target, message in pool.watch(left, seconds, memory):
        if "layer" in message:
            reporter.layer(target, str(message["layer"]), len(judge.job.passes[target]))
        if "done" in message or "error" in message:
            versions, taken = pool.versions.get(target, {}), time.monotonic() - began
            found[target] = judge.target(target, message, versions, taken)
            reporter.say(target, "passed" if found[target].passed else "failed", 1.0)
    return found
