"""A process that runs somebody's model and records each step of it.

Started as `python -I` with a request on standard input; it prints one line of JSON. What the model
or its framework prints goes to standard error.
"""

import importlib
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from archc.proof.worker import in_one_line
from archc.targets import TARGETS


def main(_: str) -> None:
    """Run the model of the request on standard input."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    request = json.loads(sys.stdin.read())
    folder, shape = Path(request["folder"]), tuple(request["shape"])
    try:
        target, model = _made(request)
        tracer = importlib.import_module(TARGETS[target].tracer)
        tracer.trace(model, folder, Path(request["inputs"]), shape).write(folder)
        answer = {"done": target}
    except Exception as error:
        traceback.print_exc()
        answer = {"error": in_one_line(error) + _place(error, request.get("within", ""))}
    print(json.dumps(answer), file=channel, flush=True)


def _made(request: dict[str, Any]) -> tuple[str, Any]:
    """(target, model); a file is opened by what traces it."""
    if "file" in request:
        return request["target"], Path(request["file"])
    sys.path.insert(0, request["within"])
    made: Any = importlib.import_module(request["module"])
    for name in request["factory"].split("."):
        made = getattr(made, name)
    if _target(made) is None and callable(made):
        made = made()
    target = _target(made)
    if target is None:
        known = " or ".join(t.title for t in TARGETS.values() if t.trains)
        raise TypeError(f"it made {type(made).__name__}, not a model of {known}")
    return target, made


def _target(made: Any) -> str | None:
    """The target whose framework the class of a model comes from, the nearest base first."""
    roots = {target.modules[0]: name for name, target in TARGETS.items() if target.trains}
    if isinstance(made, type):
        return None
    bases = (base.__module__.partition(".")[0] for base in type(made).__mro__)
    return next((roots[root] for root in bases if root in roots), None)


def _place(error: Exception, within: str) -> str:
    """Where in the user's own code it happened."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if within and Path(f.filename).is_relative_to(within)]
    own = [f for f in own if "site-packages" not in f.filename]
    return f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""
