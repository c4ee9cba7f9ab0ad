"""Random networks through all targets: what each case shows, and the smallest case that shows it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings

import archc
from archc.errors import ArchcError
from archc.proof.result import Proof
from support.networks import spec_text, specs
from support.stream import Stream

Signature = tuple[str, str]
"""(target, operation that first differs or what the worker said) of a failure."""


class Failed(Exception):
    """What Hypothesis shrinks."""


def random_specs(number: int, count: int) -> list[str]:
    """Distinct random specs of a seed, at most `count`."""
    found: dict[str, None] = {}
    _hypothesis(number, count, (Phase.generate,), lambda text: found.setdefault(text))
    return [*found]


def _hypothesis(
    number: int, count: int, phases: Sequence[Phase], check: Callable[[str], object]
) -> None:
    def run(text: str) -> None:
        check(text)

    settings(
        max_examples=count,
        phases=phases,
        database=None,
        deadline=None,
        derandomize=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )(seed(number)(given(specs(with_defaults=True))(run)))()


def proven(stream: Stream, texts: Sequence[str]) -> Iterator[tuple[str, Proof]]:
    """Each spec with its verdict."""
    cases = ((archc.parse(text, "random.yaml").compiled, {}) for text in texts)
    return zip(texts, stream.prove(cases), strict=True)


def failure(text: str, proof: Proof) -> Signature | None:
    """What is wrong with the targets; a network that ignores its input is no fault of theirs."""
    for name, target in proof.targets.items():
        if target.first:
            nodes = {node.name: node for node in archc.parse(text).graph.nodes}
            return name, nodes[target.first.layer].op.type
        if not target.passed:
            return name, target.problems[0].partition(":")[0]
    return ("all", "refused") if not proof.targets or proof.skipped else None


def shrunken(
    stream: Stream, number: int, count: int, wanted: Signature, known: dict[str, Signature | None]
) -> str:
    """The smallest spec with this failure; `known` are the cases of the seed, already proven."""
    smallest = next(text for text, found in known.items() if found == wanted)

    def fails(text: str) -> bool:
        if text not in known:
            ((_, proof),) = proven(stream, [text])
            known[text] = failure(text, proof)
        return known[text] == wanted

    def check(text: str) -> None:
        nonlocal smallest
        if fails(text):
            smallest = text
            raise Failed

    with suppress(Failed):
        _hypothesis(number, count, (Phase.generate, Phase.shrink), check)
    return _bare(smallest, fails)


def _bare(text: str, fails: Callable[[str], bool]) -> str:
    """The same spec without the fields that the failure does not need."""
    spec = yaml.safe_load(text)
    layers = [fields for layer in spec["layers"] for fields in layer.values()]
    for place in (spec, *layers):
        own = {**place}
        for field in sorted(own.keys() - {"type", "layers"}):
            place.clear()
            place |= {name: value for name, value in own.items() if name != field}
            smaller = spec_text(**spec)
            with suppress(ArchcError):
                if archc.parse(smaller) and fails(smaller):
                    text, own = smaller, {**place}
        place.clear()
        place |= own
    return text


def described(text: str, proof: Proof, path: str) -> str:
    """A failing spec with the first divergence of each target and how to see it again."""
    lines = [text.rstrip()]
    for name, target in proof.targets.items():
        if target.passed:
            continue
        lines += [f"{name}: {problem}" for problem in target.problems[:3]]
        if first := target.first:
            lines.append(
                f"{name}: '{first.layer}' ({first.comparison}) {first.error:.1e} "
                f"against a limit of {first.limit:.1e}"
            )
    failed = [f"--target {name}" for name, target in proof.targets.items() if not target.passed]
    lines += [f"{name}: {why}" for name, why in proof.skipped.items()]
    return "\n".join([*lines, " ".join(["archc verify", path, *failed])])
