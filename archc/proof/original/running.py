"""Somebody's model, run in a process of its own that can be ended."""

import json
import os
import re
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archc.errors import EnvironmentProblem, diagnostic
from archc.files import interrupts
from archc.proof.original import trace
from archc.proof.original.trace import Trace
from archc.targets import TARGETS, backends, isolation, processes
from archc.weights import importing
from archc.weights.canonical import unreadable
from archc.weights.requirements import require

_FACTORY = re.compile(r"(?P<module>.+):(?P<factory>[A-Za-z_][\w.]*)")


@dataclass(frozen=True)
class Source:
    """What `--against` names."""

    text: str
    path: Path
    """The file, or where the module is imported from."""
    target: str = ""
    """Whose file it is; a factory's model says it itself."""
    module: str = ""
    factory: str = ""

    @property
    def file(self) -> Path | None:
        """The file that holds the model, or the code that makes it, if that is known."""
        if self.target:
            return self.path
        made = self.path / f"{self.module}.py"
        return made if made.is_file() else None

    @property
    def name(self) -> str:
        """What tables call it."""
        return self.path.name if self.target else Path(self.text).name


def source(text: str) -> Source:
    """The model that `--against` names. Raises EnvironmentProblem if it cannot be one."""
    found = _FACTORY.fullmatch(text)
    if found:
        module, factory = found["module"], found["factory"]
        if not module.endswith(".py") and "/" not in module:
            return Source(text, Path.cwd(), module=module, factory=factory)
        path = Path(module)
        _require_file(path)
        return Source(text, path.absolute().parent, module=path.stem, factory=factory)
    endings = {ending: name for name, target in TARGETS.items() for ending in target.originals}
    target = next((name for ending, name in endings.items() if text.endswith(ending)), None)
    if target is None:
        files = " or ".join(f"model{ending}" for ending in endings)
        hint = f"name a file ({files}), or what makes the model: net.py:factory"
        if text.endswith(".py"):
            hint = f"name the function in it that makes the model: {text}:make"
        elif text.endswith(importing.endings()):
            hint = "a file of weights says nothing of the layers: use --weights for it"
        raise EnvironmentProblem([diagnostic("E608", source=text, hint=hint)])
    require(*TARGETS[target].modules)
    _require_file(Path(text))
    return Source(text, Path(text), target=target)


def _require_file(path: Path) -> None:
    if path.exists() and not path.is_file():
        raise EnvironmentProblem([diagnostic("E609", source=path, problem="it is not a file")])
    try:
        with path.open("rb"):
            return
    except OSError as error:
        raise unreadable(path, error) from None


def run(
    of: Source,
    folder: Path,
    inputs: Path,
    shape: tuple[int, ...],
    *,
    backend: str | None,
    seconds: float,
    memory: int,
) -> Trace:
    """Run a model on the inputs in a file, (N, C, H, W) of `shape`, and return what it did.

    Raises EnvironmentProblem if it cannot be made or run, or takes more than `seconds` or `memory`
    (bytes).
    """
    folder.mkdir()
    request: dict[str, Any] = {"folder": str(folder), "inputs": str(inputs), "shape": shape}
    if of.factory:
        request |= {"module": of.module, "factory": of.factory, "within": str(of.path)}
        # The user's own code finds the user's own files.
        variables = {**os.environ, **_settings(folder, backend)}
    else:
        request |= {"file": str(of.path.absolute()), "target": of.target}
        variables = isolation.environment(folder, backend or backends()[0])
    return _traced(of, request, variables, folder, seconds, memory)


def _settings(folder: Path, backend: str | None) -> dict[str, str]:
    own = isolation.environment(folder, backend or os.environ.get("KERAS_BACKEND", backends()[0]))
    return {name: value for name, value in own.items() if name not in ("HOME", "KERAS_HOME")}


def _traced(
    of: Source,
    request: dict[str, Any],
    variables: dict[str, str],
    folder: Path,
    seconds: float,
    memory: int,
) -> Trace:
    log, answers = folder / "log", folder / "answer"
    with log.open("wb") as errors, answers.open("wb") as output:
        with interrupts.held():
            process = subprocess.Popen(
                isolation.command("archc.proof.original.child", ""),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=errors,
                cwd=Path.cwd() if of.factory else folder,
                env=variables,
                start_new_session=True,
                text=True,
            )
        try:
            problem = _watched(process, json.dumps(request), seconds, memory)
        finally:
            with interrupts.held():
                processes.end(process, folder)
    if not problem:
        problem = _failed(answers, log, process.returncode)
    if not problem:
        with suppress(OSError, ValueError):
            return trace.read(folder)
        problem = "it left no trace"
    raise EnvironmentProblem([diagnostic("E609", source=of.text, problem=problem)])


def _watched(process: "subprocess.Popen[str]", text: str, seconds: float, memory: int) -> str:
    """Why the process was ended, if it was."""
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.write(text)
        process.stdin.close()
    deadline = time.monotonic() + seconds
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(processes.LOOK)
            return ""
        if time.monotonic() > deadline:
            return processes.too_long(seconds)
        if processes.memory(process.pid) > memory:
            return processes.too_large(memory)


def _failed(answers: Path, log: Path, code: int) -> str:
    """What a process that ended by itself says went wrong."""
    with suppress(ValueError, TypeError):
        return str(json.loads(answers.read_text()).get("error", ""))
    lines = log.read_text(errors="replace").strip().splitlines()
    return f"the process ended with status {code}: {lines[-1] if lines else 'it wrote nothing'}"
