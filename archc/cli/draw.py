"""The command draw."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from archc.cli.options import Force, Quiet, Set, one_spec
from archc.cli.output import load_or_exit
from archc.errors import file_name
from archc.picture.styles import StyleName, ThemeName


def draw(
    spec: Annotated[str, one_spec("SPEC")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Output file: .svg, .tex (TikZ), .pdf or .png.")
    ],
    changes: Set = None,
    style: Annotated[
        StyleName,
        typer.Option(
            help="blocks: boxes to scale, as in Krizhevsky et al. 2012; flow: a flow chart; "
            "lenet: stacked feature maps, as in LeCun et al. 1998."
        ),
    ] = "blocks",
    theme: Annotated[ThemeName, typer.Option(help="Colour theme.")] = "light",
    width: Annotated[
        str | None,
        typer.Option(
            help="Maximum width, such as 345pt, 12cm or 800 (pixels); wider pictures wrap into rows.",
            metavar="LENGTH",
        ),
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Draw a network to scale: feature maps, kernels and layers, with sizes and counts."""
    from archc.files import writing
    from archc.picture.formats import FORMS, default_width, overruns
    from archc.picture.lengths import length
    from archc.picture.picture import picture

    ending = output.suffix.lower()
    form = FORMS.get(ending)
    if form is None:
        raise typer.BadParameter(
            f"{str(output)!r} does not end in {' or '.join(FORMS)}", param_hint="--output"
        )
    asked = None if width is None else length(width, "--width")
    writing.require_free(output, force=force)
    (network,) = load_or_exit([spec], changes=changes)
    most = asked or default_width(ending)
    scene = picture(network.graph, style, theme, most.pixels if most else None)
    made = form(scene)
    with writing.replace_file(output, force=force) as path:
        path.write_bytes(made)
    if quiet:
        return
    print(file_name(str(output)))
    for line in overruns(scene, ending, asked):
        print(line, file=sys.stderr)
