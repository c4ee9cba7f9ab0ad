"""A generated Keras model in training: its gradients, layer by layer, and steps of a recipe."""

import gc
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from archc.proof.folding import fold
from archc.proof.job import EXACT, SINGLE, Job, Recipe
from archc.targets.keras.target import Keras
from archc.weights.keras_model import variable_of
from archc.weights.placement import Placement

Array = npt.NDArray[Any]
Call = Callable[[list[Any]], tuple[Any, Any]]
Build = Callable[[str], Any]


def in_training(job: Job, model: Any) -> None:
    """Take dropout's noise away."""
    for name, _ in job.dropouts:
        model.get_layer(name).rate = 0


def gradients(job: Job, model: Any) -> None:
    """Store the gradients with respect to each layer's inputs and weights, and the network's."""
    in_training(job, model)
    values = tensors(job, model)
    for number, step in enumerate(job.steps, start=1):
        read = sorted(set(step.inputs))
        single = keras.Model([values[index] for index in read], values[number])
        feed = [_training_input(job, f"{step.name}.input{k}") for k in range(len(read))]
        own = [place for place in job.placements if place.layer == step.name]
        y, found = _vjp(model, single, feed, own, _training_input(job, f"{step.name}.cotangent"))
        _store(job, f"{step.name}.output", channels_first(y))
        for k in range(len(read)):
            _store(job, f"{step.name}.input{k}", channels_first(found[f"input{k}"]))
        for place in own:
            if not place.given:
                _store(job, place.name, canonical(found[place.name], place))
    _, found = _vjp(
        model,
        model,
        [_training_input(job, "input")],
        job.placements,
        _training_input(job, "cotangent"),
    )
    _store(job, "whole.input", channels_first(found["input0"]))
    for place in job.placements:
        if place.trainable:
            _store(job, f"whole.{place.name}", canonical(found[place.name], place))


def steps(job: Job, build: Build) -> None:
    """Take the recipe's steps: decisively in float64, then in float32."""
    assert job.recipe is not None
    for run, dtype in ((EXACT, "float64"), (SINGLE, "float32")):
        model = build(dtype)
        in_training(job, model)
        _train(job, job.recipe, model, run, dtype)
        del model
        gc.collect()  # a model's layers and tensors are cycles


def _train(job: Job, recipe: Recipe, model: Any, run: str, dtype: str) -> None:
    decay = float(np.float32(recipe.weight_decay))
    optimizer = keras.optimizers.SGD(
        float(np.float32(recipe.learning_rate)), momentum=float(np.float32(recipe.momentum))
    )
    batches = np.load(job.training_input("batches"), mmap_mode="r")
    wanted = np.load(job.training_input("wanted"), mmap_mode="r")
    labels = np.load(job.training_input("labels"))
    trained = [place for place in job.placements if place.trainable]
    statistics = [place for place in job.placements if not place.trainable and not place.given]
    for number in range(recipe.steps):
        x = keras.ops.convert_to_tensor(channels_last(batches[number], dtype))
        targets = keras.ops.convert_to_tensor(channels_last(wanted[number], dtype))

        def of(y: Any, targets: Any = targets, labels: Any = labels[number]) -> Any:
            return loss(recipe, y, targets, labels)

        _, found = _derived(model, model, [x], trained + statistics, of)
        values = {place.name: variable_of(model, place).value for place in trained}
        values |= {place.name: found[place.name] for place in statistics}
        stored = _stored(values, job)
        if run == EXACT:
            for place in trained:
                stored[f"{place.name}.gradient"] = fold(canonical(found[place.name], place))
        np.savez(job.training_step(Keras.name, run, number), **stored)
        for place in statistics:
            variable_of(model, place).assign(keras.ops.convert_to_numpy(found[place.name]))
        variables = [variable_of(model, place) for place in trained]
        # Keras's own weight_decay leaves momentum out; the paper's is part of the gradient.
        numbers = keras.ops.convert_to_numpy
        pulls = [
            # Let go of each gradient at once: they are as large as the network.
            keras.ops.convert_to_tensor(numbers(found.pop(p.name)) + decay * numbers(v.value))
            for p, v in zip(trained, variables, strict=True)
        ]
        optimizer.apply(pulls, variables)
    values = {place.name: variable_of(model, place).value for place in trained + statistics}
    np.savez(job.training_step(Keras.name, run, recipe.steps), **_stored(values, job))


def _stored(values: dict[str, Any], job: Job) -> dict[str, Any]:
    """All that training moves, canonical and folded, and its largest values."""
    found: dict[str, Any] = {}
    for place in job.placements:
        if place.name in values:
            value = canonical(values[place.name], place)
            found[place.name] = fold(value)
            found[f"{place.name}.largest"] = np.abs(value).max().astype(np.float64)
    return found


def loss(recipe: Recipe, y: Any, wanted: Any, labels: Array) -> Any:
    """The recipe's loss of a batch."""
    ops = keras.ops
    if recipe.loss == "mean_squared_error":
        return ops.mean(ops.square(y - wanted))
    if len(y.shape) == 4:  # classes are counted as in PyTorch, channels first
        y = ops.transpose(y, (0, 3, 1, 2))
    rows = ops.reshape(y, (y.shape[0], -1))
    own = ops.take_along_axis(rows, ops.convert_to_tensor(labels[:, None]), axis=1)[:, 0]
    if recipe.loss == "cross_entropy":
        if recipe.probabilities:
            return -ops.mean(ops.log(own))
        return ops.mean(ops.logsumexp(rows, axis=1) - own)
    return ops.mean(own)


def _vjp(
    model: Any, part: Any, feed: list[Any], places: Any, cotangent: Any
) -> tuple[Any, dict[str, Any]]:
    return _derived(model, part, feed, places, lambda y: keras.ops.sum(y * cotangent))


def _derived(
    model: Any, part: Any, feed: list[Any], places: Any, scalar: Callable[[Any], Any]
) -> tuple[Any, dict[str, Any]]:
    """(output of a part, by name: gradients of its inputs and trained weights, and what running
    statistics become)."""
    own = {id(variable) for variable in part.variables}
    held = {place.name: variable_of(model, place) for place in places}
    held = {name: variable for name, variable in held.items() if id(variable) in own}
    sources = [variable.value for variable in part.trainable_variables]
    still = [variable.value for variable in part.non_trainable_variables]

    def call(values: list[Any]) -> tuple[Any, Any]:
        weights, inputs = values[: len(sources)], values[len(sources) :]
        inputs = inputs if len(inputs) > 1 else inputs[0]
        y, moved = part.stateless_call(weights, still, inputs, training=True)
        return y, moved

    y, moved, found = _BACKENDS[keras.backend.backend()](call, [*sources, *feed], scalar)
    by_variable = {
        id(variable): value
        for variable, value in [
            *zip(part.trainable_variables, found, strict=False),
            *zip(part.non_trainable_variables, moved, strict=True),
        ]
    }
    gradients = {name: by_variable[id(variable)] for name, variable in held.items()}
    return y, gradients | {f"input{k}": g for k, g in enumerate(found[len(sources) :])}


def _tensorflow(call: Call, values: list[Any], scalar: Callable[[Any], Any]) -> Any:
    import tensorflow as tf

    values = [tf.convert_to_tensor(value) for value in values]
    with tf.GradientTape() as tape:
        tape.watch(values)
        y, moved = call(values)
        total = scalar(y)
    zero = tf.UnconnectedGradients.ZERO
    return y, moved, tape.gradient(total, values, unconnected_gradients=zero)


def _torch(call: Call, values: list[Any], scalar: Callable[[Any], Any]) -> Any:
    import torch

    values = [torch.as_tensor(value).detach().clone().requires_grad_() for value in values]
    y, moved = call(values)
    return y.detach(), moved, torch.autograd.grad(scalar(y), values)


def _jax(call: Call, values: list[Any], scalar: Callable[[Any], Any]) -> Any:
    import jax

    def total(values: list[Any]) -> tuple[Any, Any]:
        y, moved = call(values)
        return scalar(y), (y, moved)

    (_, (y, moved)), found = jax.value_and_grad(total, has_aux=True)(values)
    return y, moved, found


_BACKENDS = {"tensorflow": _tensorflow, "torch": _torch, "jax": _jax}


def canonical(value: Any, place: Placement) -> Array:
    """A variable's value, or its gradient, with the axes of the canonical weight."""
    array: Array = keras.ops.convert_to_numpy(value)
    return array.transpose(np.argsort(place.homes[Keras.name].axes))


def tensors(job: Job, model: Any) -> list[Any]:
    """The input and each layer's output."""
    outputs = job.outputs[Keras.name]
    return [model.inputs[0], *(model.get_layer(output.value).output for output in outputs)]


def _training_input(job: Job, name: str) -> Any:
    return keras.ops.convert_to_tensor(channels_last(np.load(job.training_input(name)), "float64"))


def _store(job: Job, name: str, value: Any) -> None:
    np.save(job.training_output(Keras.name, name), keras.ops.convert_to_numpy(value))


def channels_last(value: Array, dtype: str) -> Array:
    """Maps as Keras has them, in a precision."""
    value = value.transpose(0, 2, 3, 1) if value.ndim == 4 else value
    return np.ascontiguousarray(value, dtype)


def channels_first(value: Any) -> Array:
    """Keras's maps as the reference has them."""
    array: Array = keras.ops.convert_to_numpy(value)
    return array.transpose(0, 3, 1, 2) if array.ndim == 4 else array
