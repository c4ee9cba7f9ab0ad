"""Files of others, read in a process that is ended when it takes too long or too much memory."""

import json
import os
import selectors
import subprocess
import time
import weakref
from contextlib import ExitStack, suppress
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field, TypeAdapter, ValidationError

from archc.catalogue import CATALOGUE
from archc.errors import Diagnostic, EnvironmentProblem, brief, diagnostic, printable, shortened
from archc.files import interrupts
from archc.targets import TARGETS, isolation, processes
from archc.weights import limits
from archc.weights.canonical import refused, unreadable
from archc.weights.checkpoint import Checkpoint, Operation, Remarks, Stored, Tensor
from archc.weights.safetensors import Array


@dataclass(frozen=True)
class _Description:
    """A checkpoint as plain values, checked before it is used."""

    target: Annotated[str, Field(pattern=f"^({'|'.join(TARGETS)})$")]
    tensors: Annotated[list[Stored], Field(max_length=limits.TENSORS)]
    remarks: Remarks
    operations: Annotated[list[Operation], Field(max_length=limits.TENSORS)]


class _Stopped(Exception):
    """Why the process does not answer any more."""


class Reader:
    """A process that reads files of one format; `module` is the one that knows the format."""

    def __init__(self, module: str) -> None:
        self._path, self._memory, self._number = Path(), 0, 0
        self._stack = ExitStack()
        with interrupts.held():
            home = self._stack.enter_context(interrupts.temporary_folder())
            self._process = subprocess.Popen(
                isolation.command("archc.weights.reader", module),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=home,
                env=isolation.environment(home, "")
                | {
                    "OMP_NUM_THREADS": "1",
                    "OPENBLAS_NUM_THREADS": "1",
                    "HDF5_PLUGIN_PRELOAD": "::",
                },
                start_new_session=True,
                bufsize=0,
            )
            self._stack.callback(processes.end, self._process, home)
            # Whoever forgets it, or is ended by an exception, leaves no process and no folder.
            self._finish = weakref.finalize(self, self._stack.close)
        self._base = 0
        self.ready = False

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._finish.alive and self._process.poll() is None

    def close(self) -> None:
        """End the process; its tensors cannot be read any more."""
        with interrupts.held():
            self._finish()
            for stream in (self._process.stdin, self._process.stdout):
                with suppress(OSError):
                    if stream is not None:
                        stream.close()

    def open(self, path: Path, ending: str, expected: int, seconds: float = 0.0) -> Checkpoint:
        """The checkpoint in a file, for a network with `expected` bytes of weights.

        Raises EnvironmentProblem if it is invalid, or takes more than a file of its size may.
        """
        self._path, size = path, regular_size(path)
        self._number += 1
        allowed = limits.Allowed.of(size, expected)
        self._memory = limits.SLACK + allowed.content
        # Its messages name the file as the user did.
        request = {"open": str(path), "folder": str(Path.cwd()), "ending": ending,
                   "memory": self._memory, "content": allowed.content, "free": allowed.free}  # fmt: skip
        try:
            self._wait_until_ready()
            self._base = processes.memory(self._process.pid)
            answer = self._ask(request, seconds or limits.seconds(size))
            found = TypeAdapter(_Description).validate_python(answer)
        except _Stopped as error:
            raise self._end(str(error)) from None
        except ValidationError:
            raise self._end("it cannot be described") from None
        return Checkpoint(
            TARGETS[found.target],
            tuple(self._tensor(number, stored) for number, stored in enumerate(found.tensors)),
            found.remarks,
            tuple(found.operations),
        )

    def _wait_until_ready(self) -> None:
        if self.ready:
            return
        try:
            self._receive(limits.STARTING)
        except _Stopped:
            self.close()
            raise EnvironmentProblem([diagnostic("E513")]) from None
        self.ready = True

    def _tensor(self, number: int, stored: Stored) -> Tensor:
        values = {each.name: getattr(stored, each.name) for each in fields(Stored)}
        read = partial(self._read, self._number, number, stored.name)
        return Tensor(**values, read=read)

    def _read(self, file: int, number: int, name: str) -> Array:
        if file != self._number or not self.alive:
            raise RuntimeError("the process that reads it has ended, or reads another file")
        try:
            answer = self._ask({"read": number}, limits.seconds(self._path.stat().st_size))
            shape = tuple(int(n) for n in answer["shape"])
            kind = np.dtype(str(answer["dtype"]))
            raw = self._bytes(self._deadline(limits.SECONDS), int(np.prod(shape)) * kind.itemsize)
        except _Stopped as error:
            raise self._end(f"cannot read {brief(name)}: {error}") from None
        except (KeyError, TypeError, ValueError, OSError):
            raise self._end(f"cannot read {brief(name)}") from None
        return np.frombuffer(raw, kind).reshape(shape)

    def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer to a request. Raises EnvironmentProblem if the file is refused."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended, as the answer shows
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
        answer = self._receive(seconds)
        if "refused" in answer:
            code, message, help = (
                shortened(printable(str(word)), 600) for word in answer["refused"]
            )
            code = code if code in CATALOGUE else "E702"
            raise EnvironmentProblem([Diagnostic(code, message, help=help)])
        if "error" in answer:
            raise refused(self._path, str(answer["error"]))
        return answer

    def _receive(self, seconds: float) -> dict[str, Any]:
        deadline = self._deadline(seconds)
        try:
            answer = json.loads(self._bytes(deadline, most=limits.HEADER))
        except ValueError:
            raise _Stopped("its answer is damaged") from None
        if not isinstance(answer, dict):
            raise _Stopped("its answer is damaged")
        return answer

    def _deadline(self, seconds: float) -> tuple[float, float]:
        return time.monotonic() + seconds, seconds

    def _bytes(
        self, deadline: tuple[float, float], expected: int | None = None, most: int = 0
    ) -> bytearray:
        """The next part of the answer: `expected` bytes, or at most `most`. Raises _Stopped."""
        length = int.from_bytes(self._exactly(8, deadline), "little")
        if length != expected if expected is not None else length > most:
            raise _Stopped("its answer is too long")
        return self._exactly(length, deadline)

    def _exactly(self, count: int, deadline: tuple[float, float]) -> bytearray:
        assert self._process.stdout is not None
        handle, found = self._process.stdout.fileno(), bytearray(count)
        view, done = memoryview(found), 0
        end, seconds = deadline
        with selectors.DefaultSelector() as ready:
            ready.register(handle, selectors.EVENT_READ)
            while done < count:
                if time.monotonic() > end:
                    raise _Stopped(f"reading it took more than {seconds:.0f} s")
                if ready.select(processes.LOOK):
                    read = os.readv(handle, [view[done:]])
                    if not read:
                        raise _Stopped(self._last_words())
                    done += read
                elif self._base and processes.memory(self._process.pid) > self._base + self._memory:
                    raise _Stopped("reading it took more memory than a file of its size may")
        return found

    def _last_words(self) -> str:
        code = self._process.wait()
        return f"reading it crashed (signal {-code})" if code < 0 else "reading it failed"

    def _end(self, problem: str) -> EnvironmentProblem:
        self.close()
        return refused(self._path, problem, "it is damaged, or made to do harm: check its origin")


def regular_size(path: Path) -> int:
    """The size of a file in bytes. Raises EnvironmentProblem if it is none, such as a named pipe, or
    empty."""
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise refused(path, "it is not a regular file", "name a file")
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
        if not size:
            raise refused(path, "it is empty")
        return size
    except OSError as error:
        raise unreadable(path, error) from None
    except ValueError:  # a null character in its name
        raise refused(path, "it is not a file's name", "check the path") from None
