"""What commands read and print: specs as networks, findings, results."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from archc import __version__
from archc.cli.options import Findings, Plain
from archc.errors import ArchcError, Diagnostic, EnvironmentProblem, diagnostic

if TYPE_CHECKING:
    from archc.api import Network
    from archc.counts.listing import Listing
    from archc.network.diff import Diff


def console(error: bool = False) -> Any:
    from rich.console import Console

    class Quietly(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to the command what a reader that has seen enough means."""
            raise BrokenPipeError

    return Quietly(stderr=error, highlight=False, soft_wrap=True)


def complain(diagnostics: Sequence[Diagnostic], form: Plain | Findings = Plain.table) -> None:
    """Print findings: text from a spec is never markup."""
    if form.value != "table":
        from archc.cli.sarif import document
        from archc.tables.documents import as_json

        records = [d.record() for d in diagnostics]
        print(as_json(records if form.value == "json" else document(diagnostics, __version__)))
        return
    from rich.text import Text

    stderr = console(error=True)
    for finding in diagnostics:
        text = Text(str(finding))
        text.highlight_regex(r"error E\d+(?=:)", "bold red")
        text.highlight_regex(r"(?m)^ +\| +\^+$", "red")
        text.highlight_regex(r"(?m)^  help:", "bold")
        stderr.print(text)


def window() -> int | None:
    """How wide the terminal is, in characters; None where the output is no terminal."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def show(result: "Diff | Listing", form: Plain) -> None:
    from archc.tables.documents import as_json

    print(as_json(result.record()) if form is Plain.json else result)


def networks(
    specs: Sequence[str], form: Plain | Findings = Plain.table, changes: Sequence[str] | None = None
) -> list["Network"]:
    """Every spec as a network; all findings of all specs are printed before the command ends."""
    found, wrong, outside = read(specs, changes)
    if wrong:
        complain(wrong, form)
        raise typer.Exit(2 if outside else 1)
    return found


def read(
    specs: Sequence[str], changes: Sequence[str] | None
) -> tuple[list["Network"], list[Diagnostic], bool]:
    """Every spec that is a network, what is wrong with the others, and whether outside of them."""
    from archc.api import load

    if specs.count("-") > 1:
        raise typer.BadParameter("standard input can be read but once", param_hint="-")
    found: list[Network] = []
    wrong: dict[str, Diagnostic] = {}  # what is wrong with a --set is so for every spec
    outside = False
    for spec in specs:
        try:
            found.append(_from_input(changes) if spec == "-" else load(spec, changes or ()))
        except ArchcError as error:
            wrong |= {str(finding): finding for finding in error.diagnostics}
            outside |= isinstance(error, EnvironmentProblem)
    return found, list(wrong.values()), outside


def _from_input(changes: Sequence[str] | None) -> "Network":
    from archc.api import Network
    from archc.compiler import compile_stream
    from archc.language.overrides import read as changed

    if sys.stdin is None:  # closed by whoever started this process
        facts = {"path": "standard input", "problem": "it is closed", "suggestion": "give a file"}
        raise EnvironmentProblem([diagnostic("E505", **facts)])
    return Network(compile_stream(sys.stdin.buffer, "stdin", changed(changes or ())))
