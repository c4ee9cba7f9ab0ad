"""The specs that come with archc, by name."""

import os
from pathlib import Path

from archc.errors import EnvironmentProblem, diagnostic, did_you_mean
from archc.files.locations import SPECS


def shipped() -> dict[str, Path]:
    """Every spec that ships, by the name that commands take."""
    return {path.stem: path for path in sorted(SPECS.glob("*.yaml"), key=lambda path: path.stem)}


def locate(spec: str) -> Path:
    """The file that SPEC means: a path if it looks like one, else a shipped name.

    Raises EnvironmentProblem for a name that does not ship.
    """
    known = shipped()
    if "/" in spec or "\\" in spec or spec.endswith((".yaml", ".yml")):
        name = spec.rpartition(".")[0]
        if name in known and not os.path.exists(spec):
            facts = {
                "problem": "no such file or directory",
                "suggestion": f"'{name}' ships: leave the ending out",
            }
            raise EnvironmentProblem([diagnostic("E505", path=spec, **facts)])
        return Path(spec)
    if spec not in known:
        hint = did_you_mean(spec, known)
        if os.path.isdir(spec):
            hint = "that is a folder; name a file in it"
        elif spec and os.path.exists(spec):
            hint = f"for the file of that name, write ./{spec}"
        raise EnvironmentProblem([diagnostic("E506", name=spec, suggestion=hint)])
    return known[spec]
