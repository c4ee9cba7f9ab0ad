"""The options and arguments that commands share."""

from enum import Enum
from typing import Annotated, Any

import typer


class TargetsFormat(str, Enum):
    """Output formats of `explain --targets`."""

    table = "table"
    json = "json"
    markdown = "markdown"


class Format(str, Enum):
    """Output formats of most commands."""

    table = "table"
    json = "json"


class CheckFormat(str, Enum):
    """Output formats of `check`."""

    table = "table"
    json = "json"
    sarif = "sarif"


class Target(str, Enum):
    """Targets of `compile` and `verify`."""

    torch = "torch"
    keras = "keras"
    onnx = "onnx"
    all = "all"


class Backend(str, Enum):
    """Backends of Keras."""

    tensorflow = "tensorflow"
    torch = "torch"
    jax = "jax"


class UsageError(typer.BadParameter):
    """A wrong combination of arguments; exit code 2."""

    def format_message(self) -> str:
        return self.message


def _shipped_names(incomplete: str) -> list[str]:
    from archc.language.shipped import shipped

    return [name for name in shipped() if name.startswith(incomplete)]


def one_spec(metavar: str) -> Any:
    text = "YAML file, or name of a spec that ships with archc."
    return typer.Argument(metavar=metavar, help=text, autocompletion=_shipped_names)


Specs = Annotated[list[str], one_spec("SPEC...")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only print errors and failures.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")]
FormatOption = Annotated[Format, typer.Option("--format", help="Output format.")]
KerasBackend = Annotated[Backend, typer.Option("--backend", help="Keras backend.")]
Opset = Annotated[
    int | None,
    typer.Option("--opset", help="ONNX opset.", show_default="the newest that is proven"),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Override a field, such as fc8.units=10 or input.height=64 (repeatable).",
    ),
]
