"""The verdict on one network: what the targets returned against what the reference expects."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from safetensors.numpy import load_file

from archc.compiler import Compiled
from archc.network.graph import Graph
from archc.proof import compare, gradients, sensitivity, steps
from archc.proof.job import LOCAL32, LOCAL64, WHOLE32, WHOLE64, Job
from archc.proof.origin import Origin
from archc.proof.original.result import OriginalProof, SamplesProof
from archc.proof.reference_run import Expected
from archc.proof.result import Proof, TargetProof
from archc.proof.terminal import PrintableProof
from archc.proof.training_result import Gradients, Steps
from archc.targets import TARGETS


@dataclass(frozen=True)
class Judge:
    """Compares the targets' outputs in a job's folder with the reference's."""

    network: Compiled
    job: Job
    origin: Origin
    expected: Expected

    def target(
        self,
        target: str,
        message: Mapping[str, object],
        versions: Mapping[str, str],
        seconds: float,
    ) -> TargetProof:
        """What a target returned at inference; `message` is the last that its worker sent."""
        graph = self.network.graph
        found = {**versions}
        if "error" in message:
            lines = str(message["error"]).strip().splitlines()
            return TargetProof(versions=found, seconds=seconds, problems=(lines[-1],))
        stored32 = compare.stored_as_float32(graph, TARGETS[target].inexact(self.origin.backend))
        magnitudes = self.expected.magnitudes
        errors, problems = compare.compare(self.job, target, magnitudes, set(stored32))
        below: tuple[str, ...] = ()
        for phase in {WHOLE64, WHOLE32} & {*errors}:
            if errors[phase].failed:
                amplified = sensitivity.amplified_errors(
                    graph, load_file(self.job.weights), np.load(self.job.value(0)), phase, stored32
                )
                errors[phase], unresolved = sensitivity.widen(phase, errors[phase], amplified)
                below += unresolved
        said = message.get("problems", ())
        problems += map(str, said if isinstance(said, list) else ())
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
            versions=found,
            seconds=seconds,
            peak=int(str(message.get("peak", 0))),
            problems=tuple(problems),
            below_float32=below,
            wanted=len(self.job.passes[target]),
            first=compare.first(self.job, target, errors, graph),
        )

    def proof(
        self,
        found: Mapping[str, TargetProof],
        refused: Mapping[str, str],
        asked: bool,
        seconds: float,
        peak: int,
        original: OriginalProof | None = None,
        samples: SamplesProof | None = None,
    ) -> Proof:
        """The verdict on the network; a target that refuses although it was `asked` for fails."""
        trained, stepped = self._training(found)
        absent = TargetProof(problems=("it was not compared",))
        targets = {**dict.fromkeys(self.job.outputs, absent), **found}
        if asked:
            targets |= {t: TargetProof(problems=(why,)) for t, why in refused.items()}
        graph = self.network.graph
        return PrintableProof(
            spec=self.network.stem,
            name=graph.name,
            origin=self.origin,
            layers=tuple(node.name for node in graph.nodes),
            parameters=_stored(graph),
            fixed=graph.totals.fixed,
            targets={t: targets[t] for t in TARGETS if t in targets},
            skipped={} if asked else {**refused},
            vacuous=self.expected.vacuous,
            not_finite=self.expected.not_finite,
            seconds=seconds,
            peak=peak,
            gradients=trained,
            steps=stepped,
            original=original,
            samples=samples,
        )

    def _training(self, found: Mapping[str, TargetProof]) -> tuple[Gradients | None, Steps | None]:
        """What was asked of training, of the targets that did what they had to."""
        graph = self.network.graph
        stored32 = {
            name: found[name].stored32
            for name, target in TARGETS.items()
            if target.trains and name in found and not found[name].problems
        }
        trained = stepped = None
        if self.expected.training:
            trained = gradients.judge(graph, self.expected.training, self.job, stored32)
        if self.job.recipe:
            stepped = steps.judge(graph, self.job, stored32)
        return trained, stepped


def _stored(graph: Graph) -> int:
    return graph.totals.parameters + graph.totals.fixed
