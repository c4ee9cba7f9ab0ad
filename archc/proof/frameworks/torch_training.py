"""A generated PyTorch module in training: its gradients, layer by layer, and steps of a recipe."""

from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

from archc.network.graph import identifier
from archc.proof.folding import fold
from archc.proof.job import EXACT, SINGLE, WRITTEN, Job, Recipe
from archc.targets.torch.target import Torch
from archc.weights.placement import Placement

Statements = list[tuple[str, CodeType]]
State = dict[str, torch.Tensor]


def in_training(job: Job, model: nn.Module) -> None:
    """Training mode without dropout's noise."""
    model.train()
    for name, _ in job.dropouts:
        model.get_submodule(identifier(name)).eval()


def gradients(
    job: Job,
    module: ModuleType,
    model: nn.Module,
    statements: Statements,
    argument: str,
) -> None:
    """Store the gradients with respect to each layer's inputs and weights, and the network's."""
    in_training(job, model)
    state = _state(job, job.weights_of_gradients)
    holds = {argument: 0}
    for number, ((variable, code), step) in enumerate(
        zip(statements, job.steps, strict=True), start=1
    ):
        _fill(model, state)
        read = sorted(set(step.inputs))
        leaves = {i: _training_input(job, f"{step.name}.input{k}") for k, i in enumerate(read)}
        local: dict[str, Any] = {"self": model}
        local |= {name: leaves[index] for name, index in holds.items() if index in leaves}
        exec(code, module.__dict__, local)
        y = local[variable]
        own = [place for place in job.placements if place.layer == step.name]
        _store(job, f"{step.name}.output", y)
        trained = [place for place in own if place.trainable]
        parameters = [model.get_parameter(place.homes[Torch.name].name) for place in trained]
        cotangent = _training_input(job, f"{step.name}.cotangent").detach()
        found = torch.autograd.grad((y * cotangent).sum(), [*leaves.values(), *parameters])
        labels = [f"{step.name}.input{k}" for k in range(len(read))]
        for label, gradient in zip([*labels, *(p.name for p in trained)], found, strict=True):
            _store(job, label, gradient)
        for place in own:
            if not place.trainable and not place.given:
                _store(job, place.name, model.get_buffer(place.homes[Torch.name].name))
        holds[variable] = number
    _whole(job, module, model, statements, argument, state)


def _whole(
    job: Job,
    module: ModuleType,
    model: nn.Module,
    statements: Statements,
    argument: str,
    state: State,
) -> None:
    """The gradients of the whole network, and how large those with respect to outputs are."""
    _fill(model, state)
    x = _training_input(job, "input")
    local: dict[str, Any] = {"self": model, argument: x}
    outputs = []
    for variable, code in statements:
        exec(code, module.__dict__, local)
        outputs.append(local[variable])
    cotangent = _training_input(job, "cotangent").detach()
    trained = [place for place in job.placements if place.trainable]
    sources = [
        x,
        *(model.get_parameter(place.homes[Torch.name].name) for place in trained),
        *outputs,
    ]
    found = torch.autograd.grad((outputs[-1] * cotangent).sum(), sources)
    _store(job, "whole.input", found[0])
    for place, gradient in zip(trained, found[1:], strict=False):
        _store(job, f"whole.{place.name}", gradient)
    largest = [float(gradient.abs().max()) for gradient in found[1 + len(trained) :]]
    np.save(job.training_output(Torch.name, "whole.output_gradients"), np.array(largest))


def steps(job: Job, model: nn.Module) -> None:
    """Take the recipe's steps: decisively, with the numbers as written, and in float32."""
    assert job.recipe is not None
    state = _state(job, job.weights_of_steps)
    for run, dtype in ((EXACT, torch.float64), (WRITTEN, torch.float64), (SINGLE, torch.float32)):
        _fill(model, {name: value.to(dtype) for name, value in state.items()})
        in_training(job, model)
        _train(job, job.recipe, model, run, dtype)


def _train(job: Job, recipe: Recipe, model: nn.Module, run: str, dtype: torch.dtype) -> None:
    rounded = (lambda value: value) if run == WRITTEN else lambda value: float(np.float32(value))
    optimizer = torch.optim.SGD(
        model.parameters(),
        lr=rounded(recipe.learning_rate),
        momentum=rounded(recipe.momentum),
        weight_decay=rounded(recipe.weight_decay),
    )
    batches = np.load(job.training_input("batches"), mmap_mode="r")
    wanted = np.load(job.training_input("wanted"), mmap_mode="r")
    labels = np.load(job.training_input("labels"))
    for number in range(recipe.steps):
        optimizer.zero_grad()
        y = model(torch.from_numpy(batches[number].copy()).to(dtype))
        targets = torch.from_numpy(wanted[number].copy()).to(dtype)
        loss(recipe, y, targets, torch.from_numpy(labels[number])).backward()
        state = model.state_dict()
        stored = _stored(job, state)
        if run == EXACT:
            stored |= {
                f"{place.name}.gradient": fold(_gradient(model, place))
                for place in job.placements
                if place.trainable
            }
        np.savez(job.training_step(Torch.name, run, number), **stored)
        optimizer.step()
    np.savez(job.training_step(Torch.name, run, recipe.steps), **_stored(job, model.state_dict()))


def _stored(job: Job, state: State) -> dict[str, Any]:
    """All that training moves, folded, and its largest values."""
    found: dict[str, Any] = {}
    for place in job.placements:
        if not place.given:
            value = state[place.homes[Torch.name].name].detach().numpy()
            found[place.name] = fold(value)
            found[f"{place.name}.largest"] = np.abs(value).max().astype(np.float64)
    return found


def _gradient(model: nn.Module, place: Placement) -> npt.NDArray[np.floating]:
    gradient = model.get_parameter(place.homes[Torch.name].name).grad
    assert gradient is not None
    found: npt.NDArray[np.floating] = gradient.numpy()
    return found


def loss(recipe: Recipe, y: Any, wanted: Any, labels: Any) -> Any:
    """The recipe's loss of a batch."""
    if recipe.loss == "mean_squared_error":
        return F.mse_loss(y, wanted)
    rows = y.flatten(1)
    if recipe.loss == "cross_entropy":
        if recipe.probabilities:
            return F.nll_loss(rows.log(), labels)
        return F.cross_entropy(rows, labels)
    return rows.gather(1, labels[:, None]).mean()


def _state(job: Job, weights: Path) -> State:
    stored = load_file(weights)
    return {place.homes[Torch.name].name: stored[place.name].double() for place in job.placements}


def _fill(model: nn.Module, state: State) -> None:
    counters = {n: t for n, t in model.state_dict().items() if n not in state}
    copies = {name: value.clone() for name, value in state.items()}
    model.load_state_dict(copies | counters, strict=True, assign=True)


def _training_input(job: Job, name: str) -> torch.Tensor:
    return torch.from_numpy(np.load(job.training_input(name))).requires_grad_()


def _store(job: Job, name: str, value: torch.Tensor) -> None:
    np.save(job.training_output(Torch.name, name), value.detach().numpy())
