"""What commands share: loading specs, printing diagnostics and results."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from archc import __version__
from archc.cli.encoding import in_utf8
from archc.cli.options import CheckFormat, Format, UsageError
from archc.errors import ArchcError, Diagnostic, EnvironmentProblem, diagnostic

if TYPE_CHECKING:
    from archc.api import Network
    from archc.counts.listing import Listing
    from archc.network.diff import Diff


def console(error: bool = False) -> Any:
    """A console on standard output or error."""
    from rich.console import Console

    class Quietly(Console):
        def on_broken_pipe(self) -> None:
            """Raise, so that the command decides what a closed pipe means."""
            raise BrokenPipeError

    return Quietly(stderr=error, highlight=False, soft_wrap=True)


def print_diagnostics(
    diagnostics: Sequence[Diagnostic], form: Format | CheckFormat = Format.table
) -> None:
    """Print diagnostics; text from a spec is never interpreted as markup."""
    if form.value != "table":
        from archc.cli.sarif import document
        from archc.tables.documents import as_json

        in_utf8()
        records = [d.record() for d in diagnostics]
        print(as_json(records if form.value == "json" else document(diagnostics, __version__)))
        return
    from rich.text import Text

    stderr = console(error=True)
    for found in diagnostics:
        text = Text(str(found))
        text.highlight_regex(r"error E\d+ \[[a-z0-9-]+\](?=:)", "bold red")
        text.highlight_regex(r"(?m)^ +\| +\^+$", "red")
        text.highlight_regex(r"(?m)^  help:", "bold")
        stderr.print(text)


def terminal_width() -> int | None:
    """The width of the terminal in characters; None if standard output is not a terminal."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def print_result(result: "Diff | Listing", form: Format) -> None:
    """Print a result as text or as JSON."""
    from archc.tables.documents import as_json

    if form is Format.json:
        in_utf8()
    print(as_json(result.record()) if form is Format.json else result)


def load_or_exit(
    specs: Sequence[str], form: Format = Format.table, changes: Sequence[str] | None = None
) -> list["Network"]:
    """Load all specs; if any is invalid, print the diagnostics of all and exit."""
    networks, problems, environmental = load_specs(specs, changes)
    if problems:
        print_diagnostics(problems, form)
        raise typer.Exit(2 if environmental else 1)
    return networks


def load_specs(
    specs: Sequence[str], changes: Sequence[str] | None
) -> tuple[list["Network"], list[Diagnostic], bool]:
    """Load all specs: (networks, diagnostics, whether any problem is environmental)."""
    from archc.api import load

    if specs.count("-") > 1:
        raise UsageError("standard input (-) can only be read once")
    networks: list[Network] = []
    problems: dict[str, Diagnostic] = {}  # by text: a wrong --set is the same for every spec
    environmental = False
    for spec in specs:
        try:
            networks.append(_from_stdin(changes) if spec == "-" else load(spec, changes or ()))
        except ArchcError as error:
            problems |= {str(found): found for found in error.diagnostics}
            environmental |= isinstance(error, EnvironmentProblem)
    return networks, list(problems.values()), environmental


def _from_stdin(changes: Sequence[str] | None) -> "Network":
    from archc.api import Network
    from archc.compiler import compile_stream
    from archc.language.overrides import read as read_overrides

    if sys.stdin is None:  # closed by the parent process
        facts = {"path": "standard input", "problem": "it is closed", "suggestion": "pass a file"}
        raise EnvironmentProblem([diagnostic("E505", **facts)])
    return Network(compile_stream(sys.stdin.buffer, "stdin", read_overrides(changes or ())))
