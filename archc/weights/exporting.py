"""From the canonical file to the files that each framework loads."""

import json
import subprocess
from importlib import import_module
from pathlib import Path

from archc.compiler import Compiled
from archc.errors import EnvironmentProblem, diagnostic, did_you_mean, fail
from archc.files import interrupts, writing
from archc.language import names
from archc.targets import TARGETS, backends, isolation, processes
from archc.targets.render import render
from archc.targets.statements import File
from archc.weights import canonical, limits
from archc.weights.placement import placements
from archc.weights.requirements import require

EXTERNAL = 2**31 - 2**20
"""Above this many bytes of weights, an `.onnx` stores them in a file beside it."""
# Copies of the weights in memory while they are written: as read, in the model, serialised.
_COPIES = {".safetensors": 0, ".pt": 2, ".pth": 2, ".weights.h5": 3, ".keras": 4, ".onnx": 4}
SECONDS = 1800


def export(
    network: Compiled,
    weights: Path,
    target: str,
    output: Path,
    *,
    force: bool = False,
    backend: str | None = None,
    opset: int | None = None,
    largest: int = EXTERNAL,
) -> None:
    """Write a file that `target` loads; the file extension of `output` decides its format.

    A state dict of the generated module (`.safetensors`, `.pt`), the weights of the generated Keras
    model or the whole model (`.weights.h5`, `.keras`), or a complete `.onnx`, with a data file
    beside it above `largest` bytes of weights. Raises EnvironmentProblem if that fails.
    """
    if target not in TARGETS:
        fail("E205", what="target", value=target, suggestion=did_you_mean(target, TARGETS))
    graph, framework = network.graph, TARGETS[target]
    backend = backends()[0] if backend is None else backend
    ending = next((e for e in framework.endings if output.name.endswith(e)), None)
    if ending is None:
        hint = f"use {' or '.join(framework.endings)}"
        what = f"weights for {target}"
        raise EnvironmentProblem([diagnostic("E711", path=output, what=what, hint=hint)])
    writing.require_free(output, force=force)
    require(*framework.endings[ending], *framework.ran_on(backend))
    what = f"writing {output.name}"
    limits.require_disk(what, limits.stored(graph), output)
    copies = _COPIES.get(ending, max(_COPIES.values()))
    needed = max(copies * limits.stored(graph), 2 * limits.largest(graph))
    limits.require_memory(what, needed)
    found = canonical.read(graph, weights)
    if not framework.builds:
        with writing.replace_file(output, force=force) as staged:
            save = import_module(framework.model).save
            save(None, placements(graph), found, staged, ending, largest)
        return
    options = {"opset": opset} if opset is not None and "opset" in framework.options else {}
    file = render(graph, target, network.stem, **options)
    with writing.replace_file(output, force=force) as staged:
        job = {
            "function": names.function_name(network.stem),
            "placements": [place.record() for place in placements(graph)],
            "weights": str(weights.absolute()),
            "output": str(staged.absolute()),
            "ending": ending,
            "largest": largest,
        }
        problem = _build(target, file, job, backend)
        if problem:
            facts = {"target": target, "path": output, "problem": problem}
            raise EnvironmentProblem([diagnostic("E710", **facts)])


def _build(target: str, file: File, job: dict[str, object], backend: str) -> str:
    """Run generated code in a separate process; returns the problem, or an empty string."""
    with interrupts.temporary_folder() as home:
        source = home / file.name
        source.write_text(file.text, encoding="ascii")
        started: list[subprocess.Popen[str]] = []
        try:
            with interrupts.held():
                started.append(_start(target, home, backend))
            (process,) = started
            request = json.dumps(job | {"source": str(source)})
            printed, said = process.communicate(request, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return f"timed out after {SECONDS} s"
        finally:
            with interrupts.held():
                for each in started:
                    processes.end(each, home)
    try:
        answer = json.loads(printed)
    except ValueError:
        lines = said.strip().splitlines()
        last = lines[-1] if lines else "no output"
        return f"the process exited with status {process.returncode}: {last}"
    return str(answer.get("error", ""))


def _start(target: str, home: Path, backend: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        isolation.command("archc.weights.builder", target),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        cwd=home,
        env=isolation.environment(home, backend),
        start_new_session=True,
    )
