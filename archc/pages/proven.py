"""A proof that `archc verify --report FILE.json` kept, read again and held to the network at hand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archc.compiler import Compiled
from archc.errors import EnvironmentProblem, diagnostic
from archc.language import reader
from archc.proof import origin
from archc.proof.origin import Origin
from archc.proof.result import Proof
from archc.targets import TARGETS
from archc.targets.render import file_name, rendered

PROVEN, FAILED, SKIPPED, LEFT_OUT = "proven", "not proven", "skipped", "not in the proof"


@dataclass(frozen=True)
class Row:
    """What a proof found on one target."""

    target: str
    versions: str
    verdict: str
    precisions: str
    worst: str
    """The layer that comes nearest to its limit in float64."""
    error: str


@dataclass(frozen=True)
class Proven:
    """What a page says of a proof."""

    passed: bool
    states: dict[str, str]
    """Each target of archc: PROVEN, FAILED, SKIPPED or LEFT_OUT."""
    rows: tuple[Row, ...]
    files: tuple[str, ...]
    """The generated files that were run."""
    skipped: dict[str, str]
    """Why, by target."""
    vacuous: bool
    lost: tuple[str, ...]
    """The layers of which float32 keeps nothing."""
    training: tuple[tuple[str, tuple[str, ...], bool], ...]
    """(gradients or training steps, targets, passed), as far as they were asked for."""
    origin: tuple[tuple[str, str], ...]


def read(proof: Proof | Path, network: Compiled) -> Proven:
    """A proof, or the one in a file; raises EnvironmentProblem if it is none, or of other code."""
    if isinstance(proof, Proof):
        return _held([proof.record()], network, "this proof")
    try:
        content = json.loads(proof.read_text("utf-8"))
    except OSError as error:
        raise reader.unreadable(proof, error, "*.json") from None
    except ValueError:
        raise _refused(proof, network, "it is not JSON") from None
    return _held(content if isinstance(content, list) else [content], network, proof)


def _held(records: Sequence[Any], network: Compiled, name: Path | str) -> Proven:
    """The last record that is of this network."""
    files = {t: file.text for t, file in rendered(network.graph, network.stem)[0].items()}
    made = origin.of(network, files, seed=0, backend="")
    own = [record for record in records if _of(record, made)]
    if not own:
        problem = "the spec, --set or generated code differs"
        raise _refused(name, network, problem)
    try:
        return _proven(own[-1], network.stem)
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
    return (
        proven.get("spec_sha256") == own.spec_sha256
        # What --set changes of a recipe stands in no file.
        and proven.get("changes", ()) in (own.changes, [*own.changes])
        and all(own.files_sha256.get(name) == value for name, value in files.items())
    )


def _proven(record: Mapping[str, Any], stem: str) -> Proven:
    targets: Mapping[str, Any] = record["targets"]
    files = {name: file_name(stem, name) for name in targets}
    if not {*files.values()} <= {*record["origin"]["files_sha256"]}:
        raise ValueError("a target's file has no hash")
    skipped = {name: str(reason) for name, reason in record.get("skipped", {}).items()}
    vacuous, lost = bool(record.get("vacuous")), tuple(record.get("lost_in_float32", ()))
    training = tuple(_training(record))
    # What fails in training fails of every file: a record does not always say of which.
    sound = not vacuous and not lost and all(passed for *_, passed in training)
    states = dict.fromkeys(TARGETS, LEFT_OUT) | dict.fromkeys(skipped, SKIPPED)
    for name, target in targets.items():
        states[name] = PROVEN if target["passed"] and sound else FAILED
    return Proven(
        passed=bool(record["passed"]),
        states=states,
        rows=tuple(_row(name, target) for name, target in targets.items()),
        files=tuple(files.values()),
        skipped=skipped,
        vacuous=vacuous,
        lost=lost,
        training=training,
        origin=tuple(
            (key.replace("_", " "), str(value))
            for key, value in record["origin"].items()
            if isinstance(value, str | int)
            and (key != "backend" or any(TARGETS[name].backends for name in targets))
        ),
    )


def _row(name: str, target: Mapping[str, Any]) -> Row:
    versions = ", ".join(f"{package} {v}" for package, v in target["versions"].items())
    worst = target.get("worst", {"layer": "", "scaled_error": None})
    error = "-" if worst["scaled_error"] is None else f"{worst['scaled_error']:.1e}"
    problems = "; ".join(map(str, target.get("problems", ())))
    verdict = "equal" if target["passed"] else problems or "differs"
    precisions = ", ".join(word for key, word in _precisions(name).items() if key in target)
    return Row(name, versions, verdict, precisions or "-", worst["layer"], error)


def _precisions(target: str) -> dict[str, str]:
    """Precision by the key under which a target's record holds the comparison in it."""
    single = TARGETS[target].single if target in TARGETS else ""
    return {"layers": "float64"} | (
        {single: f"float32 ({single})"} if single else {"float32": "float32"}
    )


def _training(record: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...], bool]]:
    found = []
    for key, what, told in (
        ("gradients", "gradients", "comparisons"),
        ("steps", "training steps", "rule"),
    ):
        if key in record:
            names = {word for name in record[key].get(told, ()) for word in name.split(" ")[:1]}
            targets = tuple(target for target in TARGETS if target in names)
            found.append((what, targets, bool(record[key]["passed"])))
    return found
