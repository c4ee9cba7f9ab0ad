"""The command that counts."""

from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from archc.cli.options import Plain, Quiet, Set, Specs
from archc.cli.output import networks, window
from archc.tables.documents import Format, Units


class Counting(TyperCommand):
    """A command whose help lists all columns and conventions.

    They are looked up when help is asked for: to import them takes other commands too long.
    """

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self.epilog = _choices()
        super().format_help(ctx, formatter)


def _choices() -> str:
    from archc.counts.columns import NAMED
    from archc.counts.conventions import CONVENTIONS, DEFAULT
    from archc.counts.figures import FIGURES, PEAKS, SUMS

    others = ", ".join(column.name for column in NAMED if column.name not in FIGURES)
    conventions = ", ".join(f"{name} ({rule.counter})" for name, rule in CONVENTIONS.items())
    return "\n\n".join(
        [
            f"Columns: {others}.",
            f"Columns that add up, so --totals has them and {next(iter(SUMS))}% is a share: "
            f"{', '.join(SUMS)}.",
            f"Columns of which --totals has the largest: {', '.join(PEAKS)}.",
            f"Conventions: {conventions}; {DEFAULT} where none is named.",
        ]
    )


def summary(
    specs: Specs,
    changes: Set = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(metavar="A,B,C", help="What to show (see below); macs% is a share."),
    ] = None,
    wide: Annotated[
        bool,
        typer.Option(
            "--wide", help="Show inputs, shares, operations, receptive fields and memory as well."
        ),
    ] = False,
    totals: Annotated[
        bool, typer.Option("--totals", help="Show networks side by side, a line each.")
    ] = False,
    convention: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Count FLOPs as this tool does (see below), e.g. torchinfo."
        ),
    ] = None,
    units: Annotated[
        Units, typer.Option("--units", help="Figures in full, or in powers of 1000 or 1024.")
    ] = "binary",
    form: Annotated[Format, typer.Option("--format", help="How to print it.")] = "table",
    quiet: Quiet = False,
) -> None:
    """Print shapes, parameters, connections and MACs, layer by layer."""
    from archc.counts.columns import WIDE
    from archc.counts.comparison import Comparison
    from archc.counts.summary import render_summaries

    names = WIDE if wide else _named(columns or [])
    if columns and wide:
        raise typer.BadParameter("it says which columns; leave --columns out", param_hint="--wide")
    if columns and not names:
        raise typer.BadParameter(
            "it names no column; archc summary --help lists all", param_hint="--columns"
        )
    found = networks(specs, Plain.json if form == "json" else Plain.table, changes)
    shown = () if totals else names
    tables = [n.summary(shown, convention=convention, units=units) for n in found]
    if totals:
        print(Comparison.of(tables, names).text(form, window()))
    else:
        print(render_summaries(tables, form, window()))


def _named(columns: list[str]) -> tuple[str, ...]:
    """The columns of one list after the other."""
    names = ",".join(columns).replace(" ", "").split(",")
    return tuple(name for name in names if name)
