"""A process that reads the files of one format for another, which can end it at any time.

Started as `python -I` with the name of the module that reads the format. Requests come as lines of
JSON on standard input; each answer is a JSON object, then the bytes of an array if it has one, each
after its length in eight bytes. What a library prints is thrown away.
"""

import importlib
import json
import os
import resource
import sys
import warnings
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from archc.errors import EnvironmentProblem, brief
from archc.weights.checkpoint import Checkpoint, Readers, Stored
from archc.weights.limits import Allowed

LONGEST = 200
"""Characters of a library's own message."""


def main(module: str) -> None:
    """Serve requests until standard input ends."""
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    readers: Readers = importlib.import_module(module).READERS
    for needed in {name for modules, _ in readers.values() for name in modules}:
        importlib.import_module(needed)
    _send(channel, {"ready": True})
    held: Checkpoint | None = None
    for line in sys.stdin:
        request = json.loads(line)
        array = None
        try:
            if "open" in request:
                held = None
                os.chdir(request["folder"])
                _bound(request["memory"])
                _, read = readers[request["ending"]]
                held = read(Path(request["open"]), Allowed(request["content"], request["free"]))
                answer = described(held)
            else:
                assert held is not None
                array = np.ascontiguousarray(held.tensors[request["read"]].read())
                if array.dtype.kind not in "fiub":
                    raise ValueError(f"its type is {array.dtype}")
                answer = {"dtype": array.dtype.str, "shape": array.shape}
        except EnvironmentProblem as error:
            found = error.diagnostics[0]
            answer = {"refused": [found.code, found.message, found.help]}
        except MemoryError:
            answer = {"error": "reading it took more memory than a file of its size may"}
        except Exception as error:  # whatever a library makes of a damaged file
            answer, array = {"error": in_one_line(error)}, None
        if "error" in answer and held is not None and "read" in request:
            name = brief(held.tensors[request["read"]].name)
            answer = {"error": f"cannot read {name} ({answer['error']})"}
        _send(channel, answer, array)


def described(held: Checkpoint) -> dict[str, Any]:
    """A checkpoint as plain values, without its arrays."""
    names = Stored.__dataclass_fields__
    return {
        "target": held.target.name,
        "tensors": [{name: getattr(tensor, name) for name in names} for tensor in held.tensors],
        "remarks": asdict(held.remarks),
        "operations": [asdict(operation) for operation in held.operations],
    }


def in_one_line(error: Exception) -> str:
    """What a library says of a file, short."""
    text = " ".join(str(error).split())[: 10 * LONGEST]
    if "bad_alloc" in text or ("emory" in text and "alloc" in text):
        return "reading it took more memory than a file of its size may"
    text = f"{type(error).__name__}: {text}" if isinstance(error, KeyError) or not text else text
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _bound(memory: int) -> None:
    """Let this process take so many bytes more than it has; its parent looks after it as well."""
    with suppress(OSError, ValueError, StopIteration):  # Linux has both, others look only
        status = Path("/proc/self/status").read_text().splitlines()
        line = next(line for line in status if line.startswith("VmData"))
        most = int(line.split()[1]) * 1024 + memory
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _send(channel: BinaryIO, answer: dict[str, Any], array: Any = None) -> None:
    text = json.dumps(answer, ensure_ascii=True).encode()
    channel.write(len(text).to_bytes(8, "little") + text)
    if array is not None:
        channel.write(array.nbytes.to_bytes(8, "little"))
        channel.write(array.reshape(-1).view(np.uint8).data)
    channel.flush()
