"""The command line: the only package that prints or exits."""

import os
import sys
from contextlib import suppress
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from archc import __version__
from archc.cli import commands
from archc.cli.draw import draw
from archc.cli.encoding import tolerate
from archc.cli.output import complain
from archc.cli.proof import verify
from archc.cli.report import report
from archc.cli.summary import Counting, summary
from archc.cli.weights import weights
from archc.errors import ArchcError, EnvironmentProblem, diagnostic


class _Group(TyperGroup):
    """All commands, with the ways out of the documentation: 0, 1, 2 and 130."""

    def invoke(self, ctx: Any) -> Any:
        tolerate()
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except ArchcError as error:
            complain(error.diagnostics)
            raise typer.Exit(2 if isinstance(error, EnvironmentProblem) else 1) from None
        except typer.BadParameter as error:
            # Typer says so of a value that is none of its choices.
            error.message = error.message.removeprefix("Value error, ")
            raise
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
            raise typer.Exit(130) from None
        except BrokenPipeError:
            raise typer.Exit(0) from None
        except OSError as error:
            facts = {"path": error.filename or "standard output", "problem": error.strerror}
            complain([diagnostic("E507", **facts)])
            raise typer.Exit(2) from None


app = typer.Typer(
    name="archc",
    cls=_Group,
    help="One description of a network: its exact counts, PyTorch, Keras and ONNX code, and proof "
    "that the three agree.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        with suppress(BrokenPipeError):
            print(f"archc {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass


app.command(epilog="archc explain CODE says more of a finding.")(commands.check)
app.command(cls=Counting)(summary)
app.command("compile")(commands.compile_)
app.command()(verify)
app.add_typer(weights)
app.command("list")(commands.list_)
app.command()(commands.diff)
app.command()(draw)
app.command()(report)
app.command()(commands.schema)
app.command()(commands.explain)


def main() -> None:
    """Run the command line."""
    try:
        app()
    finally:
        _flush()


def _flush() -> None:
    """Write out what is left; what cannot be written has been said before."""
    try:
        sys.stdout.flush()
    except OSError:
        # Python must find nothing left to flush when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
