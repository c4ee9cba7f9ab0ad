"""A proof that `archc verify --report FILE.json` kept, read again and held to the network at hand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from archc.compiler import Compiled
from archc.errors import ArchcError, EnvironmentProblem, diagnostic
from archc.render import file_name, render
from archc.targets import TARGETS


@dataclass(frozen=True)
class Proven:
    """What a page says of a proof."""

    passed: bool
    targets: tuple[tuple[str, str, bool, str, str], ...]
    """(target, versions, passed, worst layer, its error in float64)."""
    training: tuple[tuple[str, bool], ...]
    """(gradients or training steps, passed), as far as they were asked for."""
    origin: tuple[tuple[str, str], ...]


def read(path: Path, network: Compiled) -> Proven:
    """The proof in a file; raises EnvironmentProblem if it is none, or of other code."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        words = error.strerror or str(error)
        raise EnvironmentProblem(
            [diagnostic("E505", path=path, problem=words, suggestion="")]
        ) from None
    except ValueError:
        raise _refused(path, network, "it is not JSON") from None
    records = content if isinstance(content, list) else [content]
    own = [record for record in records if _of(record, network)]
    if not own:
        problem = "the spec or what is generated from it has changed, or it proves another one"
        raise _refused(path, network, problem)
    try:
        return _proven(own[-1])
    except (KeyError, TypeError, AttributeError):
        raise _refused(path, network, "parts of it are missing") from None


def _refused(path: Path, network: Compiled, problem: str) -> EnvironmentProblem:
    found = diagnostic("E511", path=path, name=network.graph.name, problem=problem)
    return EnvironmentProblem([found])


def _of(record: Any, network: Compiled) -> bool:
    """Whether a record is of this spec and of the files that are generated from it now."""
    origin = record.get("origin") if isinstance(record, dict) else None
    if not isinstance(origin, dict) or not isinstance(origin.get("files_sha256"), dict):
        return False
    if origin.get("spec_sha256") != _hash(network.text):
        return False
    return bool(origin["files_sha256"]) and all(
        _files(network).get(name) == value for name, value in origin["files_sha256"].items()
    )


def _files(network: Compiled) -> dict[str, str]:
    found = {}
    for target in TARGETS:
        try:
            text = render(network.graph, target, network.stem)
        except ArchcError:
            continue
        found[file_name(network.stem, target)] = _hash(text)
    return found


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _proven(record: Mapping[str, Any]) -> Proven:
    targets = []
    for name, target in record["targets"].items():
        versions = ", ".join(f"{package} {v}" for package, v in target["versions"].items())
        worst = target.get("worst", {"layer": "", "scaled_error": None})
        error = "-" if worst["scaled_error"] is None else f"{worst['scaled_error']:.1e}"
        targets.append((name, versions, bool(target["passed"]), worst["layer"], error))
    parts = (("gradients", "gradients"), ("steps", "training steps"))
    return Proven(
        passed=bool(record["passed"]),
        targets=tuple(targets),
        training=tuple((what, bool(record[k]["passed"])) for k, what in parts if k in record),
        origin=tuple(
            (key.replace("_", " "), str(value))
            for key, value in record["origin"].items()
            if isinstance(value, str | int)
        ),
    )
