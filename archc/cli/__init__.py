"""The command line: the only package that prints or exits."""

import errno
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from archc import __version__
from archc.cli import commands
from archc.cli.draw import draw
from archc.cli.encoding import STDOUT, configure_streams
from archc.cli.options import NamesCommand
from archc.cli.output import print_diagnostics
from archc.cli.proof import verify
from archc.cli.report import report
from archc.cli.summary import SummaryCommand, summary
from archc.cli.weights import weights
from archc.errors import ArchcError, Diagnostic, EnvironmentProblem, diagnostic
from archc.files import interrupts


class _Group(TyperGroup):
    """All commands, with the documented exit codes: 0, 1, 2, and 128 and a signal's number."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        with _failures_reported():  # --help and --version print here
            return super().make_context(*arguments, **options)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] == "import":  # what comes nearest in spelling would lead astray
            ctx.fail("No such command 'import'. Did you mean 'weights import'?")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        with _failures_reported():
            try:
                return super().invoke(ctx)
            except typer.BadParameter as error:
                # Typer puts this before the message about an invalid choice.
                error.message = error.message.removeprefix("Value error, ")
                raise


@contextmanager
def _failures_reported() -> Iterator[None]:
    """Print what goes wrong, and exit with the code that is documented for it."""
    configure_streams()
    try:
        yield
        sys.stdout.flush()
    except ArchcError as error:
        print_diagnostics(error.diagnostics)
        raise typer.Exit(2 if isinstance(error, EnvironmentProblem) else 1) from None
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        raise typer.Exit(130) from None
    except interrupts.Ended as error:
        print(error, file=sys.stderr)
        raise typer.Exit(128 + error.number) from None
    except (MemoryError, ImportError) as error:
        # So the system says that there is no room for a library.
        if isinstance(error, ImportError) and "failed to map" not in str(error):
            raise
        print_diagnostics([diagnostic("E513")])
        raise typer.Exit(2) from None
    except OSError as error:
        found = _diagnosed(error)
        if found is None:
            raise
        print_diagnostics([found])
        raise typer.Exit(2) from None


def _diagnosed(error: OSError) -> Diagnostic | None:
    """A failed read or write as a diagnostic; None for any other failure.

    Commands report it themselves if they cannot write their files. What arrives here is a failure
    to write standard output or a temporary file, or to open a file.
    """
    problem = (error.strerror or str(error)).lower()
    if error.errno in (errno.ENOMEM, errno.EAGAIN):
        return diagnostic("E513")
    if error.filename == STDOUT:
        return diagnostic("E507", path=STDOUT, problem=problem)
    if error.filename is not None:
        path = str(error.filename)
        return diagnostic("E505", path=path, problem=problem, suggestion="check the path")
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return diagnostic("E507", path="a temporary file", problem=problem)
    if re.fullmatch(r"\d+ requested and \d+ written", problem):  # NumPy's words for the same
        return diagnostic("E507", path="a temporary file", problem="no space left on device")
    return None


app = typer.Typer(
    name="archc",
    cls=_Group,
    help="Count, compile and prove neural networks: one YAML spec gives exact counts, PyTorch, Keras "
    "and ONNX code, and proof that the three agree.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"archc {__version__}")
        sys.stdout.flush()
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    pass


app.command(epilog="Run archc explain CODE for more about an error.")(commands.check)
app.command(cls=SummaryCommand)(summary)
app.command("compile", cls=NamesCommand)(commands.compile_)
app.command(cls=NamesCommand)(verify)
app.add_typer(weights)
app.command("list")(commands.list_)
app.command()(commands.diff)
app.command()(draw)
app.command()(report)
app.command()(commands.schema)
app.command()(commands.explain)


def main() -> None:
    """Run the command line."""
    interrupts.catch()
    try:
        app()
    except (KeyboardInterrupt, interrupts.Ended) as error:  # outside any command
        number = getattr(error, "number", signal.SIGINT)
        sys.exit(128 + number)
    finally:
        interrupts.end_at_once()
        _flush()


def _flush() -> None:
    """Flush standard output; a failure has been reported before."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        # Else Python would try again, and fail, when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
