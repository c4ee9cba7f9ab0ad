"""A proof for people: progress while it runs, then a table of each target's worst layer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from archc.proof.result import Errors, Proof, TargetProof
from archc.tables import draw

if TYPE_CHECKING:
    from rich.console import Console

    from archc.proof.verify import Progress


@contextmanager
def progress(console: "Console", quiet: bool) -> "Iterator[Progress]":
    """A bar for the definition and for each target, while they work."""
    from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    if quiet or not console.is_terminal:
        yield lambda *_: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(20),
               TimeElapsedColumn())  # fmt: skip
    with Bars(*columns, console=console, transient=True) as bars:
        tasks: dict[tuple[str, str], TaskID] = {}

        def tell(spec: str, target: str, what: str, done: float) -> None:
            task = tasks.setdefault((spec, target), TaskID(-1))
            if task == -1:
                task = tasks[spec, target] = bars.add_task("", total=1.0)
            bars.update(task, description=f"{spec}: {target} {what}", completed=done)
            if done >= 1:
                bars.stop_task(task)

        yield tell


def show(console: "Console", proof: Proof) -> None:
    """The table of the worst layers, the versions and the verdict."""
    from rich.text import Text

    rows = [
        _row(name, comparison, errors)
        for name, target in proof.targets.items()
        for comparison, errors in target.comparisons.items()
    ]
    headings = ("target", "comparison", "worst layer", "error", "limit", "verdict")
    sides = ("left", "left", "left", "right", "right", "left")
    console.print(Text(draw(proof.name, headings, rows, sides) + "\n"))
    for name, target in proof.targets.items():
        for line in _remarks(name, target, proof):
            console.print(Text(line))
    for name, reason in proof.skipped.items():
        console.print(Text(f"{name}: skipped, {reason}"))
    if proof.vacuous:
        console.print(Text("vacuous: the output does not depend on the input"))
    console.print(Text(_verdict(proof)))


def _row(target: str, comparison: str, errors: Errors) -> tuple[str, ...]:
    worst = errors.worst
    runner = {"onnx": "onnxruntime"}.get(target, target) if "32" in comparison else target
    return (
        runner,
        comparison,
        worst,
        _amount(comparison, errors.layers[worst]),
        _amount(comparison, errors.limits[worst]),
        "differs" if errors.failed else "equal",
    )


def _amount(comparison: str, error: float) -> str:
    """An error or limit: in units of u where float32 is compared layer by layer, else scaled."""
    return f"{error:.3g} u" if comparison == "float32" else f"{error:.1e}"


def _remarks(name: str, target: TargetProof, proof: Proof) -> Iterator[str]:
    versions = ", ".join(f"{package} {version}" for package, version in target.versions.items())
    counted = f"{target.parameters:,} parameters" if target.parameters is not None else "no count"
    peak = f"{target.peak / 2**30:.1f} GiB" if target.peak else "unknown memory"
    yield f"{name}: {versions or 'not started'}; {counted}; {target.seconds:.1f} s, {peak}"
    for problem in target.problems:
        yield f"  {problem}"
    if target.divergence:
        layer, comparison = target.divergence
        errors = target.comparisons[comparison]
        error = _amount(comparison, errors.layers[layer])
        limit = _amount(comparison, errors.limits[layer])
        yield f"  first difference: '{layer}' ({comparison}), {error} against a limit of {limit}"
    for layer, reason in target.stored32.items():
        yield f"  {layer}: {reason}; its float64 limit is 1e-07"


def _verdict(proof: Proof) -> str:
    count = len(proof.targets)
    if proof.passed:
        words = f"{count} target{'s' * (count != 1)} equal to the definition in every layer"
    else:
        failed = [name for name, target in proof.targets.items() if not target.passed]
        words = f"NOT proven: {', '.join(failed) or 'nothing was compared'}"
        words = "NOT proven: vacuous" if proof.vacuous and not failed else words
    return (
        f"{proof.name}: {words} ({proof.seconds:.1f} s, {proof.peak / 2**30:.1f} GiB at the peak)"
    )
