"""Canonical weights in a Keras model of the generated code: live, or saved as Keras does."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from archc.compiler import Compiled
from archc.language import names
from archc.targets.keras.target import Keras
from archc.weights.placement import Placement, placements


def live(module: ModuleType, network: Compiled, weights: Mapping[str, Any] | None) -> Any:
    """A model of the generated code, with `weights` in it if there are any."""
    model = getattr(module, names.function_name(network.stem))()
    if weights is not None:
        _fill(model, placements(network.graph), weights)
    return model


def save(
    build: Callable[[], Any],
    places: Iterable[Placement],
    weights: Mapping[str, Any],
    path: Path,
    ending: str,
    largest: int,
) -> None:
    """Write the weights of the generated model, or the whole of it."""
    model = build()
    _fill(model, places, weights)
    if ending == ".weights.h5":
        model.save_weights(path)
    else:
        model.save(path)


def variable_of(model: Any, place: Placement) -> Any:
    """The variable that holds a canonical weight."""
    home = place.homes[Keras.name]
    return getattr(model.get_layer(home.module), home.variable)


def _fill(model: Any, places: Iterable[Placement], weights: Mapping[str, Any]) -> None:
    """Assign every variable its weight. Raises ValueError for a shape that differs."""
    for place in places:
        home = place.homes[Keras.name]
        variable_of(model, place).assign(home.arranged(weights[place.name]))
