"""A signal at any moment leaves no process and no file behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import archc
from archc.files import interrupts
from archc.files.interrupts import Ended, held, temporary_folder
from archc.weights import canonical

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGQUIT: 131}


@pytest.fixture
def caught() -> Iterator[None]:
    """Signals become exceptions, as in the command line."""
    before = {name: signal.getsignal(getattr(signal, name)) for name in interrupts.ENDING}
    interrupts.catch()
    yield
    for name, handler in before.items():
        signal.signal(getattr(signal, name), handler)


def end(number: int) -> None:
    """Send a signal to this process, and wait for it."""
    os.kill(os.getpid(), number)
    time.sleep(1)


@pytest.mark.usefixtures("caught")
@pytest.mark.parametrize("name", interrupts.ENDING)
def test_a_signal_is_an_exception(name: str) -> None:
    error = KeyboardInterrupt if name == "SIGINT" else Ended
    with pytest.raises(error) as raised:
        end(getattr(signal, name))
    assert name == "SIGINT" or str(raised.value) == f"ended by {name}"


@pytest.mark.usefixtures("caught")
def test_a_signal_waits_while_it_is_held() -> None:
    done: list[str] = []

    def work() -> None:
        with held():
            with held():
                os.kill(os.getpid(), signal.SIGTERM)
                done.append("inner")
            done.append("outer")

    with pytest.raises(Ended):
        work()
    assert done == ["inner", "outer"]


@pytest.mark.usefixtures("caught")
def test_what_is_ignored_stays_ignored() -> None:
    """As under nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interrupts.catch()
    os.kill(os.getpid(), signal.SIGHUP)


@pytest.mark.usefixtures("caught")
def test_a_temporary_folder_is_gone_however_its_block_ends(tmp_path: Path) -> None:

    def work(number: int) -> None:
        with temporary_folder("x-", tmp_path) as folder:
            (folder / "file").write_text("x")
            end(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        with pytest.raises((Ended, KeyboardInterrupt)):
            work(number)
        assert not [*tmp_path.iterdir()]


def everything_of(folder: Path) -> list[int]:
    """Processes that know of a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if any(str(folder) in value for value in process.environ().values()):
                found.append(process.pid)
        except (psutil.Error, OSError):
            continue
    return found


def alive_after(pid: int, seconds: float) -> bool:
    """Whether a process does not end within some seconds."""
    try:
        psutil.Process(pid).wait(seconds)
    except psutil.NoSuchProcess:
        return False
    except psutil.TimeoutExpired:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize(
    "command", ["verify alexnet -t torch", "weights export lenet5 {w} -t keras -o {o}"]
)
def test_a_run_that_is_ended_clears_away(
    command: str, number: signal.Signals, tmp_path: Path
) -> None:
    scratch, out = tmp_path / "scratch", tmp_path / "out"
    scratch.mkdir()
    out.mkdir()
    canonical.init(archc.load("lenet5").graph, tmp_path / "w.safetensors")
    text = command.format(w=tmp_path / "w.safetensors", o=out / "k.keras")
    process = subprocess.Popen(
        [sys.executable, "-m", "archc", *text.split()],
        env={**os.environ, "TMPDIR": str(scratch)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while len(everything_of(scratch)) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(number)
    assert process.stderr is not None
    said = process.stderr.read()
    assert process.wait(60) == CODES[number]
    assert said.splitlines()[-1] == (
        "interrupted" if number == signal.SIGINT else f"ended by {number.name}"
    )
    assert "Traceback" not in said
    assert not [*scratch.iterdir()]
    assert not [*out.iterdir()]
    left = everything_of(scratch)  # the system may still be taking them down
    assert not [pid for pid in left if alive_after(pid, 5.0)]
