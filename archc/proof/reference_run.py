"""The reference's part of a proof: what everything runs on, and the values to compare with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archc.network.graph import Graph
from archc.proof import reference, sampling, training_inputs
from archc.proof.differences import TrainingReference, differentiate
from archc.proof.job import Job
from archc.weights.safetensors import save


@dataclass(frozen=True)
class Expected:
    """What the reference computes of a network, beside the values in the job's folder."""

    magnitudes: Mapping[int, npt.NDArray[np.float32]]
    """By number of the layer, from 1 on: the size of the terms behind each of its values."""
    vacuous: bool
    """Whether the network's output does not depend on its input."""
    not_finite: str | None
    """The first layer some value of which is beyond float64."""
    training: TrainingReference | None
    """If the job asks for gradients."""


def run(
    graph: Graph,
    job: Job,
    seed: int,
    ready: Callable[[], None],
    report: Callable[[str], None],
    weights: Mapping[str, npt.NDArray[np.float32]] | None = None,
) -> Expected:
    """Write weights, inputs and the reference's values into a job's folder.

    `weights` are canonical and taken in place of sampled ones. `ready` is called once workers can
    begin, `report` with the name of each layer that is done.
    """
    given, weights = weights, dict(sampling.weights(graph, seed) if weights is None else weights)
    save(job.weights, weights)
    x = sampling.inputs(graph, seed)
    np.save(job.value(0), x.astype(np.float64))
    in_training = training_inputs.write(graph, job, seed, given)
    ready()
    y = x
    magnitudes = {}
    not_finite = None
    with np.errstate(over="ignore", invalid="ignore"):  # the comparison sees what is not finite
        for number, (node, y, m) in enumerate(reference.forward(graph, weights, x), start=1):
            report(node.name)
            np.save(job.value(number), y)
            magnitudes[number] = m
            if not_finite is None and not np.isfinite(y).all():
                not_finite = node.name
        job.complete()
        training = differentiate(graph, in_training, job, seed) if job.gradients else None
    return Expected(magnitudes, bool((y == y[:1]).all()), not_finite, training)
