"""The command summary."""

import re
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from archc.cli.encoding import in_utf8
from archc.cli.finding import find
from archc.cli.options import Format, Quiet, Set, Specs, UsageError
from archc.cli.output import load_or_exit, terminal_width
from archc.tables.documents import Format as TableFormat
from archc.tables.documents import Units
from archc.tables.latex import Latex


class SummaryCommand(TyperCommand):
    """A command whose help lists all columns and conventions.

    They are imported only for the help: the import would slow other commands down.
    """

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self.epilog = _columns_and_conventions()
        super().format_help(ctx, formatter)


def _columns_and_conventions() -> str:
    from archc.counts.columns import NAMED
    from archc.counts.conventions import CONVENTIONS, DEFAULT
    from archc.counts.figures import FIGURES, PEAKS, SUMS

    others = ", ".join(column.name for column in NAMED if column.name not in FIGURES)
    conventions = ", ".join(f"{name} ({rule.counter})" for name, rule in CONVENTIONS.items())
    return "\n\n".join(
        [
            f"Columns: {others}.",
            f"Columns with sums and shares (such as {next(iter(SUMS))}%): {', '.join(SUMS)}.",
            f"Columns with maxima: {', '.join(PEAKS)}.",
            f"Conventions: {conventions}. The default is {DEFAULT}.",
        ]
    )


def summary(
    specs: Specs = None,
    changes: Set = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(metavar="A,B,C", help="Columns to show (see below); macs% is a share."),
    ] = None,
    wide: Annotated[
        bool,
        typer.Option(
            "--wide", help="Also show inputs, shares, operations, receptive fields and memory."
        ),
    ] = False,
    totals: Annotated[bool, typer.Option("--totals", help="Show one line per network.")] = False,
    convention: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Count FLOPs like this tool (see below), such as torchinfo."
        ),
    ] = None,
    units: Annotated[
        Units, typer.Option("--units", help="Exact figures, or powers of 1000 or 1024.")
    ] = "binary",
    form: Annotated[TableFormat, typer.Option("--format", help="Output format.")] = "table",
    bare: Annotated[
        bool, typer.Option("--bare", help="LaTeX: only the tabular, without float and caption.")
    ] = False,
    caption: Annotated[
        str | None, typer.Option(metavar="TEX", help="LaTeX: the caption of the float, in LaTeX.")
    ] = None,
    label: Annotated[
        str | None, typer.Option(metavar="NAME", help="LaTeX: the label of the float.")
    ] = None,
    fit: Annotated[
        str | None,
        typer.Option(
            help="LaTeX: the size to fit, such as 120mmx60mm, or a slide of a ratio, such as 16:9.",
            metavar="SIZE|RATIO",
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Print shapes, parameters, connections and MACs, layer by layer."""
    from archc.counts.columns import WIDE
    from archc.counts.comparison import Comparison
    from archc.counts.summary import render_summaries

    names = WIDE if wide else _split(columns or [])
    if columns and wide:
        raise UsageError("--wide and --columns are mutually exclusive")
    if columns and not names:
        raise typer.BadParameter(
            "no column named; archc summary --help lists them", param_hint="--columns"
        )
    found = find(specs or ()).specs
    latex = _latex(form, bare, caption, label, fit, one=totals or len(found) == 1)
    networks = load_or_exit(found, Format.json if form == "json" else Format.table, changes)
    shown = () if totals else names
    tables = [n.summary(shown, convention=convention, units=units) for n in networks]
    if form != "table":
        in_utf8()
    if totals:
        print(Comparison.of(tables, names).text(form, terminal_width(), latex))
    else:
        print(render_summaries(tables, form, terminal_width(), latex))


def _latex(
    form: TableFormat,
    bare: bool,
    caption: str | None,
    label: str | None,
    fit: str | None,
    *,
    one: bool,
) -> Latex:
    """The options of LaTeX. Raises UsageError if they mean nothing; `one` says it is one table."""
    given = {"--bare": bare or None, "--caption": caption, "--label": label, "--fit": fit}
    named = [flag for flag, value in given.items() if value is not None]
    if named and form != "latex":
        raise UsageError(f"{named[0]} only applies to --format latex")
    for flag in ("--caption", "--label"):
        if flag in named and bare:
            raise UsageError(f"{flag} and --bare are mutually exclusive: only a float has it")
        if flag in named and not one:
            raise UsageError(f"{flag} only applies to one table: name one spec, or use --totals")
    if label is not None and not re.fullmatch(r"[A-Za-z0-9:._/+-]+", label):
        raise UsageError("--label must be of letters, digits and : . _ / + -, as in tab:alexnet")
    width, height = _lengths(fit) if fit is not None else (None, None)
    return Latex(bare, caption, label, width, height)


def _lengths(fit: str) -> tuple[str, str]:
    """A size or a ratio as lengths of TeX."""
    from archc.picture.fit import on_slide
    from archc.picture.lengths import PIXELS, frame

    size = on_slide(frame(fit, "--fit"))
    wide, high = (f"{side.pixels / PIXELS['bp']:.2f}bp" for side in (size.width, size.height))
    return wide, high


def _split(columns: list[str]) -> tuple[str, ...]:
    """The names in comma-separated lists."""
    names = ",".join(columns).replace(" ", "").split(",")
    return tuple(name for name in names if name)
