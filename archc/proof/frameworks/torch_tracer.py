"""Runs somebody's PyTorch module, and records the result of each function that it calls."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.modules import module as modules
from torch.overrides import TorchFunctionMode

from archc.proof.original.trace import Recorder, Trace
from archc.targets.torch.naming import COUNTER
from archc.targets.torch.target import Torch


def trace(model: Any, folder: Path, inputs: Path, shape: tuple[int, ...]) -> Trace:
    """Run a module at inference, in float64 if it can."""
    x = torch.from_numpy(np.load(inputs))
    model = model.to("cpu").eval()
    for dtype in (torch.float64, torch.float32):
        recorder = Recorder(folder)
        try:
            output = _run(model.to(dtype), x.to(dtype), recorder)
            break
        except RuntimeError:  # a constant in float32, for one
            if dtype == torch.float32:
                raise
    state = {n: t for n, t in model.state_dict().items() if not n.endswith(COUNTER)}
    places = {name: name.rpartition(".") for name in state}
    recorder.keep({n: (places[n][0], places[n][2], tensor.numpy) for n, tensor in state.items()})
    return Trace(
        target=Torch.name,
        versions={"torch": torch.__version__},
        calls=tuple(recorder.calls),
        output=output,
        weights=tuple(recorder.weights),
        single=dtype == torch.float32,
    )


@torch.no_grad()
def _run(model: nn.Module, x: torch.Tensor, recorder: Recorder) -> int:
    recorder.begin(x, x.numpy())
    paths = {id(module): path for path, module in model.named_modules()}
    inside = [""]

    def enter(module: nn.Module, _: Any) -> None:
        inside.append(paths.get(id(module), inside[-1]))

    def leave(module: nn.Module, _: Any, __: Any) -> None:
        inside.pop()

    hooks = (
        modules.register_module_forward_pre_hook(enter),
        modules.register_module_forward_hook(leave, always_call=True),
    )
    try:
        with _Recording(model, recorder, inside):
            result = _first(model(x))
    finally:
        for hook in hooks:
            hook.remove()
    number = recorder.number(result)
    if number is None:
        return recorder.value(result, result.numpy().copy())
    return number


class _Recording(TorchFunctionMode):
    """Records each function that makes a tensor of the batch's size."""

    def __init__(self, model: nn.Module, recorder: Recorder, inside: list[str]) -> None:
        super().__init__()
        self._recorder, self._inside = recorder, inside
        stored = [*model.named_parameters(), *model.named_buffers()]
        self._names = {id(tensor): name for name, tensor in stored}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        found = result if isinstance(result, torch.Tensor) else None
        if found is not None and found.is_floating_point() and found.ndim > 1:
            read = [*_tensors([*args, *(kwargs or {}).values()])]
            if any(self._recorder.number(t) is not None for t in read):
                kind = getattr(func, "__name__", str(func)).strip("_")
                weights = [self._names[id(t)] for t in read if id(t) in self._names]
                array = found.numpy().copy()  # the next function may write over it
                self._recorder.step(self._inside[-1], kind, read, weights, found, array)
        return result


def _tensors(values: Iterable[Any]) -> Iterator[torch.Tensor]:
    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _tensors(value)


def _first(result: Any) -> torch.Tensor:
    """The first tensor of what a model returns."""
    while not isinstance(result, torch.Tensor):
        values = list(result.values()) if hasattr(result, "values") else list(result)
        result = values[0]
    return result
