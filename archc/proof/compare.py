"""The comparison: what a target answered against what the definition says."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from archc.proof.job import LOCAL32, LOCAL64, WHOLE32, WHOLE64, Job
from archc.proof.result import DRIFT, EXACT, STORED32, UNITS, Errors

U = 2.0**-24
TINY = float(np.finfo(np.float32).tiny)
Array = npt.NDArray[np.float64]


class Unanswered(Exception):
    """A layer was not compared: its answer is missing, or not of the layer's shape."""


def compare(
    job: Job, target: str, magnitudes: Mapping[int, npt.NDArray[np.float32]], stored32: set[str]
) -> dict[str, Errors]:
    """Every pass of a target. Raises Unanswered if one layer of one pass is missing."""
    exact: dict[str, float] = {}
    accumulated: dict[str, float] = {}
    limit = EXACT
    for step in job.steps:
        exact[step.name] = STORED32 if step.name in stored32 else EXACT
        limit = max(limit, exact[step.name])
        accumulated[step.name] = limit
    names = [step.name for step in job.steps]
    units = dict.fromkeys(names, UNITS)
    drift = dict.fromkeys(names, DRIFT)
    limits = {LOCAL64: exact, WHOLE64: accumulated, LOCAL32: units, WHOLE32: drift}
    return {
        phase: Errors(
            {
                name: _error(job, target, phase, number, magnitudes[number])
                for number, name in enumerate(names, start=1)
            },
            limits[phase],
        )
        for phase in limits
    }


def _error(
    job: Job, target: str, phase: str, number: int, magnitude: npt.NDArray[np.float32]
) -> float:
    expected: Array = np.load(job.value(number))
    name = job.steps[number - 1].name
    try:
        found = np.load(job.answer(target, phase, number), allow_pickle=False)
    except (OSError, ValueError) as error:
        raise Unanswered(f"'{name}' was not answered ({phase})") from error
    if found.shape != expected.shape:
        raise Unanswered(f"'{name}' has the shape {found.shape}, not {expected.shape} ({phase})")
    wanted = np.float64 if phase in (LOCAL64, WHOLE64) else np.float32
    if found.dtype != wanted:
        raise Unanswered(f"'{name}' is {found.dtype}, not {np.dtype(wanted)} ({phase})")
    difference = np.abs(found.astype(np.float64) - expected)
    if not np.isfinite(difference).all():
        return float("nan")
    if phase == LOCAL32:
        return float((difference / (U * (magnitude.astype(np.float64) + TINY))).max())
    largest = float(np.abs(expected).max())
    return float(difference.max()) / (largest or 1.0)
