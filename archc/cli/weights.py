"""The commands weights init, export and import."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from archc.cli.encoding import in_utf8
from archc.cli.options import (
    Backend,
    Force,
    Format,
    FormatOption,
    NamesCommand,
    Opset,
    Quiet,
    Set,
    one_of,
    one_spec,
    require_opset,
)
from archc.cli.output import load_or_exit
from archc.errors import file_name

weights = typer.Typer(
    name="weights",
    help="Initialise weights, and convert them to and from each framework.",
    no_args_is_help=True,
)


class Order(str, Enum):
    """The orders in which feature maps may have been flattened."""

    channels_first = "channels_first"
    channels_last = "channels_last"


Spec = Annotated[str, one_spec("SPEC")]
Output = Annotated[Path, typer.Option("--output", "-o", help="Output file.")]
Canonical = Annotated[Path, typer.Option("--output", "-o", help="Output file, .safetensors.")]


@weights.command()
def init(
    spec: Spec,
    output: Canonical,
    changes: Set = None,
    seed: Annotated[int, typer.Option(min=0, max=2**64 - 1, help="Random seed.")] = 0,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Sample a spec's initial weights: the same numbers on every machine."""
    from archc.weights import canonical

    (network,) = load_or_exit([spec], changes=changes)
    canonical.init(network.graph, output, seed, force=force)
    _print_path(output, quiet)


@weights.command(cls=NamesCommand)
def export(
    spec: Spec,
    source: Annotated[
        Path, typer.Argument(metavar="WEIGHTS", help="Weights in archc's own format.")
    ],
    target: Annotated[
        str,
        one_of("TARGET", "--target", "-t", help="Framework to export for."),
    ],
    output: Output,
    changes: Set = None,
    backend: Backend = None,
    opset: Opset = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Convert weights to a file that a framework loads.

    The file extension of the output decides the format: .safetensors or .pt (a state dict) for
    torch, .weights.h5 or .keras for keras, .onnx for onnx (above 2 GiB with a data file beside it).
    """
    from archc.weights import exporting

    require_opset([target], opset)
    (network,) = load_or_exit([spec], changes=changes)
    exporting.export(
        network.compiled,
        source,
        target,
        output,
        force=force,
        backend=backend,
        opset=opset,
    )
    _print_path(output, quiet)


@weights.command("import")
def import_(
    spec: Spec,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="Checkpoint to import.")],
    output: Canonical,
    changes: Set = None,
    mapping_file: Annotated[
        Path | None,
        typer.Option("--map", help="YAML file with lines such as conv1.weight: features.0.weight."),
    ] = None,
    flatten: Annotated[
        Order | None,
        typer.Option(help="How the file's feature maps were flattened: C, H, W or H, W, C."),
    ] = None,
    fresh: Annotated[
        list[str] | None,
        typer.Option(metavar="LAYER", help="Draw this layer's weights anew (repeatable)."),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Leave out tensors, such as 'head.*' (repeatable)."),
    ] = None,
    by_order: Annotated[
        bool,
        typer.Option(
            "--by-order",
            help="Match equal layers in the file's order, though it need not be that of use.",
        ),
    ] = False,
    form: FormatOption = Format.table,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Convert a checkpoint to archc's own format; nothing in it is executed.

    Reads .safetensors, .pt, .pth, .th, .bin, .ckpt, .tar, .weights.h5, .keras and .onnx. Tensors
    are matched by name, else by shape and order; the match is printed before anything is written.
    What the file says of its layers must agree with the spec.
    """
    from archc.files import writing
    from archc.tables.documents import as_json
    from archc.weights import canonical, importing

    (network,) = load_or_exit([spec], form, changes)
    canonical.require_ending(output)
    writing.require_free(output, force=force)
    found = importing.find(
        network.graph,
        source,
        mapping_file=mapping_file,
        flatten=flatten.value if flatten else None,
        fresh=fresh or (),
        ignore=ignore or (),
        by_order=by_order,
    )
    if form is Format.json:
        in_utf8()
        print(as_json({"spec": network.stem, **found.record(), "output": str(output)}))
    elif not quiet:
        print(_escaped(str(found)))
    found.write(output, force=force)
    found.close()
    if form is Format.table:
        _print_path(output, quiet)


def _escaped(text: str) -> str:
    """A table with names from a file: control characters are escaped, line by line."""
    from archc.errors import printable

    return "\n".join(printable(line) for line in text.split("\n"))


def _print_path(path: Path, quiet: bool) -> None:
    if not quiet:
        print(file_name(str(path)))
