"""A proof that `archc verify --report FILE.json` kept, read again and held to the network at hand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archc.compiler import Compiled
from archc.errors import EnvironmentProblem, diagnostic
from archc.proof import origin
from archc.proof.origin import Origin
from archc.proof.result import Proof
from archc.render import rendered


@dataclass(frozen=True)
class Proven:
    """What a page says of a proof."""

    passed: bool
    targets: tuple[tuple[str, str, bool, str, str], ...]
    """(target, versions, passed, worst layer, its error in float64)."""
    training: tuple[tuple[str, bool], ...]
    """(gradients or training steps, passed), as far as they were asked for."""
    origin: tuple[tuple[str, str], ...]


def read(proof: Proof | Path, network: Compiled) -> Proven:
    """A proof, or the one in a file; raises EnvironmentProblem if it is none, or of other code."""
    if isinstance(proof, Proof):
        return _held([proof.record()], network, "this proof")
    try:
        content = json.loads(proof.read_text("utf-8"))
    except OSError as error:
        words = error.strerror or str(error)
        raise EnvironmentProblem(
            [diagnostic("E505", path=proof, problem=words, suggestion="")]
        ) from None
    except ValueError:
        raise _refused(proof, network, "it is not JSON") from None
    return _held(content if isinstance(content, list) else [content], network, proof)


def _held(records: Sequence[Any], network: Compiled, name: Path | str) -> Proven:
    """The last record that is of this network."""
    made = origin.of(network, rendered(network.graph, network.stem)[0], seed=0, backend="")
    own = [record for record in records if _of(record, made)]
    if not own:
        problem = "it is of another spec, or of code that has changed since"
        raise _refused(name, network, problem)
    try:
        return _proven(own[-1])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _refused(name, network, "parts of it are missing") from None


def _refused(name: Path | str, network: Compiled, problem: str) -> EnvironmentProblem:
    found = diagnostic("E511", path=name, name=network.graph.name, problem=problem)
    return EnvironmentProblem([found])


def _of(record: Any, own: Origin) -> bool:
    """Whether a record is of this spec and of the files that are generated from it now."""
    proven = record.get("origin") if isinstance(record, dict) else None
    files = proven.get("files_sha256") if isinstance(proven, dict) else None
    if not isinstance(proven, dict) or not files or not isinstance(files, dict):
        return False
    return bool(proven.get("spec_sha256") == own.spec_sha256) and all(
        own.files_sha256.get(name) == value for name, value in files.items()
    )


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
