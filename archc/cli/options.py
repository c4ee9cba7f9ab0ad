"""The options and arguments that commands share; nothing here prints."""

from enum import Enum
from typing import Annotated, Any

import typer


class Page(str, Enum):
    """How `explain --targets` prints."""

    table = "table"
    json = "json"
    markdown = "markdown"


class Plain(str, Enum):
    """How findings and proofs are printed."""

    table = "table"
    json = "json"


class Findings(str, Enum):
    """How `check` prints."""

    table = "table"
    json = "json"
    sarif = "sarif"


class Target(str, Enum):
    """What `compile` and `verify` take."""

    torch = "torch"
    keras = "keras"
    onnx = "onnx"
    all = "all"


class Backend(str, Enum):
    """What Keras runs on."""

    tensorflow = "tensorflow"
    torch = "torch"
    jax = "jax"


def _shipped_names(incomplete: str) -> list[str]:
    from archc.language.shipped import shipped

    return [name for name in shipped() if name.startswith(incomplete)]


def one_spec(metavar: str) -> Any:
    words = "A YAML file, or the name of a spec that ships with archc."
    return typer.Argument(metavar=metavar, help=words, autocompletion=_shipped_names)


Specs = Annotated[list[str], one_spec("SPEC...")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print findings and failures alone.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")]
PlainFormat = Annotated[Plain, typer.Option("--format", help="For people, or for programs.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Give a field another value (fc8.units=10, input.height=64), as often as needed.",
    ),
]
