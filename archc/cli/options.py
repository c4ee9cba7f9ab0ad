"""The options and arguments that commands share."""

from collections.abc import Iterable
from enum import Enum
from typing import Annotated, Any

import typer

from archc.targets import TARGETS, backends


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


ALL = "all"
"""Every target."""


def one_of(*flags: str, values: Iterable[str], help: str, show_default: str | bool = True) -> Any:
    """An option that takes one of `values`."""
    known = tuple(values)

    def parse(value: str) -> str:
        if value not in known:
            names = ", ".join(f"'{name}'" for name in known)
            raise typer.BadParameter(f"'{value}' is not one of {names}.")
        return value

    def complete(incomplete: str) -> list[str]:
        return [name for name in known if name.startswith(incomplete)]

    return typer.Option(
        *flags,
        metavar=f"[{'|'.join(known)}]",
        parser=parse,
        autocompletion=complete,
        help=help,
        show_default=show_default,
    )


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
Backend = Annotated[str, one_of("--backend", values=backends(), help="Keras backend.")]
Opset = Annotated[
    int | None,
    typer.Option("--opset", help="ONNX opset.", show_default="the lowest that has every operator"),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Override a field, such as fc8.units=10 or input.height=64 (repeatable).",
    ),
]


def require_opset(chosen: Iterable[str], opset: int | None) -> None:
    """Raise UsageError for an --opset that none of the targets takes."""
    taking = [name for name, target in TARGETS.items() if "opset" in target.options]
    if opset is not None and not {*chosen} & {*taking}:
        raise UsageError(f"--opset only applies to --target {' or '.join(taking)}")
