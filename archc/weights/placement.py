"""Where a canonical weight goes in PyTorch and Keras, for processes without the network."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Placement:
    """Where a canonical weight goes: its name in PyTorch's state dict; in Keras its layer, variable,
    layout and the shape that the layout permutes. A `given` weight is part of the generated code,
    which must have it before anything is loaded."""

    name: str
    trainable: bool
    given: bool
    state: str
    layer: str
    variable: str
    layout: str
    shape: tuple[int, ...]


def read(record: dict[str, Any]) -> Placement:
    """A placement from its plain values."""
    return Placement(**record | {"shape": tuple(record["shape"])})
