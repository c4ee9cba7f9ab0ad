"""What a proof found in training, as data: gradients, and steps of a recipe."""

from dataclasses import asdict, dataclass, field
from typing import Any

from archc.proof.job import Recipe
from archc.proof.layer_errors import (
    EXACT,
    Divergence,
    Errors,
    largest,
    number,
    numbers,
    series,
    within,
)


def _named(word: str, position: int, target: str) -> str:
    """The key of what is said of a comparison with the baseline: all but the first name the target."""
    return f"{target} {word}" if position else word


@dataclass(frozen=True)
class Gradients:
    """What the targets compute in training mode, without dropout's noise."""

    values: dict[str, Errors]
    """By target: each layer's output and running statistics, against the reference's."""
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
        for position, target in enumerate(self.agreement):
            for word, errors in (("agree", self.agreement), ("agree, whole", self.whole)):
                comparison = f"gradients {word}"
                name = _named(comparison, position, target)
                found.append((name, f"{self.baseline}, {target}", comparison, errors[target]))
        return [row for row in found if row[-1].layers]

    @property
    def comparisons(self) -> dict[str, Errors]:
        """All comparisons by their names."""
        return {name: errors for name, *_, errors in self.rows}

    def record(self) -> dict[str, Any]:
        """The gradients' verdict as plain values."""
        comparisons = {
            name: {"limit": max(errors.limits.values()), "layers": numbers(errors)}
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
        worst = {name: largest(errors) for name, errors in self.errors.items()}
        return max(worst.items(), key=lambda item: (item[1] != item[1], item[1]))

    @property
    def divergence(self) -> tuple[str, int] | None:
        """(tensor, step) of the first step after which one differs."""
        for step, limit in enumerate(self.limits):
            for name, errors in self.errors.items():
                if not within(errors[step], limit):
                    return name, step
        return None

    def record(self) -> dict[str, Any]:
        """The agreement as plain values."""
        found: dict[str, Any] = {
            "limits": series(self.limits),
            "agreement": {name: series(errors) for name, errors in self.errors.items()},
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
            "rule": {target: number(error) for target, error in self.rule.items()},
            "float32": {target: series(errors) for target, errors in self.drift.items()},
            "rounding": [],
            "problems": list(self.problems),
        }
        for position, (target, agreement) in enumerate(self.agreement.items()):
            for word, value in agreement.record().items():
                found[_named(word, position, target)] = value
        for position, (target, errors) in enumerate(self.rounding.items()):
            found[_named("rounding", position, target)] = series(errors)
        return found

    @property
    def passed(self) -> bool:
        """All targets trained alike, and by the rule."""
        by_rule = all(error <= EXACT for error in self.rule.values())
        alike = not any(agreement.divergence for agreement in self.agreement.values())
        return bool(self.agreement) and by_rule and alike and not self.problems
