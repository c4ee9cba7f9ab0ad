"""Standard output and error on terminals that cannot encode every character."""

import codecs
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

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
        with _named():
            return super().write(text)

    def flush(self) -> None:
        with _named():
            super().flush()


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        error.filename = STDOUT
        raise


def configure_streams() -> None:
    """Transliterate what a terminal cannot encode; replace closed streams by /dev/null."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    codecs.register_error("archc", _transliterate)
    out = sys.stdout
    if out is sys.__stdout__ and isinstance(out, io.TextIOWrapper):
        encoding, line, through = out.encoding, out.line_buffering, out.write_through
        sys.stdout = _Output(out.detach(), encoding, line_buffering=line, write_through=through)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="archc")


def _transliterate(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    missing = error.object[error.start : error.end]
    return "".join(ASCII.get(c, "?") for c in missing), error.end
