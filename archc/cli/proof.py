"""The command that proves."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from archc.cli.options import Backend, Force, Plain, PlainFormat, Quiet, Set, Specs, Target
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
    timeout: Annotated[
        float | None,
        typer.Option(min=1, max=1e6, help="Seconds for each network; 600, in training 1800."),
    ] = None,
    memory: Annotated[float, typer.Option(min=0.1, max=1e6, help="GiB for each framework.")] = 8,
    gradients: Annotated[
        bool, typer.Option("--gradients", help="Prove the backward pass as well.")
    ] = False,
    train_steps: Annotated[
        int, typer.Option(min=0, max=10_000, help="Steps of the spec's recipe to take and compare.")
    ] = 0,
    report: Annotated[
        list[Path] | None,
        typer.Option(help="A file to keep the proof in, .json or .md; as often as needed."),
    ] = None,
    force: Force = False,
    form: PlainFormat = Plain.table,
    quiet: Quiet = False,
) -> None:
    """Prove that the generated files equal the definition, layer by layer."""
    from archc.files import writing
    from archc.proof import documents, terminal
    from archc.proof.verify import verify as run

    for path in report or []:
        if path.suffix not in documents.FORMS:
            endings = " or ".join(documents.FORMS)
            raise typer.BadParameter(
                f"the ending of {str(path)!r} is not {endings}", param_hint="--report"
            )
        writing.require_free(path, force=force)
    found = networks(specs, form, changes)
    chosen = [t.value for t in target or []]
    if Target.all.value in chosen:
        chosen = [t.value for t in Target if t is not Target.all]
    with terminal.progress(console(error=True), quiet or form is Plain.json) as tell:
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
        print(documents.in_json(proofs), end="")
    else:
        with suppress(BrokenPipeError):  # the verdict is the exit code all the same
            for proof in proofs:
                if not quiet or not proof.passed:
                    terminal.show(console(), proof)
    for path in report or []:
        documents.write(path, proofs, force=force)
    raise typer.Exit(0 if all(proof.passed for proof in proofs) else 1)
