"""A proof for people: progress while it runs, then a table of each target's worst layer."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING

from archc.proof import wording
from archc.proof.result import Proof
from archc.tables.terminal import render_table

if TYPE_CHECKING:
    from rich.console import Console

    from archc.proof.workers import Progress


class PrintableProof(Proof):
    """A proof that shows itself as the table of its comparisons."""

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


@contextmanager
def progress(console: "Console", quiet: bool) -> "Iterator[Progress]":
    """A bar for the reference and for each target, while they work."""
    from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    if quiet or not console.is_terminal:
        yield lambda *_: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(20),
               TimeElapsedColumn())  # fmt: skip
    with Bars(*columns, console=console, transient=True) as bars:
        tasks: dict[tuple[str, str], TaskID] = {}

        def update(spec: str, target: str, what: str, done: float) -> None:
            task = tasks.setdefault((spec, target), TaskID(-1))
            if task == -1:
                task = tasks[spec, target] = bars.add_task("", total=1.0)
            bars.update(task, description=f"{spec}: {target} {what}", completed=done)
            if done >= 1:
                bars.stop_task(task)

        yield update


def show(console: "Console", proof: Proof) -> None:
    """The table of the worst layers, the versions and the verdict."""
    from rich.text import Text

    for line in _lines(proof):
        console.print(Text(line))


def _lines(proof: Proof) -> Iterator[str]:
    yield render_table(proof.name, wording.HEADINGS, wording.rows(proof), wording.SIDES) + "\n"
    for part in (
        wording.of_targets,
        wording.of_original,
        wording.of_gradients,
        wording.of_steps,
        wording.of_training,
    ):
        yield from part(proof)
    first = proof.first
    if first:
        yield wording.of_divergence(first)
        if first.samples:
            yield render_table(
                "", wording.SAMPLES, wording.samples(first), wording.SAMPLE_SIDES
            ).strip("\n")
        yield from (f"  {note}" for note in first.notes)
    for name, reason in proof.skipped.items():
        yield f"{name}: skipped, {reason}"
    yield from wording.of_network(proof)
    yield f"{proof.name}: {wording.verdict(proof)}"
