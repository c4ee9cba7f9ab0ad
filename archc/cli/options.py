"""The options and arguments that commands share."""

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Annotated, Any

import typer
from typer.core import TyperCommand


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
    github = "github"


ALL = "all"
"""Every target."""


def targets() -> tuple[str, ...]:
    """The names of all targets."""
    from archc.targets import TARGETS

    return tuple(TARGETS)


def _backends() -> tuple[str, ...]:
    from archc.targets import backends

    return backends()


NAMES: dict[str, Callable[[], tuple[str, ...]]] = {
    "TARGET": targets,
    "TARGET|all": lambda: (*targets(), ALL),
    "BACKEND": _backends,
}
"""What an option takes, by its metavar; imported when needed, as it would slow all commands down."""


class NamesCommand(TyperCommand):
    """A command whose help lists the names that its options take."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        for parameter in self.params:
            names = NAMES.get(parameter.metavar or "")
            if names is not None:
                parameter.metavar = f"[{'|'.join(names())}]"
        super().format_help(ctx, formatter)


def one_of(metavar: str, *flags: str, help: str, show_default: str | bool = True) -> Any:
    """An option that takes one of NAMES, of a NamesCommand."""

    def parse(value: str) -> str:
        known = NAMES[metavar]()
        if value not in known:
            listed = ", ".join(f"'{name}'" for name in known)
            raise typer.BadParameter(f"'{value}' is not one of {listed}.")
        return value

    def complete(incomplete: str) -> list[str]:
        return [name for name in NAMES[metavar]() if name.startswith(incomplete)]

    return typer.Option(
        *flags,
        metavar=metavar,
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


Specs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SPEC...",
        help="YAML files, names of specs that ship with archc, folders, or patterns in quotes.",
        show_default="those of [tool.archc] in pyproject.toml",
        autocompletion=_shipped_names,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only print errors and failures.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")]
FormatOption = Annotated[Format, typer.Option("--format", help="Output format.")]
Backend = Annotated[
    str | None,
    one_of("BACKEND", "--backend", help="Keras backend.", show_default="the first"),
]
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
    from archc.targets import TARGETS

    taking = [name for name, target in TARGETS.items() if "opset" in target.options]
    if opset is not None and not {*chosen} & {*taking}:
        raise UsageError(f"--opset only applies to --target {' or '.join(taking)}")
