"""What targets are given in training: sampled inputs, cotangents and labels."""

from collections.abc import Mapping
from math import prod

import numpy as np
import numpy.typing as npt

from archc.language.recipe import Train
from archc.network.graph import INPUT, Graph, Node
from archc.ops.activations import Softmax
from archc.ops.batch_norm import BatchNorm
from archc.ops.tensor import Shape
from archc.proof import sampling
from archc.proof.job import Job, Recipe
from archc.proof.sampling import odd_fractions
from archc.weights.safetensors import save

BATCH = 2
BATCH_OF_STATISTICS = 4
"""Of two values, batch normalisation leaves nothing but their order."""
_STREAMS = 1 << 32  # beyond those of the weights
REACH = 1.75
"""How far sampled inputs reach from zero."""
STAND_IN = {"learning_rate": 2.0**-10, "momentum": 0.875, "weight_decay": 2.0**-11}
"""The recipe of a spec that names no optimiser."""


def batch(graph: Graph) -> int:
    """Samples of one batch."""
    normed = any(isinstance(node.op, BatchNorm) for node in graph.nodes)
    return BATCH_OF_STATISTICS if normed else BATCH


def inputs_of(graph: Graph, node: Node) -> list[str]:
    """The values that a layer takes as inputs, each once, in the order of the graph."""
    order = [INPUT, *(other.name for other in graph.nodes)]
    return sorted(set(node.inputs), key=order.index)


def recipe(graph: Graph, train: Train | None, steps: int) -> Recipe:
    """The spec's own recipe, or the stand-in for what it leaves out."""
    last = graph.output
    probabilities = isinstance(last.op, Softmax) or isinstance(last.activation, Softmax)
    sgd = train.optimizer if train else None
    numbers = sgd.model_dump(exclude={"type"}) if sgd else STAND_IN
    loss = train.loss if train else "mean_squared_error"
    known = sgd is not None
    return Recipe(steps=steps, loss=loss, probabilities=probabilities, published=known, **numbers)


Weights = Mapping[str, npt.NDArray[np.float32]]


def write(graph: Graph, job: Job, seed: int, given: Weights | None = None) -> Weights:
    """Write all that a job in training needs; returns the weights that gradients are taken at.

    `given` are canonical weights to take in place of sampled and initial ones.
    """
    weights: Weights = {}
    count = batch(graph)
    if job.gradients:
        weights = given or dict(sampling.weights(graph, seed, in_training=True))
        save(job.weights_of_gradients, weights)
        _save(job, INPUT, count, graph.input, seed, 0, REACH)
        _save(job, "cotangent", count, graph.output.shape, seed, 1)
        for number, node in enumerate(graph.nodes, start=1):
            for k, name in enumerate(inputs_of(graph, node)):
                shape = graph.shapes[name]
                _save(job, f"{node.name}.input{k}", count, shape, seed, number << 8 | k + 1, REACH)
            _save(job, f"{node.name}.cotangent", count, node.shape, seed, number << 8)
    if job.recipe:
        save(job.weights_of_steps, given or dict(sampling.initial_weights(graph, seed)))
        shape = (job.recipe.steps, count, *graph.input)
        batches = odd_fractions(seed, _STREAMS + 2, shape) * np.float32(REACH)
        np.save(job.training_input("batches"), batches)
        wanted = odd_fractions(seed, _STREAMS + 3, (job.recipe.steps, count, *graph.output.shape))
        np.save(job.training_input("wanted"), wanted.astype(np.float64))
        classes = prod(graph.output.shape)
        sampled = (wanted.reshape(job.recipe.steps, count, -1)[:, :, 0] + 1) / 2
        np.save(job.training_input("labels"), (sampled * classes).astype(np.int64))
    return weights


def _save(
    job: Job, name: str, count: int, shape: Shape, seed: int, stream: int, reach: float = 1.0
) -> None:
    sampled = odd_fractions(seed, _STREAMS + stream, (count, *shape)).astype(np.float64)
    np.save(job.training_input(name), sampled * reach)
