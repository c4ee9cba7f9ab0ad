"""A process that builds a model from generated code and saves it in its framework's format.

Started as `python -I` with a job on standard input; it prints one line of JSON. What the framework
or the generated code prints goes to standard error.
"""

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from archc.targets import isolation
from archc.weights import placement, safetensors


def main(target: str) -> None:
    """Do the job on standard input."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    job = json.loads(sys.stdin.read())
    try:
        {"keras": _keras, "onnx": _onnx}[target](job)
        answer = {"done": target}
    except Exception as error:
        traceback.print_exc()
        answer = {"error": f"{type(error).__name__}: {' '.join(str(error).split())}"[:400]}
    print(json.dumps(answer), file=channel, flush=True)


def _keras(job: dict[str, Any]) -> None:
    from archc.weights.keras_model import fill

    model = getattr(isolation.generated(Path(job["source"])), job["function"])()
    places = [placement.read(record) for record in job["placements"]]
    fill(model, places, dict(safetensors.Reader(Path(job["weights"])).items()))
    if job["output"].endswith(".weights.h5"):
        model.save_weights(job["output"])
    else:
        model.save(job["output"])


def _onnx(job: dict[str, Any]) -> None:
    from archc.weights.onnx_file import write

    build = getattr(isolation.generated(Path(job["source"])), job["function"])
    weights = dict(safetensors.Reader(Path(job["weights"])).items())
    write(build, weights, Path(job["output"]), job["largest"])
