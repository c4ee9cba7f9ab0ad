"""A proof for people: progress while it runs, then a table of each target's worst layer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import log10
from typing import TYPE_CHECKING

from archc.proof.result import Divergence, Errors, Proof, TargetProof
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
    for comparison, errors in proof.gradients.comparisons.items() if proof.gradients else ():
        rows.append(_row("", comparison, errors))
    headings = ("target", "comparison", "worst layer", "error", "limit", "verdict")
    sides = ("left", "left", "left", "right", "right", "left")
    console.print(Text(draw(proof.name, headings, rows, sides) + "\n"))
    for name, target in proof.targets.items():
        for line in _remarks(name, target, proof):
            console.print(Text(line))
    for line in [*_of_gradients(proof), *_of_steps(proof), *_of_divergence(proof.first)]:
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
    for layer, reason in target.stored32.items():
        yield f"  {layer}: {reason}; its float64 limit is 1e-07"


def _of_gradients(proof: Proof) -> Iterator[str]:
    if proof.gradients is None:
        return
    for target, words in proof.gradients.known.items():
        yield f"{target}: {words}"
    yield from proof.gradients.problems
    yield from _aside(proof)


def _aside(proof: Proof) -> Iterator[str]:
    """Who takes no part in training, and what one target alone cannot show."""
    yield "onnx: takes no part in training: its file is the network at inference"
    trained = [name for name in ("torch", "keras") if name in proof.targets]
    if len(trained) < 2:
        words = "nothing in training" if not trained else f"{trained[0]} in training"
        yield f"{words} is compared with another framework: torch and keras would be"


CURVE = "▁▂▃▄▅▆▇█"


def _of_steps(proof: Proof) -> Iterator[str]:
    """The recipe, how far apart the targets end, and the drift of float32 as a curve."""
    steps = proof.steps
    if steps is None:
        return
    recipe = steps.recipe
    yield (
        f"{recipe.steps} steps of sgd ({'the spec' if recipe.published else 'a stand-in, as the spec has none'}): "
        f"learning rate {recipe.learning_rate:g}, momentum {recipe.momentum:g}, weight decay "
        f"{recipe.weight_decay:g}, {recipe.loss.replace('_', ' ')}, batches of {steps.batch}"
    )
    yield from (f"  {problem}" for problem in steps.problems)
    if steps.agreement:
        what, error = steps.worst
        yield f"  torch and keras: {error:.1e} apart at most, at {what}; limit {max(steps.limits):.0e}"
    for target, error in steps.rule.items():
        yield f"  {target}: {error:.1e} from the rule of the 2012 paper"
    for target, drift in steps.drift.items():
        yield f"  {target} in float32 drifts from {drift[1]:.0e} to {drift[-1]:.0e}  {_curve(drift)}"
    if any(steps.rounding):
        words = "what Keras's float32 of these numbers costs"
        yield f"  {words}: {steps.rounding[-1]:.0e} after the last step"
    if steps.divergence:
        what, number = steps.divergence
        yield f"  first difference: {what} after step {number}"


def _curve(errors: Sequence[float]) -> str:
    """Errors on a logarithmic scale, a character each."""
    logs = [log10(error) if 0 < error < float("inf") else None for error in errors[1:]]
    known = [value for value in logs if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    span = (high - low) or 1.0
    marks = [" " if v is None else CURVE[round((v - low) / span * 7)] for v in logs]
    return "".join(marks)


def _of_divergence(first: Divergence | None) -> Iterator[str]:
    """Where the first layer differs, with values, and what is known of the operation there."""
    if first is None:
        return
    error, limit = _amount(first.comparison, first.error), _amount(first.comparison, first.limit)
    yield (
        f"first difference: '{first.layer}' on {first.target}, its {first.quantity} "
        f"({first.comparison}, {first.what}): {error} against a limit of {limit}"
    )
    if first.samples:
        rows = [
            (str(list(index)), f"{expected:.17g}", f"{found:.17g}", f"{found - expected:.1e}")
            for index, expected, found in first.samples
        ]
        sides = ("left", "right", "right", "right")
        yield draw("", ("at", "expected", "found", "difference"), rows, sides)
    yield from (f"  {note}" for note in first.notes)


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
