"""Standard output and error, whatever they are: closed, full, or unable to encode a character.

A pipe that its reader has closed takes the rest unseen, so that a command ends with its own exit
code: nobody reading its output says nothing about what it found.
"""

import codecs
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

STDOUT = "standard output"
"""What failures to write it give as their file name."""
ASCII = {
    "×": "x", "─": "-", "…": "...", "−": "-", "⁻": "^-", "²": "2", "⁴": "4",
    "→": "->", "·": "*", "√": "sqrt ", "Φ": "Phi",
    "▁": "_", "▂": ".", "▃": "-", "▄": "=", "▅": "+", "▆": "*", "▇": "%", "█": "#",
}  # fmt: skip
"""ASCII replacements of the other characters that archc prints."""


class _Output(io.TextIOWrapper):
    """Standard output, whose failures name it."""

    def write(self, text: str, /) -> int:
        with _named(self):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with _named(self):
            super().flush()


class _Errors(io.TextIOWrapper):
    """Standard error: there is nowhere to say that it cannot be written."""

    def write(self, text: str, /) -> int:
        with _forgiven(self):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with _forgiven(self):
            super().flush()


@contextmanager
def _named(stream: io.TextIOWrapper) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        _discard(stream)
    except OSError as error:
        error.filename = STDOUT
        raise


@contextmanager
def _forgiven(stream: io.TextIOWrapper) -> Iterator[None]:
    try:
        yield
    except OSError:
        _discard(stream)


def _discard(stream: io.TextIOWrapper) -> None:
    """Send what a stream still holds, and all that comes, to nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def configure_streams() -> None:
    """Replace streams that are closed, and transliterate what a terminal cannot encode."""
    for number in (0, 1, 2):  # else the next file that is opened would stand in for a closed one
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                nowhere = os.open(os.devnull, os.O_RDWR)
                if nowhere != number:
                    os.dup2(nowhere, number)
                    os.close(nowhere)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    codecs.register_error("archc", _transliterate)
    if sys.stdout is sys.__stdout__ and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout = _wrapped(sys.stdout, _Output)
    if sys.stderr is sys.__stderr__ and isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr = _wrapped(sys.stderr, _Errors)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="archc")


def in_utf8() -> None:
    """Have standard output encode all that follows as UTF-8: what programs read depends on no
    locale."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _wrapped(stream: io.TextIOWrapper, kind: type[io.TextIOWrapper]) -> io.TextIOWrapper:
    encoding, line, through = stream.encoding, stream.line_buffering, stream.write_through
    return kind(stream.detach(), encoding, line_buffering=line, write_through=through)


def _transliterate(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    missing = error.object[error.start : error.end]
    return "".join(ASCII.get(c, "?") for c in missing), error.end
