"""Canonical weights in PyTorch's names: in a live module, or as a state dict in a file."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from archc.compiler import Compiled
from archc.language import names
from archc.ops.tensor import Shape
from archc.targets.torch.naming import COUNTER
from archc.targets.torch.target import Torch
from archc.weights import safetensors
from archc.weights.placement import Placement, placements
from archc.weights.safetensors import Array


def live(module: ModuleType, network: Compiled, weights: Mapping[str, Any] | None) -> Any:
    """A model of the generated code, with `weights` in it if there are any."""
    model = getattr(module, names.class_name(network.graph.name))()
    if weights is not None:
        import torch

        arrays = _state(placements(network.graph), weights)
        model.load_state_dict({name: torch.tensor(array) for name, array in arrays})
    return model


def save(
    build: Callable[..., Any] | None,
    places: Iterable[Placement],
    weights: Mapping[str, Any],
    path: Path,
    ending: str,
    largest: int,
) -> None:
    """Write the state dict of the generated module, by `torch.save` or as safetensors."""
    places = tuple(places)
    if ending != ".safetensors":
        import torch

        torch.save({name: torch.tensor(array) for name, array in _state(places, weights)}, path)
        return
    entries: dict[str, tuple[str, Shape]] = {
        name: ("I64" if array.dtype == np.int64 else "F32", array.shape)
        for name, array in _state(places, weights)
    }
    safetensors.write(path, entries, _state(places, weights), {"format": "pt"})


def _state(places: Iterable[Placement], weights: Mapping[str, Any]) -> Iterator[tuple[str, Array]]:
    """The state of the generated module: PyTorch's names, the counters first."""
    homes = {place.name: place.homes[Torch.name] for place in places}
    for home in homes.values():
        if home.variable == "running_mean":
            yield f"{home.module}.{COUNTER}", np.zeros((), np.int64)
    for name, home in homes.items():
        yield home.name, home.arranged(weights[name])
