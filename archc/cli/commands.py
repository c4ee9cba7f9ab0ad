"""The commands that read specs and print or write what follows from them."""

from pathlib import Path
from typing import Annotated

import typer

from archc.cli.options import (
    Findings,
    Page,
    Plain,
    PlainFormat,
    Quiet,
    Set,
    Specs,
    Target,
    one_spec,
)
from archc.cli.output import complain, networks, read, show
from archc.errors import EnvironmentProblem, diagnostic, file_name, printable


def check(
    specs: Specs,
    changes: Set = None,
    form: Annotated[
        Findings, typer.Option("--format", help="For people, for programs, or for code scanning.")
    ] = Findings.table,
    quiet: Quiet = False,
) -> None:
    """Validate specs and their published figures."""
    found, findings, outside = read(specs, changes)
    findings += [finding for network in found for finding in network.check()]
    if findings or form is not Findings.table:
        complain(findings, form)
    elif not quiet:
        for network in found:
            sources = len(network.spec.expect) + len(network.spec.errata)
            figures = f"{sources} source{' holds' if sources == 1 else 's hold'}"
            if changes:
                figures = "expect and errata do not apply: --set changes the network"
            print(f"{file_name(network.stem)}: ok, {len(network.graph.nodes)} layers, {figures}")
    raise typer.Exit(2 if outside else 1 if findings else 0)


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
    from archc.files import writing

    targets = tuple(t.value for t in Target if t is not Target.all)
    if opset is not None and target not in (Target.onnx, Target.all):
        raise typer.BadParameter("it is for the onnx target", param_hint="--opset")
    files: dict[str, str] = {}
    for network in networks(specs, changes=changes):
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


def list_(form: PlainFormat = Plain.table, quiet: Quiet = False) -> None:
    """Print the specs that ship with archc."""
    from archc.counts.listing import Listing
    from archc.language.shipped import shipped

    listing = Listing([network.compiled for network in networks([*shipped()], form)])
    show(listing, form)


def diff(
    before: Annotated[str, one_spec("A")],
    after: Annotated[str, one_spec("B")],
    form: PlainFormat = Plain.table,
    quiet: Quiet = False,
) -> None:
    """Print what changes from one network to another, layer by layer, and what it costs."""
    old, new = networks([before, after], form)
    show(old.diff(new), form)


def schema() -> None:
    """Print the JSON Schema of the language."""
    from archc.language.schema import schema as build
    from archc.tables.documents import as_json

    print(as_json(build()))


def explain(
    word: Annotated[
        str | None, typer.Argument(metavar="CODE|OP", help="E203, say, or conv2d.")
    ] = None,
    targets: Annotated[
        bool,
        typer.Option("--targets", help="Print what each target supports, emulates and refuses."),
    ] = False,
    form: Annotated[
        Page | None, typer.Option("--format", help="How to print it; beside --targets.")
    ] = None,
) -> None:
    """Explain an error code, an operation and what each target is told of it, or all targets."""
    if word is not None and targets:
        raise typer.BadParameter(
            "it says all of every operation: leave the word out", param_hint="--targets"
        )
    if targets:
        from archc.targets.capabilities import Capabilities

        print(Capabilities().text((form or Page.table).value))
        return
    if word is None:
        raise typer.BadParameter(
            "give an error code, an operation, or --targets", param_hint="CODE|OP"
        )
    if form is not None:
        raise typer.BadParameter("it is for --targets", param_hint="--format")
    from archc.pages.explain import explain as page

    print(page(word), end="")
