"""The command line: the only file that prints or exits."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from archc import __version__
from archc.errors import (
    ArchcError,
    Diagnostic,
    EnvironmentProblem,
    diagnostic,
    file_name,
    printable,
)
from archc.options import (
    Backend,
    Findings,
    Form,
    Plain,
    PlainFormat,
    Quiet,
    Set,
    Specs,
    Target,
    one_spec,
)
from archc.streams import tolerate

if TYPE_CHECKING:
    from archc.api import Network
    from archc.diff import Diff
    from archc.listing import Listing


class _Group(TyperGroup):
    """All commands, with the ways out of the documentation: 0, 1, 2 and 130."""

    def invoke(self, ctx: Any) -> Any:
        tolerate()
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except ArchcError as error:
            _complain(error.diagnostics)
            raise typer.Exit(2 if isinstance(error, EnvironmentProblem) else 1) from None
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
            raise typer.Exit(130) from None
        except BrokenPipeError:
            raise typer.Exit(0) from None
        except OSError as error:
            facts = {"path": error.filename or "standard output", "problem": error.strerror}
            _complain([diagnostic("E507", **facts)])
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


def _console(error: bool = False) -> Any:
    from rich.console import Console

    class Quietly(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to the command what a reader that has seen enough means."""
            raise BrokenPipeError

    return Quietly(stderr=error, highlight=False, soft_wrap=True)


def _complain(diagnostics: Sequence[Diagnostic], form: Plain | Findings = Plain.table) -> None:
    """Print findings: text from a spec is never markup."""
    if form.value != "table":
        from archc.sarif import document
        from archc.summary import as_json

        records = [d.record() for d in diagnostics]
        print(as_json(records if form.value == "json" else document(diagnostics, __version__)))
        return
    from rich.text import Text

    console = _console(error=True)
    for finding in diagnostics:
        text = Text(str(finding))
        text.highlight_regex(r"error E\d+(?=:)", "bold red")
        text.highlight_regex(r"(?m)^ +\| +\^+$", "red")
        text.highlight_regex(r"(?m)^  help:", "bold")
        console.print(text)


def _print(result: "Diff | Listing", form: Plain) -> None:
    from archc.summary import as_json

    print(as_json(result.record()) if form is Plain.json else result)


def _networks(
    specs: Sequence[str], form: Plain | Findings = Plain.table, changes: Sequence[str] | None = None
) -> list["Network"]:
    """Every spec as a network; all findings of all specs are printed before the command ends."""
    found, wrong, outside = _read(specs, changes)
    if wrong:
        _complain(wrong, form)
        raise typer.Exit(2 if outside else 1)
    return found


def _read(
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
    from archc.overrides import read

    if sys.stdin is None:  # closed by whoever started this process
        facts = {"path": "standard input", "problem": "it is closed", "suggestion": "give a file"}
        raise EnvironmentProblem([diagnostic("E505", **facts)])
    return Network(compile_stream(sys.stdin.buffer, "stdin", read(changes or ())))


@app.command(epilog="archc explain CODE says more of a finding.")
def check(
    specs: Specs,
    changes: Set = None,
    form: Annotated[
        Findings, typer.Option("--format", help="For people, for programs, or for code scanning.")
    ] = Findings.table,
    quiet: Quiet = False,
) -> None:
    """Validate specs and their published figures."""
    networks, findings, outside = _read(specs, changes)
    findings += [finding for network in networks for finding in network.check()]
    if findings or form is not Findings.table:
        _complain(findings, form)
    elif not quiet:
        for network in networks:
            figures = f"{len(network.spec.expect) + len(network.spec.errata)} sources hold"
            if changes:
                figures = "expect and errata do not apply: --set changes the network"
            print(f"{file_name(network.stem)}: ok, {len(network.graph.nodes)} layers, {figures}")
    raise typer.Exit(2 if outside else 1 if findings else 0)


@app.command()
def summary(
    specs: Specs,
    changes: Set = None,
    form: Annotated[Form, typer.Option("--format", help="How to print it.")] = Form.table,
    quiet: Quiet = False,
) -> None:
    """Print shapes, parameters, connections and MACs, layer by layer."""
    from archc.summary import as_json, many

    plain = Plain.json if form is Form.json else Plain.table
    tables = [network.summary() for network in _networks(specs, plain, changes)]
    if form is Form.json:
        print(as_json(many(tables)))
    else:
        print("\n\n".join(table.text(form.value) for table in tables))


@app.command("compile")
def compile_(
    specs: Specs,
    changes: Set = None,
    target: Annotated[Target, typer.Option("--target", "-t", help="What to write.")] = Target.all,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write to.")] = Path(
        "generated"
    ),
    stdout: Annotated[bool, typer.Option("--stdout", help="Print the files instead.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 with a diff if a file differs.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that archc did not write.")
    ] = False,
    opset: Annotated[
        int | None, typer.Option(help="ONNX opset; by default the newest that is proven.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write the generated files."""
    from archc import writing

    targets = tuple(t.value for t in Target if t is not Target.all)
    if opset is not None and target not in (Target.onnx, Target.all):
        raise typer.BadParameter("it is for the onnx target", param_hint="--opset")
    files: dict[str, str] = {}
    for network in _networks(specs, changes=changes):
        made = network.files(targets if target is Target.all else (target.value,), opset)
        clash = next((name for name in made if name in files), None)
        if clash:
            raise EnvironmentProblem([diagnostic("E503", path=clash)])
        files |= made
    if stdout:
        print("\n".join(files.values()), end="")
    elif check:
        _show_differences(output, files)
    else:
        for path in writing.write(output, files, force=force):
            if not quiet:
                print(path)


def _show_differences(folder: Path, files: dict[str, str]) -> None:
    import difflib

    from archc import writing

    stale = writing.differing(folder, files)
    for name, present in stale.items():
        path = str(folder / name)
        before = (present or "").splitlines(keepends=True)
        after = files[name].splitlines(keepends=True)
        old = path if present is not None else "/dev/null"
        for line in difflib.unified_diff(before, after, old, path):
            print(printable(line.rstrip("\n")))
    raise typer.Exit(1 if stale else 0)


@app.command()
def verify(
    specs: Specs,
    changes: Set = None,
    target: Annotated[
        list[Target] | None,
        typer.Option("--target", "-t", help="What to prove, as often as needed; all by default."),
    ] = None,
    backend: Annotated[Backend, typer.Option(help="What Keras runs on.")] = Backend.tensorflow,
    seed: Annotated[int, typer.Option(min=0, max=2**64 - 1, help="Of the weights and inputs.")] = 0,
    timeout: Annotated[float, typer.Option(min=1, max=1e6, help="Seconds for each network.")] = 600,
    memory: Annotated[float, typer.Option(min=0.1, max=1e6, help="GiB for each framework.")] = 8,
    form: PlainFormat = Plain.table,
    quiet: Quiet = False,
) -> None:
    """Prove that the generated files equal the definition, layer by layer."""
    from archc.proof import report
    from archc.proof.verify import verify as run
    from archc.summary import as_json

    networks = _networks(specs, form, changes)
    chosen = [t.value for t in target or []]
    if Target.all.value in chosen:
        chosen = [t.value for t in Target if t is not Target.all]
    with report.progress(_console(error=True), quiet or form is Plain.json) as tell:
        proofs = run(
            [network.compiled for network in networks],
            targets=chosen,
            backend=backend.value,
            seed=seed,
            seconds=timeout,
            memory=int(memory * 2**30),
            progress=tell,
        )
    if form is Plain.json:
        records = [proof.record() for proof in proofs]
        print(as_json(records[0] if len(records) == 1 else records))
    else:
        with suppress(BrokenPipeError):  # the verdict is the exit code all the same
            for proof in proofs:
                if not quiet or not proof.passed:
                    report.show(_console(), proof)
    raise typer.Exit(0 if all(proof.passed for proof in proofs) else 1)


@app.command("list")
def list_(form: PlainFormat = Plain.table, quiet: Quiet = False) -> None:
    """Print the specs that ship with archc."""
    from archc.listing import Listing
    from archc.shipped import shipped

    listing = Listing([network.compiled for network in _networks([*shipped()], form)])
    _print(listing, form)


@app.command()
def diff(
    before: Annotated[str, one_spec("A")],
    after: Annotated[str, one_spec("B")],
    form: PlainFormat = Plain.table,
    quiet: Quiet = False,
) -> None:
    """Print what changes from one network to another, layer by layer, and what it costs."""
    old, new = _networks([before, after], form)
    _print(old.diff(new), form)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the language."""
    from archc.schema import schema as build
    from archc.summary import as_json

    print(as_json(build()))


@app.command()
def explain(
    word: Annotated[str, typer.Argument(metavar="CODE|OP", help="E203, say, or conv2d.")],
) -> None:
    """Explain an error code, or an operation and what each target is told of it."""
    from archc.explain import explain as page

    print(page(word), end="")


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
