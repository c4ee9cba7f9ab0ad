"""Child processes: ended with all that they started, and their memory counted with it."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

MARK = "ARCHC_SCRATCH"
"""The variable by which all that a child started is known, in whichever session: its own folder."""
LOOK = 0.05
"""Seconds between two looks at what a child holds: looking takes longer than a message."""
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


def bind() -> None:
    """Have this process end with the one that started it, however that ends; on Linux only."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


def end(process: subprocess.Popen[str] | subprocess.Popen[bytes], home: Path) -> None:
    """Kill a child that leads a session, and all that it started; `home` is its own folder."""
    started = [*_descendants(process.pid)]
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for found in (started, _marked(home)):
        for pid in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
    process.wait()


def memory(pid: int) -> int:
    """Bytes that a process and all that it started hold now."""
    total = 0
    for each in (pid, *_descendants(pid)):
        with suppress(psutil.Error):
            total += int(psutil.Process(each).memory_info().rss)
    return total


def too_long(seconds: float) -> str:
    """Why a child was ended that took longer."""
    return f"not finished within {seconds:.0f} s"


def too_large(memory: int) -> str:
    """Why a child was ended that held more bytes."""
    return f"it held more than {memory / 2**30:.1f} GiB of memory"


def _descendants(pid: int) -> Iterator[int]:
    for child in _children(pid):
        yield child
        yield from _descendants(child)


def _children(pid: int) -> list[int]:
    threads = Path(f"/proc/{pid}/task")
    try:
        lists = [(thread / "children").read_text() for thread in threads.iterdir()]
    except OSError:  # another system, or it has just ended
        with suppress(psutil.Error):
            return [child.pid for child in psutil.Process(pid).children()]
        return []
    return [int(child) for text in lists for child in text.split()]


def _marked(home: Path) -> list[int]:
    """Processes with the mark of `home`: those whose parent has ended are in no family."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == str(home):
                found.append(process.pid)
    return found
