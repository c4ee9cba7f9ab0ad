"""Runs a generated PyTorch file, statement by statement of its `forward`."""

import inspect
from textwrap import dedent
from types import CodeType, ModuleType
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from archc.network.graph import identifier
from archc.proof.frameworks import torch_training
from archc.proof.job import LOCAL32, LOCAL64, WHOLE32, WHOLE64, Job
from archc.proof.worker import Prover, Report
from archc.targets.torch.naming import COUNTER
from archc.targets.torch.target import Torch


class TorchProver(Prover):
    """PyTorch on the CPU."""

    target = Torch.name

    def versions(self) -> dict[str, str]:
        return {"torch": torch.__version__}

    @torch.no_grad()
    def prove(self, job: Job, report: Report) -> int:
        module = self.generated(job)
        torch.manual_seed(0)
        model = getattr(module, job.class_name)()  # as a user does
        self._whole(job, model)
        noisy = {n: m.p for n, m in model.named_modules() if isinstance(m, nn.Dropout)}
        self.declares("dropouts", noisy, {identifier(name): rate for name, rate in job.dropouts})
        model.eval()
        stored = load_file(job.weights)
        self._given(job, model, stored)
        statements, argument = _statements(job, model)
        for dtype, local, whole in (
            (torch.float64, LOCAL64, WHOLE64),
            (torch.float32, LOCAL32, WHOLE32),
        ):
            if whole not in job.passes[self.target]:
                continue
            state = {
                place.homes[Torch.name].name: stored[place.name].to(dtype)
                for place in job.placements
            }
            counters = {n: t for n, t in model.state_dict().items() if n.endswith(COUNTER)}
            model.load_state_dict(state | counters, strict=True, assign=True)
            self._walk(job, module, model, statements, argument, dtype, whole, report)
            x = torch.from_numpy(np.load(job.value(0))).to(dtype)
            wider = torch.cat([x, x[:1]])  # any batch must do, not only the reference's
            self.store(job, whole, len(job.steps), model(wider)[:-1].numpy())
            job.await_values()
            self._walk(job, module, model, statements, argument, dtype, local, report)
        with torch.enable_grad():
            if job.gradients:
                torch_training.gradients(job, module, model, statements, argument)
            if job.recipe:
                torch_training.steps(job, model)
        trained = {place.homes[Torch.name].name for place in job.placements if place.trainable}
        if trained != {name for name, _ in model.named_parameters()}:
            raise ValueError("its parameters are not the trained weights of the spec")
        return sum(t.numel() for n, t in model.state_dict().items() if not n.endswith(COUNTER))

    def _whole(self, job: Job, model: nn.Module) -> None:
        """Check what a model begins with, before it is filled; raises ValueError."""
        state = {n: t for n, t in model.state_dict().items() if not n.endswith(COUNTER)}
        for name, tensor in state.items():
            if (tensor.dtype, tensor.device.type) != (torch.float32, "cpu"):
                kind = str(tensor.dtype).removeprefix("torch.")
                raise ValueError(f"{name} is {kind} on {tensor.device.type}, not float32 on cpu")
        if len({tensor.data_ptr() for tensor in state.values()}) < len(state):
            raise ValueError("two of its tensors are one")
        names = {place.name: place.homes[Torch.name].name for place in job.placements}
        missing = [name for name in names.values() if name not in state]
        if missing:
            raise ValueError(f"it has no {missing[0]}")
        self.begins(job, lambda name: state[names[name]].numpy())

    def _given(self, job: Job, model: nn.Module, stored: dict[str, torch.Tensor]) -> None:
        """Check the numbers that the generated code brings along; raises ValueError."""
        state = model.state_dict()
        for place in job.placements:
            if place.given and not torch.equal(
                state[place.homes[Torch.name].name], stored[place.name]
            ):
                raise ValueError(f"{place.name} is not what the spec says")

    def _walk(
        self,
        job: Job,
        module: ModuleType,
        model: torch.nn.Module,
        statements: list[tuple[str, CodeType]],
        argument: str,
        dtype: torch.dtype,
        phase: str,
        report: Report,
    ) -> None:
        """Run `forward` a layer at a time; in a local pass, on the reference's values."""
        holds = {argument: 0}  # which value each variable stands for
        values: dict[str, Any] = {argument: torch.from_numpy(np.load(job.value(0))).to(dtype)}
        for number, ((variable, code), step) in enumerate(
            zip(statements, job.steps, strict=True), start=1
        ):
            if phase in (LOCAL64, LOCAL32):
                values = {
                    name: torch.from_numpy(np.load(job.value(index))).to(dtype)
                    for name, index in holds.items()
                    if index in step.inputs
                }
            local = {"self": model, **values}
            exec(code, module.__dict__, local)
            values[variable], holds[variable] = local[variable], number
            self.store(job, phase, number, local[variable].numpy())
            report(step.name)


def _statements(job: Job, model: nn.Module) -> tuple[list[tuple[str, CodeType]], str]:
    """Each layer's assignment in `forward`, as (variable, code), and the name of its argument."""
    body, begin = inspect.getsourcelines(type(model).forward)
    path = job.source(Torch.name)
    lines = path.read_text().splitlines()
    found = []
    after = begin + 1
    for output in job.outputs[Torch.name]:
        if output.first != after:
            raise ValueError(f"line {after} belongs to no layer")
        text = dedent("\n".join(lines[output.first - 1 : output.last]))
        found.append((output.value, compile("\n" * (output.first - 1) + text, str(path), "exec")))
        after = output.last + 1
    if after != begin + len(body) - 1:  # the line that returns
        raise ValueError(f"line {after} belongs to no layer")
    return found, next(iter(inspect.signature(model.forward).parameters))


PROVER = TorchProver
