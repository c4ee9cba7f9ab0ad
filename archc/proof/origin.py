"""What a proof was made of: hashes, versions and seeds, so that it can be trusted later."""

import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np

from archc.compiler import Compiled
from archc.targets.render import file_name
from archc.version import VERSION


@dataclass(frozen=True)
class Origin:
    """Everything that a second run needs to come to the same numbers."""

    spec_sha256: str
    changes: tuple[str, ...]
    """What --set gave other values."""
    files_sha256: dict[str, str]
    """By name, of each generated file that was run."""
    seed: int
    backend: str
    archc: str
    numpy: str
    python: str
    machine: str
    own_sha256: dict[str, str] = field(default_factory=dict)
    """Of the user's own weights, model and samples, by the option that names them."""

    def record(self) -> dict[str, Any]:
        """The origin as plain values."""
        return asdict(self)


def of(
    network: Compiled,
    files: Mapping[str, str],
    seed: int,
    backend: str,
    own: Mapping[str, str] | None = None,
) -> Origin:
    """The origin of a proof of these generated files, by target; `own` are hashes by option."""
    names = {target: file_name(network.stem, target) for target in files}
    return Origin(
        spec_sha256=_hash(network.text),
        changes=network.changes,
        files_sha256={names[target]: _hash(text) for target, text in files.items()},
        seed=seed,
        backend=backend,
        archc=VERSION,
        numpy=np.__version__,
        python=platform.python_version(),
        machine=f"{sys.platform} {platform.machine()}",
        own_sha256=dict(own or {}),
    )


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
