"""Standard output and error on terminals that cannot show every character."""

import codecs
import io
import os
import sys

ASCII = {
    "×": "x", "─": "-", "…": "...", "−": "-", "⁻": "^-", "²": "2", "⁴": "4",
    "→": "->", "·": "*", "√": "sqrt ", "Φ": "Phi",
    "▁": "_", "▂": ".", "▃": "-", "▄": "=", "▅": "+", "▆": "*", "▇": "%", "█": "#",
}  # fmt: skip
"""The nearest spelling of what archc's own texts hold beyond ASCII."""


def tolerate() -> None:
    """Have both streams spell what their encoding lacks, rather than fail; closed ones take all."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    codecs.register_error("archc", _spell)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="archc")


def _spell(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    missing = error.object[error.start : error.end]
    return "".join(ASCII.get(c, "?") for c in missing), error.end
