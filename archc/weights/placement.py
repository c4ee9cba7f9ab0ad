"""Where a canonical weight goes in each framework, for processes without the network."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from archc.network.graph import Graph
from archc.targets import TARGETS
from archc.targets.base import Home
from archc.weights.initial import canonical_name


@dataclass(frozen=True)
class Placement:
    """Where a canonical weight goes, by target.

    A `given` weight is part of the generated code, which must have it before anything is loaded.
    """

    name: str
    trainable: bool
    given: bool
    homes: Mapping[str, Home]

    @property
    def layer(self) -> str:
        """The layer that has the weight."""
        return self.name.rpartition(".")[0]

    def record(self) -> dict[str, Any]:
        """The placement as plain values."""
        homes = {target: asdict(home) for target, home in self.homes.items()}
        return {**vars(self), "homes": homes}


def placements(graph: Graph) -> tuple[Placement, ...]:
    """Every weight of a network, in the order of the canonical file."""
    return tuple(
        Placement(
            canonical_name(node, weight),
            weight.trainable,
            bool(weight.codes),
            {name: target.home(node, weight) for name, target in TARGETS.items()},
        )
        for node in graph.nodes
        for weight in node.weights
    )


def read(record: Mapping[str, Any]) -> Placement:
    """A placement from its plain values."""
    homes = {
        target: Home(**{**home, "shape": tuple(home["shape"]), "axes": tuple(home["axes"])})
        for target, home in record["homes"].items()
    }
    return Placement(**{**record, "homes": homes})
