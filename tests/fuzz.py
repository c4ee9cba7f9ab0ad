"""The properties of tests/support/properties.py, and the proof of random networks, for as long as asked.

    python tests/fuzz.py --minutes 30

Each round has a seed of its own, which is printed with a failure: `--seed` begins there again.
"""

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis.strategies import SearchStrategy
from support.networks import specs
from support.properties import PROPERTIES

import archc
from archc.proof.verify import backends, verify

EXAMPLES = 250
NETWORKS = 30


def tried(
    check: Callable[[Any], None], strategy: SearchStrategy[Any], number: int, most: int = EXAMPLES
) -> int:
    """Run a property on new examples; how many there were. Raises what the property raises."""
    seen = Counter[str]()

    def counted(value: Any) -> None:
        seen["all"] += 1
        check(value)

    run = settings(
        max_examples=most,
        database=None,
        deadline=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
    )(seed(number)(given(strategy)(counted)))
    run()
    return seen["all"]


def proven(number: int) -> int:
    """Prove random networks on one of Keras's backends; how many there were."""
    texts: set[str] = set()
    tried(lambda text: texts.add(text), specs(), number, NETWORKS)
    backend = backends()[number % len(backends())]
    nets = [archc.parse(text, f"random{i}.yaml") for i, text in enumerate(sorted(texts))]
    proofs = verify([net.compiled for net in nets], backend=backend)
    for text, proof in zip(sorted(texts), proofs, strict=True):
        equal = all(target.passed for target in proof.targets.values())
        assert equal, f"{backend}\n{text}\n{proof.record()}"
    return len(nets)


def main() -> int:
    """Rounds until the time is over; 1 if any failed."""
    arguments = argparse.ArgumentParser(description="Fuzz archc.")
    arguments.add_argument("--minutes", type=float, default=30.0)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    options = arguments.parse_args()
    end = time.monotonic() + 60 * options.minutes
    done: Counter[str] = Counter()
    failures = 0
    for number in count(options.seed):
        rounds = {name: (lambda p=p: tried(*p, number)) for name, p in PROPERTIES.items()}
        rounds["proven"] = lambda: proven(number)
        for name, run in rounds.items():
            try:
                done[name] += run()
            except Exception:
                failures += 1
                print(f"seed {number}, {name}:")
                traceback.print_exc(file=sys.stdout)
        print(f"seed {number}: {dict(done)}, {failures} failures", flush=True)
        if time.monotonic() > end:
            return int(failures > 0)
    return 1


if __name__ == "__main__":
    sys.exit(main())
