"""What a proof found, as data: errors by layer, target and precision, and the verdict."""

from dataclasses import dataclass, field
from typing import Any

from archc.proof.layer_errors import Divergence, Errors, number, numbers
from archc.proof.origin import Origin
from archc.proof.original.result import OriginalProof, SamplesProof
from archc.proof.training_result import Gradients, Steps
from archc.targets import TARGETS


@dataclass(frozen=True)
class TargetProof:
    """What one target returned, or why nothing."""

    local64: Errors | None = None
    whole64: Errors | None = None
    local32: Errors | None = None
    whole32: Errors | None = None
    stored32: dict[str, str] = field(default_factory=dict)
    """The layers that this target computes from float32 attributes, and why."""
    parameters: int | None = None
    versions: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    peak: int = 0
    problems: tuple[str, ...] = ()
    wanted: int = 4
    """How many comparisons were asked for."""
    first: Divergence | None = None
    below_float32: tuple[str, ...] = ()
    """The layers below float32's resolution: rounding may leave nothing of them."""

    @property
    def comparisons(self) -> dict[str, Errors]:
        """The comparisons that took place, most telling first."""
        named = {
            "float64": self.local64,
            "float64 accumulated": self.whole64,
            "float32": self.local32,
            "float32 accumulated": self.whole32,
        }
        return {name: errors for name, errors in named.items() if errors is not None}

    @property
    def passed(self) -> bool:
        """All comparisons took place and none failed."""
        if self.problems or len(self.comparisons) < self.wanted:
            return False
        return not any(errors.failed for errors in self.comparisons.values())


@dataclass(frozen=True)
class Proof:
    """One network's verdict."""

    spec: str
    name: str
    origin: Origin
    layers: tuple[str, ...]
    parameters: int
    """Numbers that a target stores, with those that training leaves alone."""
    targets: dict[str, TargetProof]
    skipped: dict[str, str]
    vacuous: bool = False
    not_finite: str | None = None
    """The first layer some value of which is beyond float64: no target is equal to that."""
    seconds: float = 0.0
    peak: int = 0
    gradients: Gradients | None = None
    steps: Steps | None = None
    fixed: int = 0
    """How many of its stored numbers training leaves alone."""
    original: OriginalProof | None = None
    """The network against the model that it describes, if one was named."""
    samples: SamplesProof | None = None
    """Its outputs on samples of the user's own."""

    @property
    def passed(self) -> bool:
        """Some target was proven, none failed, the output depends on the input and float32
        resolves every layer."""
        proven = bool(self.targets) and all(t.passed for t in self.targets.values())
        parts = (self.gradients, self.steps, self.original, self.samples)
        rest = all(part is None or part.passed for part in parts)
        return proven and rest and not self.vacuous and not self.below_float32

    @property
    def below_float32(self) -> tuple[str, ...]:
        """The layers below float32's resolution, whichever target computes them."""
        every = {name for target in self.targets.values() for name in target.below_float32}
        return tuple(name for name in self.layers if name in every)

    def __repr__(self) -> str:
        verdict = "proven" if self.passed else "not proven"
        return f"<Proof of {self.name} on {', '.join(self.targets)}: {verdict}>"

    @property
    def first(self) -> Divergence | None:
        """The first divergence of all: at inference before in training."""
        inference = [t.first for t in self.targets.values() if t.first]
        inference.sort(key=lambda first: self.layers.index(first.layer))
        others = (part.first for part in (self.original, self.gradients) if part)
        return next((first for first in (*inference, *others) if first), None)

    def record(self) -> dict[str, Any]:
        """The verdict as plain values: the JSON contract."""
        return {
            "spec": self.spec,
            "name": self.name,
            "origin": self.origin.record(),
            "passed": self.passed,
            "parameters": self.parameters,
            "fixed": self.fixed,
            "vacuous": self.vacuous,
            "not_finite": self.not_finite,
            "lost_in_float32": list(self.below_float32),
            "targets": {name: _target(name, proof) for name, proof in self.targets.items()},
            "skipped": self.skipped,
            "seconds": round(self.seconds, 2),
            "peak_bytes": self.peak,
        } | {
            name: part.record()
            for name, part in (
                ("gradients", self.gradients),
                ("steps", self.steps),
                ("original", self.original),
                ("samples", self.samples),
            )
            if part is not None
        }


def _target(name: str, proof: TargetProof) -> dict[str, Any]:
    record: dict[str, Any] = {
        "passed": proof.passed,
        "versions": proof.versions,
        "parameters": proof.parameters,
        "problems": list(proof.problems),
        "stored_as_float32": proof.stored32,
        "seconds": round(proof.seconds, 2),
        "peak_bytes": proof.peak,
    }
    if proof.first:
        record["divergence"] = proof.first.record()
    if proof.local64 and proof.whole64:
        worst = proof.local64.worst
        record["worst"] = {"layer": worst, "scaled_error": number(proof.local64.layers[worst])}
        record["layers"] = numbers(proof.local64)
        record["accumulated"] = numbers(proof.whole64)
        record["limits"] = proof.local64.limits
        record["accumulated_limits"] = proof.whole64.limits
    if proof.local32 and proof.whole32:
        worst = proof.local32.worst
        record[TARGETS[name].single or "float32"] = {
            "passed": not (proof.local32.failed or proof.whole32.failed),
            "worst": {"layer": worst, "units": number(proof.local32.layers[worst])},
            "layers": numbers(proof.local32),
            "accumulated": numbers(proof.whole32),
        }
    return record
