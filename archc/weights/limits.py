"""Checks that memory and disk suffice, before anything is allocated or written."""

import shutil
from pathlib import Path

import psutil

from archc.errors import EnvironmentProblem, diagnostic
from archc.network.graph import Graph

FLOAT32 = 4


def stored(graph: Graph) -> int:
    """Bytes of all weights of a network."""
    return FLOAT32 * sum(weight.size for node in graph.nodes for weight in node.weights)


def largest(graph: Graph) -> int:
    """Bytes of its largest weight."""
    sizes = [weight.size for node in graph.nodes for weight in node.weights]
    return FLOAT32 * max(sizes, default=0)


def require_memory(what: str, needed: int) -> None:
    """Raise EnvironmentProblem if fewer than `needed` bytes of memory are free."""
    _require(
        what,
        needed,
        psutil.virtual_memory().available,
        "of memory",
        "use a machine with more memory",
    )


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
