"""The process that runs one framework: jobs come in and messages go out as lines of JSON.

Started as `python -I`; what the framework or the generated code prints goes to standard error, so
that it cannot be taken for a message.
"""

import gc
import importlib
import json
import os
import re
import resource
import sys
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from archc.proof.job import Job
from archc.targets import isolation

Array = npt.NDArray[Any]
Report = Callable[[str], None]


class Prover(ABC):
    """One framework, imported when the object is made."""

    target: str

    @abstractmethod
    def versions(self) -> dict[str, str]:
        """The versions of all that takes part."""

    @abstractmethod
    def prove(self, job: Job, report: Report) -> int:
        """Store the outputs of all passes of a job; `report` is called with each layer that is done.

        Returns the number of stored parameters, as the framework itself counts them.
        """

    def generated(self, job: Job) -> ModuleType:
        """The job's generated file as a module."""
        return isolation.generated(job.source(self.target))

    def declares(self, what: str, found: dict[str, float], wanted: dict[str, float]) -> None:
        """Raise ValueError unless what is read, for inference does not show it, is the spec's."""
        if found != wanted:
            raise ValueError(f"its {what} are {found}, not {wanted}")

    def store(self, job: Job, phase: str, number: int, value: Array) -> None:
        """Store a layer's output, channels first."""
        np.save(job.layer_output(self.target, phase, number), value)


LONGEST = 400
"""Characters of an exception's message that a report shows."""


def peak() -> int:
    """The most memory that this process has held, in bytes."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes if sys.platform == "darwin" else kilobytes * 1024


def main(module: str) -> None:
    """Serve jobs, by the PROVER of a module, until standard input ends."""
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    def send(**message: Any) -> None:
        print(json.dumps(message), file=channel, flush=True)

    prover: Prover = importlib.import_module(module).PROVER()
    gc.freeze()  # what the framework's import has made is not worth the collector's time
    send(versions=prover.versions())
    for line in sys.stdin:
        try:
            job = Job.load(Path(json.loads(line)))
            count = prover.prove(job, lambda layer: send(layer=layer))
            send(done=True, parameters=count, peak=peak())
        except Exception as error:
            traceback.print_exc()
            send(error=in_one_line(error))


def in_one_line(error: Exception) -> str:
    """An exception in one line; Keras adds the arguments of a call, each on a line of its own."""
    message = re.sub(r"\x1b\[\d*m", "", str(error)).partition("Arguments received by")[0]
    text = f"{type(error).__name__}: {' '.join(message.split())}"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
