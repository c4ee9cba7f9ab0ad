"""The signals that end a run: each becomes an exception, so that what was begun is cleared away.

While something is made that must be cleared away, and while it is, they wait: see `held`.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

ENDING = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM",
          "SIGPROF", "SIGXCPU")  # fmt: skip
"""Those that end a process that does not catch them, but for faults of its own."""


class Ended(BaseException):
    """A signal asked for the end of the run; SIGINT is Python's own KeyboardInterrupt instead."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return f"ended by {signal.Signals(self.number).name}"


class _State:
    """How many blocks hold signals back, and the one that came meanwhile."""

    held = 0
    waiting: int | None = None


def catch() -> None:
    """Turn the signals that end a run into exceptions; those that are ignored stay so."""
    for name in ENDING:
        number = getattr(signal, name)
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _received)


def end_at_once() -> None:
    """Let SIGINT end the process in one line: there is nothing to clear away yet, or any more."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _exit)


def _exit(number: int, frame: FrameType | None) -> None:
    with suppress(OSError):
        os.write(2, b"interrupted\n")
    os._exit(128 + number)


def _received(number: int, frame: FrameType | None) -> None:
    if _State.held:
        _State.waiting = number
    else:
        _raise(number)


def _raise(number: int) -> None:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise Ended(number)


@contextmanager
def held() -> Iterator[None]:
    """Let signals wait until the end of the block."""
    _State.held += 1
    try:
        yield
    finally:
        _State.held -= 1
        if not _State.held and _State.waiting is not None:
            number, _State.waiting = _State.waiting, None
            _raise(number)


@contextmanager
def temporary_folder(prefix: str = "archc-", within: Path | None = None) -> Iterator[Path]:
    """A new folder, for this user only, that is gone after the block however that ends.

    It is made in `within`, or where the system has its temporary files. Raises OSError.
    """
    import shutil
    import tempfile

    made: list[Path] = []
    try:
        with held():
            made.append(Path(tempfile.mkdtemp(prefix=prefix, dir=within)))
        yield made[0]
    finally:
        with held():
            for path in made:
                shutil.rmtree(path, ignore_errors=True)
