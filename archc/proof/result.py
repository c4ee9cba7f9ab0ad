"""What a proof found, as data: errors by layer, target and precision, and the verdict."""

from dataclasses import asdict, dataclass, field
from typing import Any

from archc.proof.job import Recipe
from archc.proof.origin import Origin
from archc.targets import TARGETS

EXACT = 1e-10
"""float64, largest difference over largest value, where a target stores all numbers as float64."""
STORED32 = 1e-7
"""The same where a target itself keeps an attribute in float32."""
UNITS = 16.0
"""float32, layer by layer: difference in units of u = 2⁻²⁴ times the layer's magnitude."""
DRIFT = 5e-5
"""float32, accumulated from the network's input: largest difference over largest value."""
GROWN = 16.0
"""Training magnifies rounding: how many times what it has made of float32's, at the ratio of the two
precisions, float64's may be."""
DIFFERENCES = 1e-6
"""Gradients, against finite differences of the definition in float64: what those err by."""


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
class Divergence:
    """The first layer whose inputs agree and whose own part does not."""

    target: str
    layer: str
    quantity: str
    """values, statistics or gradient."""
    what: str
    """The tensor: `conv1.output`, `norm.variance`, `conv1.weight`."""
    comparison: str
    error: float
    limit: float
    samples: tuple[tuple[tuple[int, ...], float, float], ...] = ()
    """(index, expected, found) where they are furthest apart; indices count from 0."""
    notes: tuple[str, ...] = ()
    """What `archc explain --targets` says of the operation and this target."""

    def record(self) -> dict[str, Any]:
        """The divergence as plain values."""
        samples = [
            {"index": list(index), "expected": _number(expected), "found": _number(found)}
            for index, expected, found in self.samples
        ]
        numbers = {"error": _number(self.error), "limit": self.limit, "samples": samples}
        names = ("layer", "quantity", "what", "comparison")
        return {name: getattr(self, name) for name in names} | numbers | {"notes": [*self.notes]}


def runner(target: str, comparison: str) -> str:
    """What runs a target's file in a comparison: the target, or its other program for float32."""
    return (TARGETS[target].single if "32" in comparison else "") or target


def _named(word: str, number: int, target: str) -> str:
    """The key of what is said of a comparison with the baseline: all but the first name the target."""
    return f"{target} {word}" if number else word


@dataclass(frozen=True)
class Gradients:
    """What the targets compute in training mode, without dropout's noise."""

    values: dict[str, Errors]
    """By target: each layer's output and running statistics, against the definition's."""
    differences: dict[str, Errors]
    """By target: each layer's gradients against finite differences; under `input`, those of the
    whole network's input."""
    baseline: str
    """The target with whose gradients those of all others are compared."""
    agreement: dict[str, Errors]
    """By other target: each layer's gradients against the baseline's."""
    whole: dict[str, Errors]
    """The same through the whole network, for all that is trained and for the input."""
    known: dict[str, str]
    """By target: a difference that is known, and compared without."""
    problems: tuple[str, ...] = ()
    first: Divergence | None = None

    @property
    def rows(self) -> list[tuple[str, str, str, Errors]]:
        """(name, target or targets, comparison, errors) of each comparison, most telling first."""
        found = [(f"{t} in training", t, "in training", e) for t, e in self.values.items()]
        found += [(f"{t} gradients", t, "gradients", e) for t, e in self.differences.items()]
        for number, target in enumerate(self.agreement):
            for word, errors in (("agree", self.agreement), ("agree, whole", self.whole)):
                comparison = f"gradients {word}"
                name = _named(comparison, number, target)
                found.append((name, f"{self.baseline}, {target}", comparison, errors[target]))
        return [row for row in found if row[-1].layers]

    @property
    def comparisons(self) -> dict[str, Errors]:
        """All comparisons by their names."""
        return {name: errors for name, *_, errors in self.rows}

    def record(self) -> dict[str, Any]:
        """The gradients' verdict as plain values."""
        comparisons = {
            name: {"limit": max(errors.limits.values()), "layers": _numbers(errors)}
            for name, errors in self.comparisons.items()
        }
        first = {"divergence": self.first.record()} if self.first else {}
        return {
            "passed": self.passed,
            "comparisons": comparisons,
            "known": self.known,
            "problems": list(self.problems),
        } | first

    @property
    def passed(self) -> bool:
        """Something was compared, and nothing differs."""
        failed = any(errors.failed for errors in self.comparisons.values())
        return bool(self.comparisons) and not failed and not self.problems


@dataclass(frozen=True)
class Agreement:
    """How far a target's training steps are from the baseline's."""

    errors: dict[str, tuple[float, ...]]
    """By stored tensor: the difference of the two after each step, over its largest value."""
    limits: tuple[float, ...]
    """The largest difference that passes, after each step."""

    @property
    def worst(self) -> tuple[str, float]:
        """(tensor, error) of the largest difference."""
        largest = {
            name: max(errors, key=lambda error: (error != error, error))
            for name, errors in self.errors.items()
        }
        return max(largest.items(), key=lambda item: (item[1] != item[1], item[1]))

    @property
    def divergence(self) -> tuple[str, int] | None:
        """(tensor, step) of the first step after which one differs."""
        for number, limit in enumerate(self.limits):
            for name, errors in self.errors.items():
                if not errors[number] <= limit:
                    return name, number
        return None

    def record(self) -> dict[str, Any]:
        """The agreement as plain values."""
        found: dict[str, Any] = {
            "limits": [*self.limits],
            "agreement": {name: _list(errors) for name, errors in self.errors.items()},
        }
        if self.divergence:
            found["divergence"] = dict(zip(("what", "step"), self.divergence, strict=True))
        return found


@dataclass(frozen=True)
class Steps:
    """What training the recipe on each target came to, without dropout's noise."""

    recipe: Recipe
    batch: int = 0
    baseline: str = ""
    """The target with whose steps those of all others are compared."""
    agreement: dict[str, Agreement] = field(default_factory=dict)
    """By other target."""
    rule: dict[str, float] = field(default_factory=dict)
    """By target: the largest error of its steps against the rule, with its own gradients."""
    drift: dict[str, tuple[float, ...]] = field(default_factory=dict)
    """By target: how far float32 is from float64 after each step."""
    rounding: dict[str, tuple[float, ...]] = field(default_factory=dict)
    """By target that takes them: how far steps with the recipe's numbers as written are from those
    with what float32 holds of them."""
    problems: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """The steps' verdict as plain values."""
        found: dict[str, Any] = {
            "passed": self.passed,
            "recipe": asdict(self.recipe),
            "batch": self.batch,
            "limits": [],
            "agreement": {},
            "rule": {target: _number(error) for target, error in self.rule.items()},
            "float32": {target: _list(errors) for target, errors in self.drift.items()},
            "rounding": [],
            "problems": list(self.problems),
        }
        for number, (target, agreement) in enumerate(self.agreement.items()):
            for word, value in agreement.record().items():
                found[_named(word, number, target)] = value
        for number, (target, errors) in enumerate(self.rounding.items()):
            found[_named("rounding", number, target)] = _list(errors)
        return found

    @property
    def passed(self) -> bool:
        """All targets trained alike, and by the rule."""
        by_rule = all(error <= EXACT for error in self.rule.values())
        alike = not any(agreement.divergence for agreement in self.agreement.values())
        return bool(self.agreement) and by_rule and alike and not self.problems


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
    first: Divergence | None = None
    lost: tuple[str, ...] = ()
    """The layers of which rounding in float32 leaves nothing."""

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
    origin: Origin
    layers: tuple[str, ...]
    parameters: int
    targets: dict[str, TargetProof]
    skipped: dict[str, str]
    vacuous: bool = False
    seconds: float = 0.0
    peak: int = 0
    gradients: Gradients | None = None
    steps: Steps | None = None

    @property
    def passed(self) -> bool:
        """Some target was proven, none failed, the output depends on the input and float32 holds
        every layer."""
        proven = bool(self.targets) and all(t.passed for t in self.targets.values())
        trained = all(part is None or part.passed for part in (self.gradients, self.steps))
        return proven and trained and not self.vacuous and not self.lost

    @property
    def lost(self) -> tuple[str, ...]:
        """The layers of which float32 keeps nothing, whoever computes them."""
        every = {name for target in self.targets.values() for name in target.lost}
        return tuple(name for name in self.layers if name in every)

    def __str__(self) -> str:
        from archc.proof import terminal

        return terminal.text(self)

    def __repr__(self) -> str:
        verdict = "proven" if self.passed else "not proven"
        return f"<Proof of {self.name} on {', '.join(self.targets)}: {verdict}>"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"

    @property
    def first(self) -> Divergence | None:
        """The first divergence of all: at inference before in training."""
        inference = [t.first for t in self.targets.values() if t.first]
        inference.sort(key=lambda first: self.layers.index(first.layer))
        return next(iter(inference), self.gradients.first if self.gradients else None)

    def record(self) -> dict[str, Any]:
        """The verdict as plain values: the JSON contract."""
        return {
            "spec": self.spec,
            "name": self.name,
            "origin": self.origin.record(),
            "passed": self.passed,
            "parameters": self.parameters,
            "vacuous": self.vacuous,
            "lost_in_float32": list(self.lost),
            "targets": {name: _target(name, proof) for name, proof in self.targets.items()},
            "skipped": self.skipped,
            "seconds": round(self.seconds, 2),
            "peak_bytes": self.peak,
        } | {
            name: part.record()
            for name, part in (("gradients", self.gradients), ("steps", self.steps))
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
        record["worst"] = {"layer": worst, "scaled_error": _number(proof.local64.layers[worst])}
        record["layers"] = _numbers(proof.local64)
        record["accumulated"] = _numbers(proof.whole64)
        record["limits"] = proof.local64.limits
        record["accumulated_limits"] = proof.whole64.limits
    if proof.local32 and proof.whole32:
        worst = proof.local32.worst
        record[TARGETS[name].single or "float32"] = {
            "passed": not (proof.local32.failed or proof.whole32.failed),
            "worst": {"layer": worst, "units": _number(proof.local32.layers[worst])},
            "layers": _numbers(proof.local32),
            "accumulated": _numbers(proof.whole32),
        }
    return record


def _numbers(errors: Errors) -> dict[str, float | None]:
    return {name: _number(error) for name, error in errors.layers.items()}


def _list(errors: tuple[float, ...]) -> list[float | None]:
    return [_number(error) for error in errors]


def _number(error: float) -> float | None:
    """JSON has no NaN and no infinity."""
    return error if abs(error) < float("inf") else None
