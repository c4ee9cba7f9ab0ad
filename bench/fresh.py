"""Fresh Python processes and how long they take: what the other scripts of this folder share."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent


def seconds(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    limit: float,
    output: IO[str] | int = subprocess.DEVNULL,
) -> float:
    """The wall time of `python ARGUMENTS` in the checkout; it is killed after `limit` seconds.

    Ends this process with what that one wrote to standard error, unless it succeeds.
    """
    command = [sys.executable, *arguments]
    with tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=dict(environment), stdout=output, stderr=errors
        )
        # subprocess's own timeout polls every 50 ms, which is what would be measured.
        alarm = threading.Timer(limit, process.kill)
        alarm.start()
        try:
            status = process.wait()
        finally:
            alarm.cancel()
            process.kill()
        taken = time.perf_counter() - began
        if status:
            errors.seek(0)
            sys.exit(f"status {status}: python {' '.join(arguments)}\n{errors.read()}")
    return taken


def environment(bytecode: str) -> dict[str, str]:
    """An environment whose bytecode is kept under `bytecode`.

    An installed package has its bytecode; a checkout under PYTHONDONTWRITEBYTECODE has none, and
    would be compiled in every process.
    """
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": bytecode, "TF_CPP_MIN_LOG_LEVEL": "3"}
