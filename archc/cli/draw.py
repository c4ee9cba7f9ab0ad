"""The command draw."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from archc.cli.options import Force, Quiet, Set, UsageError, one_spec
from archc.cli.output import load_or_exit
from archc.errors import printable
from archc.picture.styles import StyleName, ThemeName, View

FormatName = Literal["svg", "tikz", "pdf", "png"]
ENDINGS: dict[FormatName, str] = {"svg": ".svg", "tikz": ".tex", "pdf": ".pdf", "png": ".png"}
STDOUT = Path("-")


def draw(
    spec: Annotated[str, one_spec("SPEC")],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help="Output file: .svg, .tex (TikZ), .pdf or .png; - is standard output.",
        ),
    ],
    changes: Set = None,
    form: Annotated[
        FormatName | None,
        typer.Option(
            "--format", help="Output format.", show_default="by the file's ending; svg for -"
        ),
    ] = None,
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
    fit: Annotated[
        str | None,
        typer.Option(
            help="Fit a size, such as 120mmx60mm, or a slide of a ratio, such as 16:9, with letters "
            "that can be read.",
            metavar="SIZE|RATIO",
        ),
    ] = None,
    first: Annotated[
        str | None,
        typer.Option("--from", help="Draw from this layer on.", metavar="LAYER"),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option("--to", help="Draw up to this layer.", metavar="LAYER"),
    ] = None,
    no_title: Annotated[
        bool, typer.Option("--no-title", help="Leave the name and the totals out.")
    ] = False,
    no_legend: Annotated[bool, typer.Option("--no-legend", help="Leave the legend out.")] = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Draw a network to scale: feature maps, kernels and layers, with sizes and counts."""
    from archc.files import writing
    from archc.picture.drawing import compose
    from archc.picture.formats import FORMS, overruns, size

    to_stdout = output == STDOUT
    ending = _ending(output, form)
    if not to_stdout:
        writing.require_free(output, force=force)
    elif ending in (".pdf", ".png") and sys.stdout.isatty():
        raise UsageError(f"a {ending[1:].upper()} is not text for a terminal: name a file with -o")
    (network,) = load_or_exit([spec], changes=changes)
    view = View(first, last, title=not no_title, legend=not no_legend)
    found = compose(network.graph, ending, style, theme, width=width, fit=fit, view=view, flag="--")
    made = FORMS[ending](found.scene)
    if to_stdout:
        sys.stdout.buffer.write(made)
        sys.stdout.flush()
    else:
        with writing.replace_file(output, force=force) as path:
            path.write_bytes(made)
    if quiet:
        return
    where = "to standard output" if to_stdout else printable(str(output))
    told = f"wrote {where} ({size(found.scene, ending, found.unit)})"
    print(told, file=sys.stderr if to_stdout else sys.stdout)
    if fit is None:
        for line in overruns(found.scene, ending, found.width):
            print(line, file=sys.stderr)


def _ending(output: Path, form: FormatName | None) -> str:
    """The ending of the format that is written, whatever the file is called."""
    from archc.picture.formats import require_ending

    if form is not None:
        return ENDINGS[form]
    if output == STDOUT:
        return ENDINGS["svg"]
    return require_ending(output)
