"""The fixtures of tests/errors: specs whose leading comments pin every diagnostic.

A pin is `# E201 6:35 conv2d has no field 'kernl'`: code, place if there is one, message. A fixture
about more than its own text holds shell commands, too: `# $ archc …`. In a pin, `…` stands for a
number that differs from machine to machine.

Run as a script (`make messages`), it rewrites the pins that differ from what archc now reports.
"""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import archc
from archc.errors import ArchcError, Diagnostic
from support.shell import ROOT, Shell, shell_in

FIXTURES = sorted((ROOT / "tests" / "errors").glob("*.yaml"))
_PIN = re.compile(r"^# ([EW]\d+ .*)\n", re.MULTILINE)
_REPORTED = re.compile(
    r"^(?:\S+?:(\d+:\d+): )?(?:error|warning) ([EW]\d+) \[\S+\]: (.*)$", re.MULTILINE
)


def commands(text: str) -> list[str]:
    """The shell commands in a fixture's comments."""
    return re.findall(r"^# \$ (.*)$", text, re.MULTILINE)


def pins(text: str) -> list[str]:
    """The diagnostics that a fixture's comments pin."""
    return _PIN.findall(text)


def diagnose(text: str) -> list[Diagnostic]:
    """All that is wrong with a spec, and its warnings."""
    try:
        net = archc.parse(text)
        return [*net.check(), *net.warnings]
    except ArchcError as error:
        return list(error.diagnostics)


def pinned(diagnostics: list[Diagnostic]) -> list[str]:
    """Diagnostics of a spec, as pins spell them."""
    return [f"{d.code} {d.span.line}:{d.span.column} {d.message}" for d in diagnostics if d.span]


def reported(stderr: str) -> list[str]:
    """Diagnostics on standard error, as pins spell them."""
    found = _REPORTED.findall(stderr)
    return [" ".join(filter(None, (code, place, words))) for place, code, words in found]


def matches(pin: str, found: str) -> bool:
    """Whether a diagnostic is the pinned one."""
    return re.fullmatch(re.escape(pin).replace("…", "[0-9,]+"), found) is not None


def run(name: str, text: str, shell: Shell, folder: Path) -> tuple[int, list[str]]:
    """(exit code, diagnostics as pins) of a fixture's commands, run beside it in `folder`."""
    (folder / name).write_text(text)
    done = shell(commands(text))
    return done.returncode, reported(done.stderr)


def rewrite(path: Path) -> str:
    """A fixture's text with the pins that archc now gives."""
    text = path.read_text()
    for _ in range(3):  # another number of pins moves the lines that they name
        with TemporaryDirectory() as folder:
            found = pinned(diagnose(text))
            if commands(text):
                found = run(path.name, text, shell_in(Path(folder)), Path(folder))[1]
        old = pins(text)
        if len(old) == len(found) and all(map(matches, old, found)):
            return text
        text = _with_pins(text, old, found)
    return text


def _with_pins(text: str, old: list[str], found: list[str]) -> str:
    new = found
    if len(old) == len(found):
        new = [
            pin if matches(pin, one) else _numbers_open(one) if "…" in pin else one
            for pin, one in zip(old, found, strict=True)
        ]
    lines = "".join(f"# {pin}\n" for pin in new)
    first = _PIN.search(text)
    at = first.start() if first else 0
    return text[:at] + lines + _PIN.sub("", text[at:])


def _numbers_open(pin: str) -> str:
    code, _, rest = pin.partition(" ")
    return f"{code} " + re.sub(r"\b\d[\d,]*\b", "…", rest)


def main() -> None:
    """Rewrite every fixture whose pins differ; print its path."""
    for path in FIXTURES:
        text = rewrite(path)
        if text != path.read_text():
            path.write_text(text)
            print(path.relative_to(ROOT))
    missing = [path.name for path in FIXTURES if not pins(path.read_text())]
    sys.exit(f"nothing is wrong with {', '.join(missing)}" if missing else 0)


if __name__ == "__main__":
    main()
