"""A proof that `archc verify --report FILE.json` kept, read again and held to the network at hand."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from archc.compiler import Compiled
from archc.errors import EnvironmentProblem, diagnostic, shortened
from archc.files.header import open_regular
from archc.language import reader
from archc.proof import origin
from archc.proof.origin import Origin
from archc.proof.result import Proof
from archc.targets import TARGETS
from archc.targets.render import file_name, rendered
from archc.weights import limits

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


_Word = Annotated[
    str, AfterValidator(lambda text: shortened(text.encode("utf-8", "replace").decode(), 400))
]
_Words = Annotated[list[_Word], Field(max_length=100_000)]
_Target = Annotated[str, AfterValidator(lambda name: TARGETS[name].name)]


class _Worst(BaseModel):
    layer: _Word
    scaled_error: float | None


class _TargetRecord(BaseModel):
    """What a record says of a target; which precisions it has, shows in its keys."""

    model_config = ConfigDict(extra="allow", strict=True)

    passed: bool
    versions: dict[_Word, _Word]
    problems: _Words = []
    worst: _Worst | None = None


class _Part(BaseModel):
    """Gradients or training steps; of which targets, is among the names."""

    model_config = ConfigDict(strict=True)

    passed: bool
    comparisons: dict[_Word, Any] = {}
    rule: dict[_Word, Any] = {}


class _Record(BaseModel):
    """What a page shows of a record; all else that one has is passed over."""

    model_config = ConfigDict(strict=True)

    passed: bool
    targets: dict[_Target, _TargetRecord]
    origin: dict[_Word, Any]
    skipped: dict[_Target, _Word] = {}
    vacuous: bool = False
    lost_in_float32: _Words = []
    gradients: _Part | None = None
    steps: _Part | None = None


def read(proof: Proof | Path, network: Compiled) -> Proven:
    """A proof, or the one in a file; raises EnvironmentProblem if it is none, or of other code."""
    if isinstance(proof, Proof):
        return _held([proof.record()], network, "this proof")
    try:
        with open_regular(proof) as file:
            raw = file.read(limits.PROOF + 1)
        if len(raw) > limits.PROOF:
            raise _refused(proof, network, f"it is larger than {limits.PROOF >> 20} MiB")
        content = json.loads(raw.decode("utf-8"))
    except OSError as error:
        raise reader.unreadable(proof, error, "*.json") from None
    except RecursionError:
        raise _refused(proof, network, "it is nested too deeply") from None
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
        found = _Record.model_validate(own[-1])
        keys = {target: {*own[-1]["targets"][target]} for target in found.targets}
        proven = _proven(found, keys, network.stem)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise _refused(name, network, "parts of it are missing") from None
    shown = {proven.states[target] for target in found.targets} == {PROVEN}
    if proven.passed and not shown:
        raise _refused(name, network, "it says that it passed, and its parts say otherwise")
    return proven


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
        and all(own.files_sha256.get(name, "") == value for name, value in files.items())
    )


def _proven(record: _Record, keys: Mapping[str, set[str]], stem: str) -> Proven:
    """What a page says of a record; `keys` are those of each target's part."""
    files = {name: file_name(stem, name) for name in record.targets}
    if not {*files.values()} <= {*record.origin["files_sha256"]}:
        raise ValueError("a target's file has no hash")
    lost, training = tuple(record.lost_in_float32), tuple(_training(record))
    # What fails in training fails of every file: a record does not always say of which.
    sound = not record.vacuous and not lost and all(passed for *_, passed in training)
    states = dict.fromkeys(TARGETS, LEFT_OUT) | dict.fromkeys(record.skipped, SKIPPED)
    for name, target in record.targets.items():
        states[name] = PROVEN if target.passed and sound else FAILED
    return Proven(
        passed=record.passed,
        states=states,
        rows=tuple(_row(name, target, keys[name]) for name, target in record.targets.items()),
        files=tuple(files.values()),
        skipped=dict(record.skipped),
        vacuous=record.vacuous,
        lost=lost,
        training=training,
        origin=tuple(
            (key.replace("_", " "), shortened(str(value), 400).encode("utf-8", "replace").decode())
            for key, value in record.origin.items()
            if isinstance(value, str | int)
            and (key != "backend" or any(TARGETS[name].backends for name in record.targets))
        ),
    )


def _row(name: str, target: _TargetRecord, keys: set[str]) -> Row:
    versions = ", ".join(f"{package} {version}" for package, version in target.versions.items())
    worst = target.worst or _Worst(layer="", scaled_error=None)
    error = "-" if worst.scaled_error is None else f"{worst.scaled_error:.1e}"
    verdict = "equal" if target.passed else "; ".join(target.problems) or "differs"
    precisions = ", ".join(word for key, word in _precisions(name).items() if key in keys)
    return Row(name, versions, verdict, precisions or "-", worst.layer, error)


def _precisions(target: str) -> dict[str, str]:
    """Precision by the key under which a target's record holds the comparison in it."""
    single = TARGETS[target].single if target in TARGETS else ""
    return {"layers": "float64"} | (
        {single: f"float32 ({single})"} if single else {"float32": "float32"}
    )


def _training(record: _Record) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    parts = ((record.gradients, "gradients"), (record.steps, "training steps"))
    for part, what in parts:
        if part is not None:
            names = {name.partition(" ")[0] for name in (*part.comparisons, *part.rule)}
            yield what, tuple(target for target in TARGETS if target in names), part.passed
