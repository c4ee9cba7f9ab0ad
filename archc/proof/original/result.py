"""What comparing a network with the model that it describes came to, as data."""

from dataclasses import dataclass, field
from typing import Any

from archc.proof.layer_errors import Divergence, Errors, number, numbers


@dataclass(frozen=True)
class OriginalProof:
    """The reference implementation against somebody's model, with the same weights and inputs."""

    source: str
    """What `--against` named."""
    versions: dict[str, str]
    errors: Errors
    """By layer of the network that could be told apart in the model."""
    steps: int
    """How many steps the model takes."""
    untold: tuple[str, ...] = ()
    """Layers without a counterpart of their own: the model computes them together with others."""
    single: bool = False
    """Whether the model only runs in float32."""
    first: Divergence | None = None

    @property
    def comparison(self) -> str:
        """What tables call it."""
        return "original in float32" if self.single else "original"

    @property
    def passed(self) -> bool:
        """The model's output is the network's."""
        return self.first is None and bool(self.errors.layers) and not self.errors.failed

    def record(self) -> dict[str, Any]:
        """The comparison as plain values."""
        found = {
            "source": self.source,
            "passed": self.passed,
            "versions": self.versions,
            "precision": "float32" if self.single else "float64",
            "layers": numbers(self.errors),
            "limits": self.errors.limits,
            "not_told_apart": list(self.untold),
        }
        return found | ({"divergence": self.first.record()} if self.first else {})


@dataclass(frozen=True)
class SamplesProof:
    """The reference implementation's outputs on given inputs against the outputs expected of them."""

    source: str
    count: int
    error: float
    limit: float
    first: int | None = None
    """The first sample that differs, from 0 on."""
    comparison: str = field(default="samples", init=False)

    @property
    def errors(self) -> Errors:
        """The comparison of the output as that of a layer."""
        return Errors({"output": self.error}, {"output": self.limit})

    @property
    def passed(self) -> bool:
        """All outputs are as expected."""
        return bool(self.count) and not self.errors.failed

    def record(self) -> dict[str, Any]:
        """The comparison as plain values."""
        return {
            "source": self.source,
            "passed": self.passed,
            "count": self.count,
            "scaled_error": number(self.error),
            "limit": self.limit,
            "first": self.first,
        }
