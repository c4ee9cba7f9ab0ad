"""`archc verify --report`: a proof as a file, for programs (JSON) or for people (Markdown)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tabulate import tabulate

from archc.files import writing
from archc.proof import wording
from archc.proof.layer_errors import Errors
from archc.proof.result import Proof
from archc.proof.training_result import Gradients, Steps
from archc.tables.documents import as_json


def write(path: Path, proofs: Sequence[Proof], *, force: bool = False) -> None:
    """Write all proofs into one file, in the form that its ending names.

    Raises EnvironmentProblem if the file is there already (without `force`) or cannot be written.
    """
    with writing.replace_file(path, force=force) as staged:
        staged.write_text(FORMS[path.suffix](proofs), encoding="utf-8")


def in_json(proofs: Sequence[Proof]) -> str:
    """One proof's record, or a list of several: what `--format json` prints."""
    records = [proof.record() for proof in proofs]
    return as_json(records[0] if len(records) == 1 else records) + "\n"


def in_markdown(proofs: Sequence[Proof]) -> str:
    """A section for each network."""
    parts = [part for proof in proofs for part in _section(proof)]
    return "\n\n".join(filter(None, parts)) + "\n"


FORMS: Mapping[str, Callable[[Sequence[Proof]], str]] = {".json": in_json, ".md": in_markdown}


def _section(proof: Proof) -> Iterator[str]:
    yield f"# {proof.name}: {'proven' if proof.passed else 'not proven'}"
    yield wording.verdict(proof) + "."
    yield _table(wording.HEADINGS, wording.rows(proof), wording.SIDES)
    yield _list([*wording.of_targets(proof), *wording.of_training(proof)])
    yield _list([f"{name}: skipped, {reason}" for name, reason in proof.skipped.items()])
    yield _list([*wording.of_network(proof)])
    if proof.first:
        yield "## First difference"
        yield wording.of_divergence(proof.first).partition(": ")[2] + "."
        yield _table(wording.SAMPLES, wording.samples(proof.first), wording.SAMPLE_SIDES)
        yield _list(proof.first.notes)
    yield from _layers(proof)
    if proof.gradients:
        yield from _gradients(proof, proof.gradients)
    if proof.steps:
        yield from _steps(proof, proof.steps)
    yield "## Origin"
    yield "What a second run needs to come to the same numbers."
    yield _table(("", ""), [*_origin(proof)], ("left", "left"))


def _layers(proof: Proof) -> Iterator[str]:
    """Every layer of every target, by itself."""
    yield "## Layer by layer"
    yield (
        "Each layer on the reference's own inputs. float64: the largest difference over the layer's "
        "largest value. float32: the largest difference in units of u = 2⁻²⁴ times the size of the "
        "terms of each output."
    )
    columns: dict[str, Errors] = {}
    for name, target in proof.targets.items():
        for comparison, errors in target.comparisons.items():
            if "accumulated" not in comparison:
                columns[f"{wording.runner(name, comparison)} {comparison}"] = errors
    yield _columns("layer", proof.layers, columns)


def _gradients(proof: Proof, gradients: Gradients) -> Iterator[str]:
    yield "## Gradients"
    yield _list([*wording.of_gradients(proof)])
    columns = gradients.comparisons
    names = [name for name in proof.layers if any(name in e.layers for e in columns.values())]
    yield _columns("layer", ["input", *names], columns)


def _steps(proof: Proof, steps: Steps) -> Iterator[str]:
    yield "## Training steps"
    yield _list([*wording.of_steps(proof)])
    headings = ["steps"]
    columns: list[list[float]] = []
    for target, agreement in steps.agreement.items():
        headings += [f"{steps.baseline} and {target} apart", "limit"]
        largest = [max(errors) for errors in zip(*agreement.errors.values(), strict=True)]
        columns += [largest, [*agreement.limits]]
    headings += [f"{target} in float32" for target in steps.drift]
    columns += [[*drift] for drift in steps.drift.values()]
    rows = [
        (str(number), *(f"{error:.1e}" for error in errors))
        for number, errors in enumerate(zip(*columns, strict=True))
        if steps.agreement
    ]
    yield _table(headings, rows, ("right",) * len(headings))


def _origin(proof: Proof) -> Iterator[tuple[str, str]]:
    record = proof.origin.record()
    files = record.pop("files_sha256")
    changes = record.pop("changes")
    yield "spec", proof.spec
    for name, value in record.items():
        yield name.replace("_", " "), f"`{value}`"
    if changes:
        yield "--set", ", ".join(f"`{change}`" for change in changes)
    for name, value in files.items():
        yield f"{name} sha256", f"`{value}`"


def _columns(what: str, names: Sequence[str], columns: Mapping[str, Errors]) -> str:
    rows = [
        (name, *(_cell(heading, errors, name) for heading, errors in columns.items()))
        for name in names
        if any(name in errors.layers for errors in columns.values())
    ]
    return _table((what, *columns), rows, ("left", *("right" for _ in columns)))


def _cell(heading: str, errors: Errors, name: str) -> str:
    if name not in errors.layers:
        return "-"
    error = wording.amount("float32" if heading.endswith("float32") else "", errors.layers[name])
    return f"**{error}**" if name in errors.failed else error


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], sides: Sequence[str]) -> str:
    if not rows:
        return ""
    return tabulate(rows, headings, tablefmt="pipe", colalign=list(sides), disable_numparse=True)


def _list(lines: Sequence[str]) -> str:
    return "\n".join("  " * line.startswith("  ") + f"- {line.strip()}" for line in lines)
