"""What archc may take: memory and disk before anything is allocated or written, and the bounds of
everything that is read from files of others."""

import resource
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from archc.errors import EnvironmentProblem, diagnostic
from archc.network.graph import Graph

FLOAT32 = 4

# The bounds of a file that somebody else made. Reading it, in a process of its own:
STARTING = 180.0
"""Seconds until that process has imported what it needs."""
SECONDS = 30.0
BYTES_A_SECOND = 10_000_000
"""Seconds that opening a file or reading a tensor may take, and the bytes that prolong them by one."""
SLACK = 2**29
COPIES = 4
"""Bytes of memory beyond the framework's own: so many, and so many times those of the file and of
the network's weights."""
LEAST = 2**24
"""Bytes that any file may unpack to."""
# And what it may hold:
TENSORS = 100_000
"""Tensors, groups and keys."""
DEPTH = 32
"""Levels of groups or mappings."""
NAME = 1_000
"""Characters of a name."""
RANK = 32
"""Axes of a tensor."""
HEADER = 2**26
"""Bytes of what describes the tensors."""
CHUNK = 2**26
"""Bytes of a chunk of HDF5 that may be more than twice the array that it is a part of."""
DESCRIPTION = 2**24
"""Bytes of what a model says of its layers."""
PROOF = 2**25
"""Bytes of a kept proof."""

CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")


def stored(graph: Graph) -> int:
    """Bytes of all weights of a network."""
    return FLOAT32 * sum(weight.size for node in graph.nodes for weight in node.weights)


def largest(graph: Graph) -> int:
    """Bytes of its largest weight."""
    sizes = [weight.size for node in graph.nodes for weight in node.weights]
    return FLOAT32 * max(sizes, default=0)


def seconds(size: int) -> float:
    """How long reading `size` bytes may take."""
    return SECONDS + size / BYTES_A_SECOND


def free_memory() -> int:
    """Bytes that this process may still take: of the machine, its container and its own limits."""
    return max(0, min([psutil.virtual_memory().available, *_of_container(), *_of_process()]))


def _of_container() -> Iterator[int]:
    """What each control group around this process has left; those of Linux, in both versions."""
    places = []
    with suppress(OSError):
        for line in _OWN_CGROUP.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers in ("", "memory"):
                root = CGROUPS / controllers
                inner = root / path.lstrip("/")
                places += [p for p in (inner, *inner.parents) if p.is_relative_to(root)]
    for place in dict.fromkeys(places):
        for most, used in (
            ("memory.max", "memory.current"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes"),
        ):
            with suppress(OSError, ValueError):  # "max" is no limit
                limit = int((place / most).read_text())
                yield limit - int((place / used).read_text()) + _reclaimable(place)


def _reclaimable(place: Path) -> int:
    """Bytes of files that the system keeps in memory only as long as nobody needs it."""
    with suppress(OSError, ValueError):
        for line in (place / "memory.stat").read_text().splitlines():
            name, _, value = line.partition(" ")
            if name in ("inactive_file", "total_inactive_file"):
                return int(value)
    return 0


def _of_process() -> Iterator[int]:
    """What `ulimit -v` and `ulimit -d` leave this process."""
    held = psutil.Process().memory_info()
    for limit, used in (
        (resource.RLIMIT_AS, held.vms),
        (resource.RLIMIT_DATA, getattr(held, "data", held.rss)),
    ):
        soft, _ = resource.getrlimit(limit)
        if soft != resource.RLIM_INFINITY:
            yield soft - used


def require_memory(what: str, needed: int, free: int | None = None) -> None:
    """Raise EnvironmentProblem if fewer than `needed` bytes of memory are free."""
    _require(
        what,
        needed,
        free_memory() if free is None else free,
        "of memory",
        "use a machine with more memory, or raise the memory limit",
    )


@dataclass(frozen=True)
class Allowed:
    """How many bytes the content of a file may take, and how many are free at all."""

    content: int
    free: int

    @classmethod
    def of(cls, size: int, expected: int) -> "Allowed":
        """What a file of `size` bytes may take for a network with `expected` bytes of weights."""
        free = free_memory()
        return cls(min(COPIES * (size + expected) + LEAST, free), free)

    def require(self, path: Path, needed: int) -> None:
        """Raise EnvironmentProblem if a file unpacks to more than it may."""
        require_memory(f"reading {path}", needed, self.free)
        if needed > self.content:
            problem = f"it unpacks to {needed:,} bytes, more than the network's weights can be"
            facts = {"problem": problem, "hint": "check where the file comes from"}
            raise EnvironmentProblem([diagnostic("E702", path=path, **facts)])


def require_name(path: Path, name: str) -> None:
    """Raise EnvironmentProblem if a name in a file is longer than any tensor's."""
    if len(name) > NAME:
        problem = f"a name in it has {len(name):,} characters"
        hint = "check the program that wrote it"
        raise EnvironmentProblem([diagnostic("E702", path=path, problem=problem, hint=hint)])


def require_disk(what: str, needed: int, path: Path) -> None:
    """Raise EnvironmentProblem if the disk that `path` will lie on has fewer bytes free."""
    folder = path.absolute().parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    _require(
        what, needed, free, f"on the disk of {folder}", "free some space, or write to another disk"
    )


def _require(what: str, needed: int, free: int, of: str, hint: str) -> None:
    if needed > free:
        facts = {"needed": f"{needed:,}", "free": f"{free:,}", "of": of, "hint": hint}
        raise EnvironmentProblem([diagnostic("E708", what=what, **facts)])
