"""Random networks through all targets, as many as asked; a failing one is shrunk and printed.

    python tests/fuzz_targets.py --cases 10000

A round of networks has a seed of its own, which is printed with a failure: `--seed` begins there.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from support.random_proofs import Signature, described, failure, proven, random_specs, shrunken
from support.stream import Stream

from archc.proof.verify import backends

ROUND = 250
SHRUNK = 5
"""Failures of different kinds that are shrunk; more are only counted."""


class Fuzz:
    """One run: what was proven, and which failures were seen."""

    def __init__(self, stream: Stream, cases: int) -> None:
        self.stream, self.cases = stream, cases
        self.seen: set[str] = set()
        self.vacuous = self.below_float32 = self.failures = 0
        self.kinds: set[Signature] = set()

    def round(self, number: int, texts: list[str]) -> None:
        """Prove the networks of a seed that are new."""
        new = [text for text in texts if text not in self.seen][: self.cases - len(self.seen)]
        known: dict[str, Signature | None] = dict.fromkeys(texts)
        for text, proof in proven(self.stream, new):
            self.seen.add(text)
            self.vacuous += proof.vacuous
            self.below_float32 += bool(proof.below_float32)
            known[text] = failure(text, proof)
        for found in filter(None, known.values()):
            self.failures += 1
            if found not in self.kinds and len(self.kinds) < SHRUNK:
                self.kinds.add(found)
                self.show(number, shrunken(self.stream, number, ROUND, found, known.copy()))

    def show(self, number: int, text: str) -> None:
        path = Path(tempfile.mkdtemp(prefix="archc-fuzz-")) / "smallest.yaml"
        path.write_text(text)
        ((_, proof),) = proven(self.stream, [text])
        print(f"\nseed {number}:\n{described(text, proof, str(path))}\n", flush=True)


def main() -> int:
    """Rounds until enough networks were proven; 1 if any failed."""
    arguments = argparse.ArgumentParser(description="Fuzz archc's targets.")
    arguments.add_argument("--cases", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    arguments.add_argument("--backend", choices=backends(), default="tensorflow")
    options = arguments.parse_args()
    number, began = options.seed, time.monotonic()
    # Specs are made in a process of their own while others are proven.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawn) as maker, Stream(backend=options.backend) as stream:
        fuzz = Fuzz(stream, options.cases)
        ahead: Future[list[str]] = maker.submit(random_specs, number, ROUND)
        while len(fuzz.seen) < options.cases:
            texts, ahead = ahead.result(), maker.submit(random_specs, number + 1, ROUND)
            fuzz.round(number, texts)
            each = (time.monotonic() - began) / len(fuzz.seen)
            print(
                f"seed {number}: {len(fuzz.seen):,} networks, {fuzz.failures} called wrong, "
                f"{fuzz.vacuous} vacuous, {fuzz.below_float32} below float32 resolution, {each:.3f} s each",
                flush=True,
            )
            number += 1
        ahead.cancel()
    return int(fuzz.failures > 0)


if __name__ == "__main__":
    sys.exit(main())
