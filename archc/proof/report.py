"""A proof for people: progress while it runs, then a table of each target's worst layer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from archc.proof.result import Errors, Proof, TargetProof

if TYPE_CHECKING:
    from rich.console import Console

    from archc.proof.verify import Progress


@contextmanager
def progress(console: "Console", quiet: bool) -> "Iterator[Progress]":
    """A line for each target that works, while it works."""
    from rich.progress import Progress as Bars
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.text import Text

    if quiet or not console.is_terminal:
        yield lambda *_: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bars(*columns, console=console, transient=True) as bars:
        tasks: dict[str, int] = {}

        def tell(spec: str, target: str, what: str) -> None:
            if target not in tasks:
                tasks[target] = int(bars.add_task(target, total=None))
            bars.update(tasks[target], description=str(Text(f"{spec}: {target} {what}")))  # type: ignore[arg-type]

        yield tell


def show(console: "Console", proof: Proof) -> None:
    """The table of the worst layers, the versions and the verdict."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, title=Text(proof.name))
    for heading in ("target", "comparison", "worst layer", "error", "limit", "verdict"):
        table.add_column(heading, justify="right" if heading in ("error", "limit") else "left")
    for name, target in proof.targets.items():
        for comparison, errors in target.comparisons.items():
            table.add_row(*(Text(cell) for cell in _row(name, comparison, errors)))
    console.print(table)
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
    local32 = comparison == "float32"
    runner = {"onnx": "onnxruntime"}.get(target, target) if "32" in comparison else target
    error, limit = errors.layers[worst], errors.limits[worst]
    return (
        runner,
        comparison,
        worst,
        f"{error:.3g} u" if local32 else f"{error:.1e}",
        f"{limit:.0f} u" if local32 else f"{limit:.0e}",
        "differs" if errors.failed else "equal",
    )


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
        error, limit = errors.layers[layer], errors.limits[layer]
        yield f"  first difference: '{layer}' ({comparison}), {error:.1e} against {limit:.0e}"
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
