"""Runs a generated NumPy file, statement by statement; its derivatives are complex steps.

It is the prover of support.numpy_target, started in a process of its own.
"""

from collections.abc import Callable, Mapping
from math import prod
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from archc.proof.folding import fold
from archc.proof.job import EXACT, LOCAL32, LOCAL64, SINGLE, WHOLE32, WHOLE64, Job
from archc.proof.worker import Prover, Report

Array = npt.NDArray[Any]
Tensors = Mapping[str, Array]
STEP = 2.0**-60
"""So small that a derivative by a complex step errs by rounding only."""


class NumpyProver(Prover):
    """NumPy itself."""

    target = "numpy"

    def versions(self) -> dict[str, str]:
        return {"numpy": np.__version__}

    def prove(self, job: Job, report: Report) -> int:
        module = self.generated(job)
        file = File(job, module)
        for dtype, local, whole in (
            (np.float64, LOCAL64, WHOLE64),
            (np.float32, LOCAL32, WHOLE32),
        ):
            weights = _read(job.weights, dtype)
            values = {0: np.load(job.value(0)).astype(dtype)}
            for number, step in enumerate(job.steps, start=1):
                values[number] = file.layer(number, values, weights)
                self.store(job, whole, number, values[number])
                report(step.name)
            self.store(job, whole, len(job.steps), file.network(values[0], weights))
            job.await_values()
            for number, step in enumerate(job.steps, start=1):
                values = {i: np.load(job.value(i)).astype(dtype) for i in step.inputs}
                self.store(job, local, number, file.layer(number, values, weights))
                report(step.name)
        if job.gradients:
            _gradients(job, file)
        if job.recipe:
            _steps(job, file)
        return sum(prod(shape) for shape in module.SHAPES.values())


class File:
    """A generated file: the whole network as its function, and each layer as its statement."""

    def __init__(self, job: Job, module: ModuleType) -> None:
        outputs = job.outputs["numpy"]
        lines = job.source("numpy").read_text().splitlines()
        self.globals = vars(module)
        self.network = getattr(module, job.function_name)
        self.names = ["x", *(output.value for output in outputs)]
        self.statements = [dedent("\n".join(lines[o.first - 1 : o.last])) for o in outputs]

    def layer(self, number: int, values: Mapping[int, Array], weights: Tensors) -> Array:
        """A layer's output from the values that it reads, by their numbers."""
        local = {"weights": weights} | {self.names[i]: value for i, value in values.items()}
        exec(self.statements[number - 1], self.globals, local)
        return local[self.names[number]]


def _gradients(job: Job, file: File) -> None:
    """Store each layer's output in training and its gradients, and those of the whole network."""

    def store(name: str, value: Array) -> None:
        np.save(job.training_output("numpy", name), value)

    weights = _read(job.weights_of_gradients, np.complex128)
    for number, step in enumerate(job.steps, start=1):
        names = {f"{step.name}.input{k}": i for k, i in enumerate(sorted(set(step.inputs)))}
        inputs = {name: np.load(job.training_input(name)).astype(complex) for name in names}
        values = {names[name]: value for name, value in inputs.items()}

        def run(number: int = number, values: Mapping[int, Array] = values) -> Array:
            return file.layer(number, values, weights)

        store(f"{step.name}.output", run().real)
        own = {p.name: weights[p.name] for p in job.placements if p.layer == step.name}
        found = differentiated(
            run, np.load(job.training_input(f"{step.name}.cotangent")), {**inputs, **own}
        )
        for name, gradient in found.items():
            store(name, gradient)
    x = np.load(job.training_input("input")).astype(complex)
    cotangent = np.load(job.training_input("cotangent"))
    found = differentiated(lambda: file.network(x, weights), cotangent, {"input": x, **weights})
    for name, gradient in found.items():
        store(f"whole.{name}", gradient)


def _steps(job: Job, file: File) -> None:
    """Store what each step of the recipe leaves, in float64 and in float32."""
    recipe = job.recipe
    assert recipe is not None
    if recipe.loss != "mean_squared_error":
        raise ValueError(f"there is no {recipe.loss} here")
    numbers = np.float32([recipe.learning_rate, recipe.momentum, recipe.weight_decay])
    batches, wanted = np.load(job.training_input("batches")), np.load(job.training_input("wanted"))
    for run, dtype, double in (
        (EXACT, np.float64, np.complex128),
        (SINGLE, np.float32, np.complex64),
    ):
        rate, momentum, decay = numbers.astype(dtype)
        weights = _read(job.weights_of_steps, double)
        velocity = {name: np.zeros_like(weight.real) for name, weight in weights.items()}
        for number in range(recipe.steps):
            x, y = batches[number].astype(dtype), wanted[number].astype(dtype)

            def loss(x: Array = x, y: Array = y, weights: Tensors = weights) -> Array:
                return np.mean((file.network(x, weights) - y) ** 2)

            found = differentiated(loss, 1.0, weights)
            gradients = {f"{name}.gradient": fold(g) for name, g in found.items()}
            np.savez(job.training_step("numpy", run, number), **_stored(weights), **gradients)
            for name, weight in weights.items():
                velocity[name] = momentum * velocity[name] - rate * (
                    found[name] + decay * weight.real
                )
                weight += velocity[name]
        np.savez(job.training_step("numpy", run, recipe.steps), **_stored(weights))


def differentiated(
    run: Callable[[], Array], cotangent: Array | float, tensors: Tensors
) -> dict[str, Array]:
    """The gradients of the sum of `cotangent` times what `run` makes of these complex tensors."""
    found = {}
    for name, tensor in tensors.items():
        gradient = np.empty_like(tensor.real)
        for place in np.ndindex(tensor.shape):
            tensor[place] += 1j * STEP
            gradient[place] = (run() * cotangent).sum().imag / STEP
            tensor[place] = tensor[place].real
        found[name] = gradient
    return found


def _read(path: Path, dtype: npt.DTypeLike) -> dict[str, Array]:
    return {name: weight.astype(dtype) for name, weight in load_file(path).items()}


def _stored(weights: Tensors) -> dict[str, Array]:
    largest = {f"{n}.largest": np.float64(np.abs(w.real).max()) for n, w in weights.items()}
    return {name: fold(weight.real) for name, weight in weights.items()} | largest


PROVER = NumpyProver
