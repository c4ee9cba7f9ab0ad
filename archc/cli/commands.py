"""The commands check, compile, list, diff, schema and explain."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archc.cli.encoding import in_utf8
from archc.cli.finding import find
from archc.cli.freshness import compare, report
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
from archc.cli.project import project
from archc.errors import EnvironmentProblem, count, diagnostic, did_you_mean, file_name

if TYPE_CHECKING:
    from archc.api import Network


def check(
    specs: Specs = None,
    changes: Set = None,
    strict: Annotated[bool, typer.Option("--strict", help="Make warnings errors.")] = False,
    allow: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Leave out a warning, such as W301 (repeatable)."),
    ] = None,
    form: Annotated[CheckFormat, typer.Option("--format", help="Output format.")] = (
        CheckFormat.table
    ),
    quiet: Quiet = False,
) -> None:
    """Validate specs and their published figures, and warn of likely slips."""
    allowed = {_warning(word) for word in allow or ()}
    networks, problems, environmental = load_specs(find(specs or ()).specs, changes)
    problems += [found for network in networks for found in network.check()]
    warned = [
        [found for found in network.warnings if found.code not in allowed] for network in networks
    ]
    cautions = [found for each in warned for found in each]
    if strict:
        problems += [replace(found, severity="error") for found in cautions]
        cautions = []
    if form is not CheckFormat.table:
        print_diagnostics([*problems, *cautions], form)
    else:
        print_diagnostics([*problems, *([] if quiet else cautions)])
        if not problems and not quiet:
            for network, each in zip(networks, warned, strict=True):
                print(_verdict(network, len(each), bool(changes)))
    raise typer.Exit(2 if environmental else 1 if problems else 0)


def _warning(word: str) -> str:
    """The code that `--allow` names, by itself or by its name."""
    from archc.catalogue import CODES
    from archc.cautions import WARNINGS

    code = CODES.get(word.lower(), word.upper())
    if code not in WARNINGS:
        hint = did_you_mean(word, WARNINGS)
        raise typer.BadParameter(f"'{word}' is not a warning; {hint}", param_hint="--allow")
    return code


def _verdict(network: "Network", warnings: int, changed: bool) -> str:
    from archc.network.check import figures

    parts = [f"{file_name(network.stem)}: ok", count(len(network.layers), "layer")]
    parts += [
        "expect and errata not checked because of --set"
        if changed
        else f"{count(figures(network.spec), 'published figure')} checked"
    ]
    parts += [count(warnings, "warning")] if warnings else []
    return ", ".join(parts)


def compile_(
    specs: Specs = None,
    changes: Set = None,
    target: Annotated[
        str | None,
        one_of("TARGET|all", "--target", "-t", help="Target to compile for.", show_default="all"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Output folder.", show_default="generated"),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Name the files of the one SPEC NAME_torch.py and so on."
        ),
    ] = None,
    stdout: Annotated[
        bool, typer.Option("--stdout", help="Print the files instead of writing them.")
    ] = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Write nothing; list files that are out of date, with a diff, and exit 1.",
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

    if stdout and (check or output):
        raise UsageError("--stdout writes no files: leave --check and --output out")
    chosen = targets() if target == ALL else (target,) if target else project().targets or targets()
    folder = output or project().output
    require_opset(chosen, opset)
    found = find(specs or ())
    networks = load_or_exit(found.specs, changes=changes)
    if name is not None:
        if len(networks) > 1:
            raise UsageError("--name names the files of one spec, not of several")
        networks = [networks[0].renamed(name)]
    files: dict[str, str] = {}
    for network in networks:
        generated = network.files(chosen, opset)
        clash = next((name for name in generated if name in files), None)
        if clash:
            raise EnvironmentProblem([diagnostic("E503", path=clash)])
        files |= generated
    if stdout:
        print("\n".join(files.values()), end="")
    elif check:
        command = ["archc", "compile", *(specs or ())]
        command += ["--target", target] if target else []
        command += ["--output", str(output)] if output else []
        command += ["--name", name] if name else []
        command += [word for change in changes or () for word in ("--set", change)]
        command += ["--opset", str(opset)] if opset is not None else []
        stems = {n.stem for n in networks} | found.neighbours if found.whole else None
        state = compare(folder, files, stems)
        report(state, shlex.join(command), quiet)
        raise typer.Exit(0 if state.fresh else 1)
    else:
        for path in writing.write(folder, files, force=force):
            if not quiet:
                print(file_name(str(path)))


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
            metavar="CODE|NAME|OP",
            help="Error code (E201), its name (unknown-field), operation, or section of a spec (train).",
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
    """Explain an error, an operation or a section of a spec, or show what each target supports."""
    if word is not None and targets:
        raise UsageError("--targets covers every operation and takes no CODE|NAME|OP")
    if targets:
        from archc.targets.capabilities import Capabilities

        if form not in (None, TargetsFormat.table):
            in_utf8()
        print(Capabilities().text((form or TargetsFormat.table).value))
        return
    if word is None:
        raise UsageError(
            "pass an error code, its name, an operation, a section of a spec, or --targets"
        )
    if form is not None:
        raise UsageError("--format only applies to --targets")
    from archc.pages.explain import explain as page

    print(page(word), end="")
