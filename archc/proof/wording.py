"""A proof in rows and sentences: what the terminal and a report say of it alike."""

from collections.abc import Iterator, Sequence
from math import log10

from archc.errors import count, quoted
from archc.proof.layer_errors import STORED32, Divergence, Errors
from archc.proof.result import Proof, TargetProof
from archc.targets import TARGETS

HEADINGS = ("target", "comparison", "worst layer", "error", "limit", "verdict")
SIDES = ("left", "left", "left", "right", "right", "left")
BARS = "▁▂▃▄▅▆▇█"


def rows(proof: Proof) -> list[tuple[str, ...]]:
    """Every comparison by its worst layer, under HEADINGS."""
    found = [
        (runner(name, comparison), comparison, errors)
        for name, target in proof.targets.items()
        for comparison, errors in target.comparisons.items()
    ]
    if proof.gradients:
        found += [row[1:] for row in proof.gradients.rows]
    if proof.original:
        found.append((proof.original.source, proof.original.comparison, proof.original.errors))
    if proof.samples:
        found.append((proof.samples.source, proof.samples.comparison, proof.samples.errors))
    return [_row(*parts) for parts in found if parts[-1].layers]


def runner(target: str, comparison: str) -> str:
    """What runs a target's file in a comparison: the target, or its other program for float32."""
    return (TARGETS[target].single if "32" in comparison else "") or target


def _row(target: str, comparison: str, errors: Errors) -> tuple[str, ...]:
    worst = errors.worst
    return (
        target,
        comparison,
        worst,
        amount(comparison, errors.layers[worst]),
        amount(comparison, errors.limits[worst]),
        "differs" if errors.failed else "equal",
    )


def amount(comparison: str, error: float) -> str:
    """An error or limit: in units of u where float32 is compared layer by layer, else scaled."""
    return f"{error:.3g} u" if comparison == "float32" else f"{error:.1e}"


def of_targets(proof: Proof) -> Iterator[str]:
    """Versions, counts, cost and problems of each target."""
    for name, target in proof.targets.items():
        yield from _of_target(name, target, proof)


def _of_target(name: str, target: TargetProof, proof: Proof) -> Iterator[str]:
    versions = ", ".join(f"{package} {version}" for package, version in target.versions.items())
    counted = _counted(target.parameters, proof.fixed)
    peak = f"{target.peak / 2**30:.1f} GiB" if target.peak else "unknown memory"
    yield f"{name}: {versions or 'not started'}; {counted}; {target.seconds:.1f} s, {peak}"
    for problem in target.problems:
        yield f"  {problem}"
    for reason in dict.fromkeys(target.stored32.values()):
        layers = quoted(layer for layer, own in target.stored32.items() if own == reason)
        yield f"  {layers}: {reason}; the float64 limit is {STORED32:.0e}"


def _counted(stored: int | None, fixed: int) -> str:
    """How many numbers a target stores, as it counts them itself; frameworks differ in which of them
    they call parameters."""
    if stored is None:
        return "no count"
    if not 0 < fixed <= stored:
        return count(stored, "parameter")
    return f"{count(stored - fixed, 'parameter')} and {count(fixed, 'buffer')}"


def of_original(proof: Proof) -> Iterator[str]:
    """How much of the user's own model could be told apart, and what its samples came to."""
    original, samples = proof.original, proof.samples
    if original:
        versions = ", ".join(f"{name} {version}" for name, version in original.versions.items())
        layers = len(proof.layers)
        yield (
            f"{original.source}: {versions}; {original.steps} steps; "
            f"{len(original.errors.layers)} of {layers} layers told apart"
        )
        if original.untold:
            yield f"  computed together with others: {quoted(original.untold, 5)}"
        if original.single:
            yield "  it only runs in float32: compared at the limit of float32"
    if samples:
        place = "" if samples.first is None else f"; the first that differs is {samples.first}"
        yield f"{samples.source}: {samples.count} samples{place}"


def of_gradients(proof: Proof) -> Iterator[str]:
    """Known differences, and problems."""
    if proof.gradients is None:
        return
    for target, words in proof.gradients.known.items():
        yield f"{target}: {words}"
    yield from proof.gradients.problems


def of_training(proof: Proof) -> Iterator[str]:
    """Which targets are not trained, and what a single one cannot show."""
    if proof.gradients is None and proof.steps is None:
        return
    trainable = [name for name, target in TARGETS.items() if target.trains]
    for name in proof.targets:
        if name not in trainable:
            yield f"{name}: skipped in training (inference-only graph)"
    trained = [name for name in trainable if name in proof.targets]
    others = " or ".join(name for name in trainable if name not in trained)
    if not trained:
        yield f"no target was trained: that takes {others}"
    elif len(trained) < 2:
        yield f"only {trained[0]} was trained: its steps and all of its gradients need {others} to compare"


def of_steps(proof: Proof) -> Iterator[str]:
    """The recipe, how far apart the targets end, and the drift of float32 as a curve."""
    steps = proof.steps
    if steps is None:
        return
    recipe = steps.recipe
    source = "the spec" if recipe.published else "a stand-in, as the spec has none"
    yield (
        f"{recipe.steps} steps of sgd ({source}): "
        f"learning rate {recipe.learning_rate:g}, momentum {recipe.momentum:g}, weight decay "
        f"{recipe.weight_decay:g}, {recipe.loss.replace('_', ' ')}, batches of {steps.batch}"
    )
    yield from (f"  {problem}" for problem in steps.problems)
    for target, agreement in steps.agreement.items():
        what, error = agreement.worst
        yield (
            f"  {steps.baseline} and {target}: {error:.1e} apart at most, at {what}; "
            f"limit {max(agreement.limits):.0e}"
        )
    for target, error in steps.rule.items():
        yield f"  {target}: {error:.1e} from the rule of the 2012 paper"
    for target, drift in steps.drift.items():
        yield f"  {target} in float32 drifts from {drift[1]:.0e} to {drift[-1]:.0e}  {curve(drift)}"
    for target, errors in steps.rounding.items():
        if any(errors):
            cost = f"{errors[-1]:.0e} after the last step"
            yield f"  {target}: rounding these numbers to float32 costs {cost}"
    for target, agreement in steps.agreement.items():
        if agreement.divergence:
            what, number = agreement.divergence
            yield f"  first difference of {steps.baseline} and {target}: {what} after step {number}"


def curve(errors: Sequence[float]) -> str:
    """Errors after each step on a logarithmic scale, a character each."""
    logs = [log10(error) if 0 < error < float("inf") else None for error in errors[1:]]
    known = [value for value in logs if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    span = (high - low) or 1.0
    return "".join(" " if v is None else BARS[round((v - low) / span * 7)] for v in logs)


def of_divergence(first: Divergence) -> str:
    """Where the first layer differs, and by how much."""
    error, limit = amount(first.comparison, first.error), amount(first.comparison, first.limit)
    return (
        f"first difference: '{first.layer}' on {first.target}, its {first.quantity} "
        f"({first.comparison}, {first.what}): {error} against a limit of {limit}"
    )


SAMPLES = ("at", "expected", "found", "difference")
SAMPLE_SIDES = ("left", "right", "right", "right")


def samples(first: Divergence) -> list[tuple[str, ...]]:
    """Values of a divergence, furthest apart first, under SAMPLES."""
    return [
        (str(list(index)), f"{expected:.17g}", f"{found:.17g}", f"{found - expected:.1e}")
        for index, expected, found in first.samples
    ]


def of_network(proof: Proof) -> Iterator[str]:
    """Why the network itself cannot be proven, whatever the targets do."""
    if proof.not_finite:
        yield f"beyond float64: '{proof.not_finite}' has values that are not finite, on sampled inputs"
    if proof.vacuous:
        yield "vacuous: the output does not depend on the input"
    for name in proof.below_float32:
        yield f"below float32 resolution: rounding leaves nothing of '{name}' on any target"


def verdict(proof: Proof) -> str:
    """What was proven or was not, in a line; the network's name is not part of it."""
    if proof.passed:
        words = f"{count(len(proof.targets), 'target')} equal to the reference in every layer"
    else:
        words = f"NOT proven: {', '.join(_failed(proof)) or 'nothing was compared'}"
    return f"{words} ({proof.seconds:.1f} s, {proof.peak / 2**30:.1f} GiB at the peak)"


def _failed(proof: Proof) -> Iterator[str]:
    yield from (name for name, target in proof.targets.items() if not target.passed)
    if proof.gradients and not proof.gradients.passed:
        yield "gradients"
    if proof.steps and not proof.steps.passed:
        yield "training steps"
    if proof.original and not proof.original.passed:
        yield proof.original.source
    if proof.samples and not proof.samples.passed:
        yield proof.samples.source
    if proof.vacuous:
        yield "vacuous"
    if proof.below_float32:
        yield "below float32 resolution"
