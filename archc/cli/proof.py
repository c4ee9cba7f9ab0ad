"""The command that proves."""

from contextlib import suppress
from typing import Annotated

import typer

from archc.cli.options import Backend, Plain, PlainFormat, Quiet, Set, Specs, Target
from archc.cli.output import console, networks


def verify(
    specs: Specs,
    changes: Set = None,
    target: Annotated[
        list[Target] | None,
        typer.Option("--target", "-t", help="What to prove, as often as needed; all by default."),
    ] = None,
    backend: Annotated[Backend, typer.Option(help="What Keras runs on.")] = Backend.tensorflow,
    seed: Annotated[int, typer.Option(min=0, max=2**64 - 1, help="Of the weights and inputs.")] = 0,
    timeout: Annotated[float, typer.Option(min=1, max=1e6, help="Seconds for each network.")] = 600,
    memory: Annotated[float, typer.Option(min=0.1, max=1e6, help="GiB for each framework.")] = 8,
    gradients: Annotated[
        bool, typer.Option("--gradients", help="Prove the backward pass as well.")
    ] = False,
    train_steps: Annotated[
        int, typer.Option(min=0, max=10_000, help="Steps of the spec's recipe to take and compare.")
    ] = 0,
    form: PlainFormat = Plain.table,
    quiet: Quiet = False,
) -> None:
    """Prove that the generated files equal the definition, layer by layer."""
    from archc.proof import report
    from archc.proof.verify import verify as run
    from archc.summary import as_json

    found = networks(specs, form, changes)
    chosen = [t.value for t in target or []]
    if Target.all.value in chosen:
        chosen = [t.value for t in Target if t is not Target.all]
    with report.progress(console(error=True), quiet or form is Plain.json) as tell:
        proofs = run(
            [network.compiled for network in found],
            targets=chosen,
            backend=backend.value,
            seed=seed,
            seconds=timeout,
            memory=int(memory * 2**30),
            progress=tell,
            with_gradients=gradients,
            train_steps=train_steps,
        )
    if form is Plain.json:
        records = [proof.record() for proof in proofs]
        print(as_json(records[0] if len(records) == 1 else records))
    else:
        with suppress(BrokenPipeError):  # the verdict is the exit code all the same
            for proof in proofs:
                if not quiet or not proof.passed:
                    report.show(console(), proof)
    raise typer.Exit(0 if all(proof.passed for proof in proofs) else 1)
