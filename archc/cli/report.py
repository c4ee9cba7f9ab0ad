"""The command report."""

from pathlib import Path
from typing import Annotated

import typer

from archc.cli.options import Force, Quiet, Set, one_spec
from archc.cli.output import load_or_exit
from archc.errors import file_name


def report(
    spec: Annotated[str, one_spec("SPEC")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Output file: .html or .htm.")],
    changes: Set = None,
    proof: Annotated[
        Path | None,
        typer.Option(help="Proof to include, written by archc verify SPEC --report FILE.json."),
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Write one HTML page with the picture, the table, the code, the proof and the notes.

    The page is a single file and loads nothing from elsewhere.
    """
    from archc.files import writing
    from archc.pages import proven
    from archc.pages.report import page

    if output.suffix.lower() not in (".html", ".htm"):
        raise typer.BadParameter(
            f"{str(output)!r} does not end in .html or .htm", param_hint="--output"
        )
    writing.require_free(output, force=force)
    (network,) = load_or_exit([spec], changes=changes)
    shown = proven.read(proof, network.compiled) if proof else None
    text = page(network.compiled, shown)
    with writing.replace_file(output, force=force) as path:
        path.write_text(text, encoding="utf-8")
    if not quiet:
        print(file_name(str(output)))
