"""What of the user's own takes part in a proof: weights, a model, samples."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import Any

import numpy as np

from archc.errors import EnvironmentProblem, diagnostic
from archc.network.graph import Graph
from archc.proof import sampling
from archc.proof.compare import stored_as_float32
from archc.proof.job import Job
from archc.proof.original import comparing, running, samples, weights
from archc.proof.original.result import OriginalProof, SamplesProof
from archc.proof.original.running import Source
from archc.proof.original.trace import Trace
from archc.proof.original.weights import Taken
from archc.targets import TARGETS, backends
from archc.weights import canonical
from archc.weights.initial import Floats


@dataclass(frozen=True)
class Given:
    """What the user names: a file of weights or arrays by canonical name, a model, samples."""

    weights: Path | Mapping[str, Any] | None = None
    against: str | None = None
    samples: Path | None = None

    def __bool__(self) -> bool:
        return any(part is not None for part in (self.weights, self.against, self.samples))

    def checked(self, graph: Graph) -> "Ready":
        """All of it that can be looked at before any work. Raises EnvironmentProblem."""
        if self.samples is not None and self.weights is None and self.against is None:
            raise EnvironmentProblem([diagnostic("E610")])
        arrays = samples.read(graph, self.samples) if self.samples is not None else None
        source = running.source(self.against) if self.against is not None else None
        taken = None
        if isinstance(self.weights, Path):
            taken = weights.of_file(graph, self.weights)
        elif self.weights is not None:
            taken = Taken(canonical.from_arrays(graph, self.weights), {})
        files: dict[str, Path | None] = {
            "weights": self.weights if isinstance(self.weights, Path) else None,
            "against": source.file if source is not None else None,
            "samples": self.samples,
        }
        hashes = {option: _hash(path) for option, path in files.items() if path is not None}
        return Ready(graph, source, taken, self.samples, arrays, hashes)


NOTHING = Given()


@dataclass
class Ready:
    """The same for one network, to be run."""

    graph: Graph
    source: Source | None = None
    taken: Taken | None = None
    samples: Path | None = None
    arrays: tuple[Any, Any] | None = None
    hashes: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of what is in files, by the option that names it."""
    trace: Trace | None = None
    model: Taken | None = None

    def run(self, job: Job, seed: int, backend: str | None, seconds: float, memory: int) -> None:
        """Run the model on the job's inputs. Raises EnvironmentProblem if that fails."""
        if self.source is None:
            return
        np.save(job.value(0), sampling.inputs(self.graph, seed).astype(np.float64))
        trace = running.run(
            self.source,
            _folder(job),
            job.value(0),
            self.graph.input,
            backend=backend,
            seconds=seconds,
            memory=memory,
        )
        self.take(trace, job)

    def take(self, trace: Trace, job: Job) -> None:
        """Take what a model did, which is in a job's folder, and its weights. Raises
        EnvironmentProblem if they are not the network's."""
        assert self.source is not None
        self.trace = trace
        self.model = weights.of_model(self.graph, self.source, trace, _folder(job))

    @property
    def weights(self) -> Mapping[str, Floats] | None:
        """Canonical weights to prove with; None if these are to be sampled."""
        taken = self.taken or self.model
        return None if taken is None else taken.arrays

    def original(self, job: Job) -> OriginalProof | None:
        """The reference's values in a job's folder against the model's."""
        if self.source is None or self.trace is None or self.model is None:
            return None
        ran_on = next((name for name in self.trace.versions if name in backends()), "")
        kinds = TARGETS[self.trace.target].inexact(ran_on)
        return comparing.Comparison(
            self.graph,
            job,
            self.trace,
            _folder(job),
            self.weights or {},
            self.model.tensors,
            {*stored_as_float32(self.graph, kinds)},
        ).run(self.source.name)

    def sampled(self) -> SamplesProof | None:
        """The reference's outputs against those of the samples."""
        if self.arrays is None or self.samples is None or self.weights is None:
            return None
        return samples.judge(self.graph, self.weights, self.samples, *self.arrays)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _folder(job: Job) -> Path:
    return job.folder / "original"
