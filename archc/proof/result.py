"""What a proof found, as data: errors by layer, target and precision, and the verdict."""

from dataclasses import dataclass, field
from typing import Any

EXACT = 1e-10
"""float64, largest difference over largest value, where a target stores all numbers as float64."""
STORED32 = 1e-7
"""The same where a target itself keeps an attribute in float32."""
UNITS = 16.0
"""float32, layer by layer: difference in units of u = 2⁻²⁴ times the layer's magnitude."""
DRIFT = 5e-5
"""float32, accumulated from the network's input: largest difference over largest value."""


@dataclass(frozen=True)
class Errors:
    """One comparison of every layer; `limits` holds the largest error that passes."""

    layers: dict[str, float]
    limits: dict[str, float]

    @property
    def failed(self) -> list[str]:
        """The layers beyond their limit, in order; a NaN is beyond any."""
        return [name for name, error in self.layers.items() if not error <= self.limits[name]]

    @property
    def worst(self) -> str:
        """The layer that comes nearest to its limit, or lies furthest beyond."""
        ratio = {
            name: float("inf") if error != error else error / self.limits[name]
            for name, error in self.layers.items()
        }
        return max(ratio, key=lambda name: ratio[name])


@dataclass(frozen=True)
class TargetProof:
    """One target's answers, or why there are none."""

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

    @property
    def divergence(self) -> tuple[str, str] | None:
        """(layer, comparison) of the first layer that differs; layer-local comparisons say where."""
        for name, errors in self.comparisons.items():
            if errors.failed:
                return errors.failed[0], name
        return None


@dataclass(frozen=True)
class Proof:
    """One network's verdict."""

    spec: str
    name: str
    parameters: int
    targets: dict[str, TargetProof]
    skipped: dict[str, str]
    vacuous: bool = False
    seconds: float = 0.0
    peak: int = 0

    @property
    def passed(self) -> bool:
        """Some target was proven, none failed, and the output depends on the input."""
        proven = bool(self.targets) and all(t.passed for t in self.targets.values())
        return proven and not self.vacuous

    def record(self) -> dict[str, Any]:
        """The verdict as plain values: the JSON contract."""
        return {
            "spec": self.spec,
            "passed": self.passed,
            "parameters": self.parameters,
            "vacuous": self.vacuous,
            "targets": {name: _target(name, proof) for name, proof in self.targets.items()},
            "skipped": self.skipped,
            "seconds": round(self.seconds, 2),
            "peak_bytes": self.peak,
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
    if proof.divergence:
        record["divergence"] = dict(zip(("layer", "comparison"), proof.divergence, strict=True))
    if proof.local64 and proof.whole64:
        worst = proof.local64.worst
        record["worst"] = {"layer": worst, "scaled_error": _number(proof.local64.layers[worst])}
        record["layers"] = _numbers(proof.local64)
        record["accumulated"] = _numbers(proof.whole64)
    if proof.local32 and proof.whole32:
        worst = proof.local32.worst
        record["onnxruntime" if name == "onnx" else "float32"] = {
            "passed": not (proof.local32.failed or proof.whole32.failed),
            "worst": {"layer": worst, "units": _number(proof.local32.layers[worst])},
            "layers": _numbers(proof.local32),
            "accumulated": _numbers(proof.whole32),
        }
    return record


def _numbers(errors: Errors) -> dict[str, float | None]:
    return {name: _number(error) for name, error in errors.layers.items()}


def _number(error: float) -> float | None:
    """JSON has no NaN and no infinity."""
    return error if abs(error) < float("inf") else None
