"""What archc may take is what the machine, the container and the process have left."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from archc.errors import EnvironmentProblem
from archc.weights import limits


def test_memory_is_what_the_container_and_the_process_have_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "cgroup" / "user" / "job"
    inner.mkdir(parents=True)
    (tmp_path / "own").write_text("0::/user/job\n")
    monkeypatch.setattr(limits, "CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(limits, "_OWN_CGROUP", tmp_path / "own")
    free = SimpleNamespace(available=10**12)
    monkeypatch.setattr(limits.psutil, "virtual_memory", lambda: free)
    assert limits.free_memory() == 10**12
    (inner / "memory.max").write_text("max\n")
    (inner / "memory.current").write_text("5\n")
    assert limits.free_memory() == 10**12
    (inner.parent / "memory.max").write_text("1000\n")
    (inner.parent / "memory.current").write_text("900\n")
    assert limits.free_memory() == 100
    (inner.parent / "memory.stat").write_text("anon 3\ninactive_file 250\n")
    assert limits.free_memory() == 350
    monkeypatch.setattr(limits.resource, "getrlimit", lambda limit: (10**9, 10**9))
    held = SimpleNamespace(vms=10**9 - 70, data=0, rss=0)
    monkeypatch.setattr(limits.psutil, "Process", lambda: SimpleNamespace(memory_info=lambda: held))
    assert limits.free_memory() == 70
    with pytest.raises(
        EnvironmentProblem, match=r"E708 .*: it needs at least 71 bytes of memory, but"
    ):
        limits.require_memory("it", 71)
