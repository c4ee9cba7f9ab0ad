"""Children end with their parent, and are counted and ended with all that they started."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from support.shell import ROOT

from archc.targets import isolation, processes

LOOP = "while True: pass"


def gone(pid: int, seconds: float = 10.0) -> bool:
    """Whether a process ends within some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_a_child_that_loops_ends_with_its_killed_parent(tmp_path: Path) -> None:
    inner = f"from archc.targets import processes; processes.bind(); print(1, flush=True)\n{LOOP}"
    outer = (
        f"import subprocess, sys; c = subprocess.Popen([sys.executable, '-c', {inner!r}], "
        "stdout=subprocess.PIPE, start_new_session=True); c.stdout.readline(); "
        f"print(c.pid, flush=True)\n{LOOP}"
    )
    parent = subprocess.Popen([sys.executable, "-c", outer], stdout=subprocess.PIPE, cwd=ROOT)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert gone(child)


def test_memory_and_end_reach_every_session(tmp_path: Path) -> None:
    """One child of a child in a session of its own, and one whose parent has ended."""
    hold = "x = bytearray(50_000_000); import time; print(1, flush=True); time.sleep(600)"
    code = (
        "import os, subprocess, sys, time\n"
        f"start = lambda code: subprocess.Popen([sys.executable, '-c', code], start_new_session=True, stdout=subprocess.PIPE)\n"
        f"own = start({hold!r}); own.stdout.readline()\n"
        f'lost = start(\'import subprocess, sys; c = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True); print(c.pid, flush=True)\')\n'
        "pid = int(lost.stdout.readline()); lost.wait()\n"
        "print(own.pid, pid, flush=True); time.sleep(600)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        env=isolation.environment(tmp_path, ""),
        start_new_session=True,
    )
    assert process.stdout is not None
    own, lost = map(int, process.stdout.readline().split())
    alone = psutil.Process(process.pid).memory_info().rss
    assert processes.memory(process.pid) > alone + 50_000_000
    processes.end(process, tmp_path)
    assert process.returncode == -9
    assert gone(own) and gone(lost)
    assert processes.memory(process.pid) == 0
