"""Assigns canonical weights to a Keras model of the generated code."""

from collections.abc import Iterable, Mapping
from typing import Any

from archc.targets.keras.target import LAYOUTS
from archc.weights.placement import Placement


def fill(model: Any, placements: Iterable[Placement], weights: Mapping[str, Any]) -> None:
    """Assign every variable its weight. Raises ValueError if a shape differs."""
    for place in placements:
        value = weights[place.name].reshape(place.shape).transpose(LAYOUTS[place.layout])
        getattr(model.get_layer(place.layer), place.variable).assign(value)
