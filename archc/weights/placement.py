"""Where a canonical weight goes in PyTorch and Keras, as a process without the network is told."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Placement:
    """Where a canonical weight goes: its name in PyTorch's state; in Keras, layer, variable, and as
    targets/keras.py has it the layout and the shape that it permutes. A `given` one is part of the
    generated code, which must hold it before anything is loaded."""

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
