"""The commands check, compile, list, diff, schema and explain."""

from pathlib import Path
from typing import Annotated

import typer

from archc.cli.encoding import in_utf8
from archc.cli.options import (
    ALL,
    CheckFormat,
    Format,
    FormatOption,
    Opset,
    Quiet,
    Set,
    Specs,
    TargetsFormat,
    UsageError,
    one_of,
    one_spec,
    require_opset,
    targets,
)
from archc.cli.output import load_or_exit, load_specs, print_diagnostics, print_result
from archc.errors import EnvironmentProblem, diagnostic, file_name, printable


def check(
    specs: Specs,
    changes: Set = None,
    form: Annotated[CheckFormat, typer.Option("--format", help="Output format.")] = (
        CheckFormat.table
    ),
    quiet: Quiet = False,
) -> None:
    """Validate specs and their published figures."""
    networks, problems, environmental = load_specs(specs, changes)
    problems += [found for network in networks for found in network.check()]
    if problems or form is not CheckFormat.table:
        print_diagnostics(problems, form)
    elif not quiet:
        for network in networks:
            sources = len(network.spec.expect) + len(network.spec.errata)
            figures = f"{sources} source{'s' * (sources != 1)} checked"
            if changes:
                figures = "expect and errata not checked because of --set"
            print(f"{file_name(network.stem)}: ok, {len(network.graph.nodes)} layers, {figures}")
    raise typer.Exit(2 if environmental else 1 if problems else 0)


def compile_(
    specs: Specs,
    changes: Set = None,
    target: Annotated[
        str,
        one_of("TARGET|all", "--target", "-t", help="Target to compile for."),
    ] = ALL,
    output: Annotated[Path, typer.Option("--output", "-o", help="Output folder.")] = Path(
        "generated"
    ),
    stdout: Annotated[
        bool, typer.Option("--stdout", help="Print the files instead of writing them.")
    ] = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Write nothing; print a diff and exit 1 if a file is out of date."
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite files that archc did not generate.")
    ] = False,
    opset: Opset = None,
    quiet: Quiet = False,
) -> None:
    """Generate the PyTorch, Keras and ONNX code."""
    from archc.files import writing

    chosen = targets() if target == ALL else (target,)
    require_opset(chosen, opset)
    files: dict[str, str] = {}
    for network in load_or_exit(specs, changes=changes):
        generated = network.files(chosen, opset)
        clash = next((name for name in generated if name in files), None)
        if clash:
            raise EnvironmentProblem([diagnostic("E503", path=clash)])
        files |= generated
    if stdout:
        print("\n".join(files.values()), end="")
    elif check:
        _print_diff(output, files)
    else:
        for path in writing.write(output, files, force=force):
            if not quiet:
                print(file_name(str(path)))


def _print_diff(folder: Path, files: dict[str, str]) -> None:
    import difflib

    from archc.files import writing

    stale = writing.find_stale(folder, files)
    for name, present in stale.items():
        path = str(folder / name)
        before = (present or "").splitlines(keepends=True)
        after = files[name].splitlines(keepends=True)
        old = path if present is not None else "/dev/null"
        for line in difflib.unified_diff(before, after, old, path):
            print(printable(line.rstrip("\n")))
    raise typer.Exit(1 if stale else 0)


def list_(form: FormatOption = Format.table, quiet: Quiet = False) -> None:
    """List the specs that ship with archc."""
    from archc.counts.listing import Listing
    from archc.language.shipped import shipped

    listing = Listing([network.compiled for network in load_or_exit([*shipped()], form)])
    print_result(listing, form)


def diff(
    before: Annotated[str, one_spec("A")],
    after: Annotated[str, one_spec("B")],
    form: FormatOption = Format.table,
    quiet: Quiet = False,
) -> None:
    """Compare two networks, layer by layer, with the cost of each change."""
    old, new = load_or_exit([before, after], form)
    print_result(old.diff(new), form)


def schema() -> None:
    """Print the JSON Schema of the spec language."""
    from archc.language.schema import schema as build
    from archc.tables.documents import as_json

    in_utf8()
    print(as_json(build()))


def explain(
    word: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE|NAME|OP", help="Error code (E201), its name (unknown-field) or operation."
        ),
    ] = None,
    targets: Annotated[
        bool,
        typer.Option("--targets", help="Print what each target supports, emulates and rejects."),
    ] = False,
    form: Annotated[
        TargetsFormat | None, typer.Option("--format", help="Output format of --targets.")
    ] = None,
) -> None:
    """Explain an error or an operation, or show what each target supports."""
    if word is not None and targets:
        raise UsageError("--targets covers every operation and takes no CODE|NAME|OP")
    if targets:
        from archc.targets.capabilities import Capabilities

        if form not in (None, TargetsFormat.table):
            in_utf8()
        print(Capabilities().text((form or TargetsFormat.table).value))
        return
    if word is None:
        raise UsageError("pass an error code, its name, an operation, or --targets")
    if form is not None:
        raise UsageError("--format only applies to --targets")
    from archc.pages.explain import explain as page

    print(page(word), end="")
