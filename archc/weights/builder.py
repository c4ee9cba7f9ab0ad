"""A process that builds a model from generated code and saves it in its framework's format.

Started as `python -I` with a job on standard input; it prints one line of JSON. What the framework
or the generated code prints goes to standard error.
"""

import json
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

from archc.targets import TARGETS, isolation
from archc.weights import placement, safetensors


def main(target: str) -> None:
    """Do the job on standard input."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    job = json.loads(sys.stdin.read())
    try:
        _save(target, job)
        answer = {"done": target}
    except Exception as error:
        traceback.print_exc()
        answer = {"error": f"{type(error).__name__}: {' '.join(str(error).split())}"[:400]}
    print(json.dumps(answer), file=channel, flush=True)


def _save(target: str, job: dict[str, Any]) -> None:
    import_module(TARGETS[target].model).save(
        getattr(isolation.generated(Path(job["source"])), job["function"]),
        [placement.read(record) for record in job["placements"]],
        dict(safetensors.Reader(Path(job["weights"])).items()),
        Path(job["output"]),
        job["ending"],
        job["largest"],
    )
