"""The command that puts all that is known of a network on one page."""

from pathlib import Path
from typing import Annotated

import typer

from archc.cli.options import Force, Quiet, Set, one_spec
from archc.cli.output import networks


def report(
    spec: Annotated[str, one_spec("SPEC")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file: .html or .htm.")],
    changes: Set = None,
    proof: Annotated[
        Path | None,
        typer.Option(help="What `archc verify SPEC --report FILE.json` kept, to be shown beside."),
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Write one page with the picture, the table, the code, the proof and the notes.

    It is one file that fetches nothing, to be opened, sent or put on a site.
    """
    from archc.files import writing
    from archc.pages import proven
    from archc.pages.report import page

    if output.suffix.lower() not in (".html", ".htm"):
        raise typer.BadParameter(
            f"the ending of {str(output)!r} is not .html or .htm", param_hint="--output"
        )
    writing.require_free(output, force=force)
    (network,) = networks([spec], changes=changes)
    shown = proven.read(proof, network.compiled) if proof else None
    text = page(network.compiled, shown)
    with writing.replace_file(output, force=force) as path:
        path.write_text(text, encoding="utf-8")
    if not quiet:
        print(output)
