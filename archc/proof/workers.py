"""The worker processes: started side by side, fed with jobs, bounded in time and memory."""

import json
import os
import queue
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from archc.files import interrupts
from archc.targets import TARGETS, isolation, processes

Progress = Callable[[str, str, str, float], None]
"""Called with (spec, target, what, fraction done) as the work goes on."""


class Reporter:
    """The progress of one network: for the reference and each target, how many layers are done."""

    def __init__(self, progress: Progress, spec: str, layers: int) -> None:
        self._progress, self._spec, self._layers = progress, spec, layers
        self._done: Counter[str] = Counter()

    def say(self, who: str, what: str, done: float) -> None:
        """What somebody is at, and the fraction that is done."""
        self._progress(self._spec, who, what, done)

    def layer(self, who: str, layer: str, passes: int = 1) -> None:
        """One more layer of all in so many passes."""
        self._done[who] += 1
        self.say(who, layer, min(self._done[who] / (passes * self._layers), 0.99))


class Worker:
    """One framework in a process and a session of its own."""

    def __init__(self, target: str, backend: str, scratch: Path) -> None:
        self.target = target
        self.home = Path(tempfile.mkdtemp(prefix=f"{target}-", dir=scratch))
        self.log = self.home / "log"
        environment = isolation.environment(self.home, backend) | {
            # One thread for each framework: side by side they fill the cores, and threads that
            # spin while they wait would take them from each other.
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "TF_NUM_INTRAOP_THREADS": "1",
            "TF_NUM_INTEROP_THREADS": "1",
            # Large arrays in large pages: glibc's own 4 KiB ones cost seconds in page faults.
            "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                isolation.command(
                    "archc.proof.worker", TARGETS[target].prover, TARGETS[target].root
                ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self.home,
                env=environment,
                start_new_session=True,
                text=True,
            )

    def send(self, job: Path) -> None:
        """Hand the worker a job; a dead one is noticed by the end of its messages."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            print(json.dumps(str(job)), file=self.process.stdin, flush=True)

    def lines(self) -> Iterator[dict[str, Any]]:
        """The worker's messages until it ends; a line that is none ends it too."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                message = json.loads(line)
            except ValueError:
                return
            if isinstance(message, dict):
                yield message

    @property
    def memory(self) -> int:
        """Bytes that the worker and all that it started hold now."""
        return processes.memory(self.process.pid)

    @property
    def last_words(self) -> str:
        """The end of what the worker wrote to standard error."""
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it wrote nothing"

    def stop(self) -> None:
        """End the worker and all that it started."""
        processes.end(self.process, self.home)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()


class Pool:
    """All workers of one run; use it as a context, so that none outlives it."""

    def __init__(self, targets: tuple[str, ...], backend: str, scratch: Path) -> None:
        self.versions: dict[str, dict[str, str]] = {}
        self.peak = 0
        self._looked = 0.0
        self._waiting: set[str] = set()
        self._unsent: list[str] = []
        self._job = scratch
        self.workers: dict[str, Worker] = {}
        self._start: Callable[[str], Worker] = lambda name: Worker(name, backend, scratch)
        self._messages: queue.Queue[tuple[Worker, dict[str, Any] | None]] = queue.Queue()
        try:
            with interrupts.held():  # until all are where `__exit__` finds them
                for name in targets:
                    self._run(name)
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        with interrupts.held():
            for worker in self.workers.values():
                worker.stop()

    def _run(self, name: str) -> None:
        self.workers[name] = worker = self._start(name)
        threading.Thread(target=self._listen, args=(worker,), daemon=True).start()

    def _listen(self, worker: Worker) -> None:
        for message in worker.lines():
            self._messages.put((worker, message))
        self._messages.put((worker, None))

    def begin(self, names: Sequence[str], job: Path) -> None:
        """Hand these workers a job in this order, one for each core, the others as cores get free.

        More workers than cores would be in each other's way. `watch` follows it to its end.
        """
        self._waiting, self._unsent, self._job = {*names}, [*names], job
        for _ in range(os.cpu_count() or 1):
            self._send_next()

    def _send_next(self) -> None:
        if self._unsent:
            self.send(self._unsent.pop(0), self._job)

    def send(self, name: str, job: Path) -> None:
        """Hand a worker a job; one that an earlier job ended is started anew."""
        if self.workers[name].process.poll() is not None:
            with interrupts.held():
                self._run(name)
        self.workers[name].send(job)

    def watch(
        self, left: float, seconds: float, memory: int
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """The messages of the workers that began a job, until each has ended it, by "done" or "error".

        A worker that dies, is not done when the `left` of all `seconds` are over or holds more than
        `memory` bytes is stopped and ends with an error of ours.
        """
        deadline = time.monotonic() + left
        while self._waiting:
            name, message = self.next()
            if name in self._waiting:
                yield name, message
                if "done" in message or "error" in message:
                    self._ended(name)
            deadlines = dict.fromkeys(self._waiting, deadline)
            for name, fault in self.breaches(deadlines, seconds, memory):
                yield name, {"error": fault}
                self._ended(name)

    def _ended(self, name: str) -> None:
        self._waiting.discard(name)
        self._unsent = [other for other in self._unsent if other != name]  # it died early
        self._send_next()

    def next(self) -> tuple[str, dict[str, Any]]:
        """The next (target, message); the target is "" on time-out or from a retired worker."""
        worker, message = self._next()
        name = worker.target if worker in self.workers.values() else ""
        if message is None:
            code = worker.process.wait()
            message = {"error": f"the worker ended with status {code}: {worker.last_words}"}
        if "versions" in message:
            self.versions[name] = message["versions"]
        return name, message

    def _next(self) -> tuple[Any, dict[str, Any] | None]:
        try:
            return self._messages.get(timeout=0.1)
        except queue.Empty:
            return None, {}

    def breaches(
        self, deadlines: Mapping[str, float], seconds: float, memory: int
    ) -> list[tuple[str, str]]:
        """The workers that were stopped for what they took beyond `seconds` or `memory`, and why."""
        now = time.monotonic()
        if now - self._looked < processes.LOOK:
            return []
        self._looked = now
        held = {name: worker.memory for name, worker in self.workers.items()}
        self.peak = max(self.peak, sum(held.values()) + psutil.Process().memory_info().rss)
        found = []
        for name, deadline in sorted(deadlines.items()):
            if now > deadline:
                found.append((name, processes.too_long(seconds)))
            elif held[name] > memory:
                found.append((name, processes.too_large(memory)))
        for name, _ in found:
            self.workers[name].stop()
        return found
