"""The command verify."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from archc.cli.encoding import in_utf8
from archc.cli.options import (
    ALL,
    Backend,
    Force,
    Format,
    FormatOption,
    Quiet,
    Set,
    Specs,
    one_of,
    targets,
)
from archc.cli.output import console, load_or_exit


def verify(
    specs: Specs,
    changes: Set = None,
    target: Annotated[
        list[str] | None,
        one_of(
            "TARGET|all",
            "--target",
            "-t",
            help="Target to prove (repeatable).",
            show_default=ALL,
        ),
    ] = None,
    backend: Backend = None,
    seed: Annotated[
        int, typer.Option(min=0, max=2**64 - 1, help="Random seed for weights and inputs.")
    ] = 0,
    timeout: Annotated[
        float | None,
        typer.Option(
            min=1,
            max=1e6,
            help="Time limit per network, in seconds.",
            show_default="600, or 1800 with training",
        ),
    ] = None,
    memory: Annotated[
        float, typer.Option(min=0.1, max=1e6, help="Memory limit per framework, in GiB.")
    ] = 8,
    gradients: Annotated[
        bool, typer.Option("--gradients", help="Also prove the backward pass.")
    ] = False,
    train_steps: Annotated[
        int, typer.Option(min=0, max=10_000, help="Training steps of the spec's recipe to compare.")
    ] = 0,
    weights: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Prove with these weights, in any format 'weights import' reads."
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="Compare with this model and its weights: a .onnx or .keras file, or "
            "net.py:factory, whose code is run.",
        ),
    ] = None,
    samples: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Compare with the inputs and outputs in this .npz file."),
    ] = None,
    report: Annotated[
        list[Path] | None,
        typer.Option(help="Write the proof to a .json or .md file (repeatable)."),
    ] = None,
    force: Force = False,
    form: FormatOption = Format.table,
    quiet: Quiet = False,
) -> None:
    """Prove that the generated code equals the reference implementation, layer by layer."""
    from archc.files import writing
    from archc.proof import documents, terminal
    from archc.proof.original.given import Given
    from archc.proof.verify import verify as run

    for path in report or []:
        if path.suffix not in documents.FORMS:
            endings = " or ".join(documents.FORMS)
            raise typer.BadParameter(
                f"{str(path)!r} does not end in {endings}", param_hint="--report"
            )
        writing.require_free(path, force=force)
    networks = load_or_exit(specs, form, changes)
    given = Given(weights, against, samples)
    if given and len(networks) > 1:
        raise typer.BadParameter(
            "--weights, --against and --samples take a single SPEC", param_hint="SPEC"
        )
    chosen = targets() if ALL in (target or ()) else tuple(target or ())
    with terminal.progress(console(error=True), quiet or form is Format.json) as tell:
        proofs = run(
            [network.compiled for network in networks],
            targets=chosen,
            backend=backend,
            seed=seed,
            seconds=timeout,
            memory=int(memory * 2**30),
            progress=tell,
            with_gradients=gradients,
            train_steps=train_steps,
            given=given,
        )
    if form is Format.json:
        in_utf8()
        print(documents.in_json(proofs), end="")
    else:
        with suppress(
            BrokenPipeError
        ):  # the exit code is the verdict even if nobody reads the output
            for proof in proofs:
                if not quiet or not proof.passed:
                    terminal.show(console(), proof)
    for path in report or []:
        documents.write(path, proofs, force=force)
    raise typer.Exit(0 if all(proof.passed for proof in proofs) else 1)
