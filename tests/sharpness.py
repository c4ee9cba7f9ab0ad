"""How sharp the proof is: single faults, which are all to be caught, and correct networks, none of
which is to be called wrong.

    python tests/sharpness.py
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from support.faults import NETWORKS, SMALL, Fault, faults
from support.random_proofs import described, failure, proven, random_specs
from support.stream import Stream

import archc
from archc.api import Network
from archc.proof.job import full
from archc.proof.result import Proof
from archc.proof.verify import verify
from archc.tables.terminal import render_table

CORRECT = 300
SEED = 4000


@dataclass(frozen=True)
class Outcome:
    """What the proof said of a fault: the first layer that differs, or what went wrong instead."""

    fault: Fault
    caught: bool
    layer: str
    comparison: str
    ratio: float
    """Error over limit."""


@cache
def compiled() -> dict[str, Network]:
    """The networks that faults are planted in."""
    return {
        name: archc.parse(text, f"{name}.yaml")
        for name, text in {**NETWORKS, "small": SMALL}.items()
    }


def found(stream: Stream, planted: Sequence[Fault]) -> Iterator[Outcome]:
    """The outcome of each fault; those of generated files first."""
    texts = [fault for fault in planted if fault.text and not fault.quantity]
    cases = ((compiled()[f.network].compiled, {f.target: _wrong(f)}) for f in texts)
    for fault, proof in zip(texts, stream.prove(cases), strict=True):
        yield _outcome(fault, proof)
    for fault in planted:
        if fault.quantity:
            yield _in_training(fault)
        if fault.plant:
            with fault.plant():
                (proof,) = stream.prove([(compiled()[fault.network].compiled, {})])
            yield _outcome(fault, proof)


def _in_training(fault: Fault) -> Outcome:
    """A fault that inference must not show, or the table would claim too much."""
    (proof,) = verify(
        [compiled()[fault.network].compiled],
        targets=["torch", "keras"],
        sources=[{fault.target: _wrong(fault)}],
        with_gradients=fault.quantity != "steps",
        train_steps=3 if fault.quantity == "steps" else 0,
    )
    if proof.steps:
        caught = all(t.passed for t in proof.targets.values()) and not proof.steps.passed
        return Outcome(fault, caught and not proof.passed, "", "training steps", 0.0)
    first = proof.first
    if first is None or not all(target.passed for target in proof.targets.values()):
        return Outcome(fault, False, "", "not only in training", 0.0)
    caught = (first.target, first.quantity) == (fault.target, fault.quantity)
    return Outcome(
        fault, caught and not proof.passed, first.layer, first.comparison, first.error / first.limit
    )


@cache
def _generated(network: str, target: str) -> str:
    return compiled()[network].compile(target)


def _wrong(fault: Fault) -> str:
    text = _generated(fault.network, fault.target)
    assert fault.text and fault.text[0] in text, fault
    return text.replace(*fault.text, 1)


def _outcome(fault: Fault, proof: Proof) -> Outcome:
    target = proof.targets[fault.target]
    first = target.first
    if first is None:
        return Outcome(fault, not target.passed, "", "; ".join(target.problems)[:60], 0.0)
    ratio = first.error / first.limit
    return Outcome(fault, not target.passed, first.layer, first.comparison, ratio)


def table(outcomes: Sequence[Outcome]) -> str:
    """Each fault on a line."""
    rows = [
        (
            o.fault.target,
            o.fault.kind,
            _shown(o.fault),
            "caught" if o.caught else "NOT CAUGHT",
            o.layer or "-",
            o.comparison,
            f"{o.ratio:.1e}" if o.ratio else "-",
        )
        for o in outcomes
    ]
    headings = ("target", "kind", "fault", "verdict", "layer", "by", "error/limit")
    return render_table("Planted faults", headings, rows, ("left",) * 6 + ("right",))


def _shown(fault: Fault) -> str:
    words = " -> ".join(" ".join(t.split())[:30] for t in fault.text) if fault.text else ""
    return words or fault.place


def main() -> int:
    """The table and the two counts; 1 if a fault is missed or a correct network called wrong."""
    arguments = argparse.ArgumentParser(description="Plant faults; prove correct networks.")
    arguments.add_argument("--correct", type=int, default=CORRECT)
    count = arguments.parse_args().correct
    outcomes: list[Outcome] = []
    for target in ("torch", "keras", "onnx"):
        with Stream([target], passes=full()) as stream:
            outcomes += found(stream, [f for f in faults() if f.target == target])
    print(table(outcomes))
    caught = sum(outcome.caught for outcome in outcomes)
    kinds = {outcome.fault.kind for outcome in outcomes}
    print(f"{caught} of {len(outcomes)} faults of {len(kinds)} kinds are caught")
    wrong = vacuous = 0
    with Stream(passes=full()) as stream:
        for text, proof in proven(stream, random_specs(SEED, count + count // 5)[:count]):
            vacuous += proof.vacuous
            if failure(text, proof):
                wrong += 1
                print(described(text, proof, "spec.yaml"))
    print(f"{wrong} of {count} random correct networks are called wrong; {vacuous} are vacuous")
    return int(caught < len(outcomes) or wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
