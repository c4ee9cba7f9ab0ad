"""Many small networks through warm workers, each of which goes at its own pace.

`verify` proves one network at a time, as becomes a large one. Here the reference computes the next
networks while the frameworks are busy with those before, and no worker waits for another. Weights, comparisons and limits are the same.
"""

import shutil
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

from archc.compiler import Compiled
from archc.proof import origin, reference_run
from archc.proof.job import LOCAL64, WHOLE32, WHOLE64, Passes
from archc.proof.judge import Judge
from archc.proof.preparation import generated, job_of, require_frameworks, texts
from archc.proof.result import Proof, TargetProof
from archc.proof.verify import slowest_first
from archc.proof.workers import Pool
from archc.targets import TARGETS

AHEAD = 6
"""Networks begun and not yet judged: enough that a quick worker seldom waits for a slow one."""


class _Case:
    """A network on its way: who judges it, and what the targets returned so far."""

    def __init__(self, judge: Judge, refused: dict[str, str], began: float) -> None:
        self.judge, self.refused, self.began = judge, refused, began
        self.found: dict[str, TargetProof] = {}

    @property
    def folder(self) -> Path:
        return self.judge.job.folder

    @property
    def done(self) -> bool:
        return len(self.found) == len(self.judge.job.outputs)

    def take(self, target: str, message: dict[str, Any], versions: dict[str, str]) -> None:
        seconds = time.monotonic() - self.began
        self.found[target] = self.judge.target(target, message, versions, seconds)

    def proof(self, asked: bool, peak: int) -> Proof:
        seconds = time.monotonic() - self.began
        return self.judge.proof(self.found, self.refused, asked, seconds, peak)


class Stream:
    """Workers that stay warm from network to network; use it as a context.

    `seconds` bounds each network on each target, `memory` (bytes) each worker, `passes` says what
    every target is to run. Raises EnvironmentProblem if a framework is not installed.
    """

    def __init__(
        self,
        targets: Sequence[str] = (),
        *,
        backend: str = "tensorflow",
        seed: int = 0,
        seconds: float = 60.0,
        memory: int = 8 * 2**30,
        passes: Passes | None = None,
    ) -> None:
        self.targets, self.asked = tuple(targets) or tuple(TARGETS), bool(targets)
        self.seed, self.seconds, self.memory = seed, seconds, memory
        self.passes = passes or _quick()
        require_frameworks(self.targets, backend)
        self._backend = backend
        self._open: deque[_Case] = deque()
        self._waiting: dict[str, deque[_Case]] = {target: deque() for target in self.targets}
        self._since: dict[str, float] = {}
        self._numbers = count()
        self._stack = ExitStack()

    def __enter__(self) -> "Stream":
        folder = tempfile.TemporaryDirectory(prefix="archc-", ignore_cleanup_errors=True)
        self._scratch = Path(self._stack.enter_context(folder))
        pool = Pool(self.targets, self._backend, self._scratch)
        self._pool = self._stack.enter_context(pool)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def prove(self, cases: Iterable[tuple[Compiled, Mapping[str, str]]]) -> Iterator[Proof]:
        """The verdicts in order; with each network come the generated files to replace."""
        for network, sources in cases:
            self._begin(network, sources)
            while len(self._open) >= AHEAD:
                yield from self._ended()
        while self._open:
            yield from self._ended()

    def _begin(self, network: Compiled, sources: Mapping[str, str]) -> None:
        began = time.monotonic()
        files, refused = generated(network, self.targets, sources)
        folder = self._scratch / str(next(self._numbers))
        job = job_of(network, files, folder, self.passes)
        job.prepare(texts(files))
        made_of = origin.of(network, texts(files), self.seed, self._backend)
        expected = reference_run.run(
            network.graph, job, self.seed, ready=lambda: None, report=lambda layer: None
        )
        case = _Case(Judge(network, job, made_of, expected), refused, began)
        self._open.append(case)
        for target in slowest_first(files):
            if not self._waiting[target]:
                self._since[target] = time.monotonic()
            self._waiting[target].append(case)
            self._pool.send(target, folder)

    def _ended(self) -> Iterator[Proof]:
        """Take a message; the verdicts that it leaves complete, from the oldest on."""
        if not self._open[0].done:
            name, message = self._pool.next()
            self._take(name, message)
            deadlines = {t: self._since[t] + self.seconds for t, q in self._waiting.items() if q}
            for late, why in self._pool.breaches(deadlines, self.seconds, self.memory):
                self._take(late, {"error": why})
        while self._open and self._open[0].done:
            case = self._open.popleft()
            yield case.proof(self.asked, self._pool.peak)
            shutil.rmtree(case.folder, ignore_errors=True)

    def _take(self, name: str, message: dict[str, Any]) -> None:
        """What a worker says of the oldest network that it has."""
        waiting = self._waiting.get(name)
        if not waiting or not ("done" in message or "error" in message):
            return
        case = waiting.popleft()
        self._since[name] = time.monotonic()
        case.take(name, message, self._pool.versions.get(name, {}))
        if self._pool.workers[name].process.poll() is not None:
            for other in waiting:  # the pipe is gone with the worker
                self._pool.send(name, other.folder)


def _quick() -> Passes:
    """float64 decides; what runs float32 in another program at least runs every network once."""
    return {
        name: (LOCAL64, WHOLE64, *[WHOLE32] * bool(target.single))
        for name, target in TARGETS.items()
    }
