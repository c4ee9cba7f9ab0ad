"""The commands about stored weights."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from archc.cli.options import Backend, Force, Plain, PlainFormat, Quiet, Set, one_spec
from archc.cli.output import networks

weights = typer.Typer(
    name="weights",
    help="Draw weights, and bring them to and from each framework.",
    no_args_is_help=True,
)


class Framework(str, Enum):
    """What `export` takes."""

    torch = "torch"
    keras = "keras"
    onnx = "onnx"


class Order(str, Enum):
    """In which order a foreign file's dense layers read maps."""

    channels_first = "channels_first"
    channels_last = "channels_last"


Spec = Annotated[str, one_spec("SPEC")]
Output = Annotated[Path, typer.Option("--output", "-o", help="The file to write.")]


@weights.command()
def init(
    spec: Spec,
    output: Output,
    changes: Set = None,
    seed: Annotated[int, typer.Option(min=0, max=2**64 - 1, help="Which numbers to draw.")] = 0,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Draw the weights that a spec begins with: the same numbers on every machine."""
    from archc.weights import canonical

    (network,) = networks([spec], changes=changes)
    canonical.init(network.graph, output, seed, force=force)
    _told(output, quiet)


@weights.command()
def export(
    spec: Spec,
    source: Annotated[Path, typer.Argument(metavar="WEIGHTS", help="A canonical file.")],
    target: Annotated[Framework, typer.Option("--target", "-t", help="Who is to load it.")],
    output: Output,
    changes: Set = None,
    backend: Annotated[Backend, typer.Option(help="What Keras runs on.")] = Backend.tensorflow,
    opset: Annotated[
        int | None, typer.Option(help="ONNX opset; by default the newest that is proven.")
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Write weights as a framework loads them.

    The ending of the output says how: for torch .safetensors or .pt (a state dict), for keras
    .weights.h5 or .keras, for onnx .onnx (above 2 GiB with its numbers in a file beside it).
    """
    from archc.weights import exporting

    if opset is not None and target is not Framework.onnx:
        raise typer.BadParameter("it is for the onnx target", param_hint="--opset")
    (network,) = networks([spec], changes=changes)
    exporting.export(
        network.compiled,
        source,
        target.value,
        output,
        force=force,
        backend=backend.value,
        opset=opset,
    )
    _told(output, quiet)


@weights.command("import")
def import_(
    spec: Spec,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="Anybody's checkpoint.")],
    output: Output,
    changes: Set = None,
    told: Annotated[
        Path | None,
        typer.Option("--map", help="A YAML file of lines such as conv1.weight: features.0.weight."),
    ] = None,
    flatten: Annotated[
        Order | None,
        typer.Option(help="How the file's first dense layers read maps: C, H, W or H, W, C."),
    ] = None,
    form: PlainFormat = Plain.table,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Bring a checkpoint into the canonical form; nothing in it is executed.

    Reads .safetensors, .pt, .pth, .bin, .ckpt, .weights.h5, .keras and .onnx. Tensors are matched
    by name, else by shape and order; the table of the match is printed before anything is written.
    """
    from archc.files import writing
    from archc.tables.documents import as_json
    from archc.weights import importing

    (network,) = networks([spec], form, changes)
    writing.require_free(output, force=force)
    found = importing.find(
        network.graph, source, told=told, flatten=flatten.value if flatten else None
    )
    if form is Plain.json:
        print(as_json({"spec": network.stem, **found.record(), "output": str(output)}))
    elif not quiet:
        print(_shown(str(found)))
    found.write(output, force=force)
    if form is Plain.table:
        _told(output, quiet)


def _shown(text: str) -> str:
    """A table whose words come from a file: no line of it holds control characters."""
    from archc.errors import printable

    return "\n".join(printable(line) for line in text.split("\n"))


def _told(path: Path, quiet: bool) -> None:
    if not quiet:
        print(path)
