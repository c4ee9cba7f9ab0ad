"""The command `archc` in this process, and the smallest spec that it takes."""

from typer.testing import CliRunner

from archc.cli import app

SPEC = (
    "archc: 1\nname: Net\ninput: {channels: 3, height: 8, width: 8}\nlayers:\n  - a: {type: relu}\n"
)


def run(*arguments: str) -> tuple[int, str, str]:
    """(exit code, output, errors) of a command."""
    done = CliRunner().invoke(app, arguments)
    return done.exit_code, done.stdout, done.stderr
