"""The generated AlexNet against the best that hands write (bench/handwritten), on every framework.

Batches of 1 and 32; forward, and forward with backward where the framework trains. A ratio is the
median over rounds in which every contestant runs once; the generated file is held to at most 1.1
times the handwritten one. Keras has a third contestant: the handwritten file with `groups=` for its
grouped convolutions.

    python bench/generated.py [--framework torch|keras|onnx] [--backend tensorflow|jax|torch]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

from fresh import ROOT

FRAMEWORKS = ("torch", "keras", "onnx")
BACKENDS = ("tensorflow", "jax", "torch")
MOST = 1.1
ROUNDS = {1: 25, 32: 6}  # by batch
LIMIT = 300  # seconds for one framework


def measure(framework: str) -> dict[str, dict[str, float]]:
    """Each case's ratios by contestant; runs in the framework's own process."""
    # Not the root: there, `generated` would be this script.
    sys.path.append(str(ROOT / "generated"))
    from contestants import CASES, HANDWRITTEN

    found = {}
    for title, batch, runs in CASES[framework](tuple(ROUNDS)):
        taken: dict[str, list[float]] = {name: [] for name in runs}
        for number in range(ROUNDS[batch] + 1):
            # In turn forwards and backwards: no contestant always follows the same one.
            for name in list(runs)[:: -1 if number % 2 else 1]:
                began = time.perf_counter()
                runs[name]()
                taken[name].append(time.perf_counter() - began)
        # Round by round: what else the machine does then slows both sides of a ratio.
        found[f"{title}, batch {batch}"] = {
            name: statistics.median(
                own / other for own, other in zip(times[1:], taken[HANDWRITTEN][1:], strict=True)
            )
            for name, times in taken.items()
        }
    return found


def in_own_process(framework: str, backend: str) -> dict[str, dict[str, float]]:
    """`measure` in a fresh process, so that frameworks share neither memory nor threads."""
    environment = os.environ | {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, __file__, "--measure", framework]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LIMIT)
    if run.returncode:
        sys.exit(run.stderr)
    found: dict[str, dict[str, float]] = json.loads(run.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Print the ratios; 1 if the bound is broken."""
    arguments = argparse.ArgumentParser(description="Generated against handwritten AlexNet.")
    arguments.add_argument("--framework", choices=FRAMEWORKS, help="one instead of all")
    arguments.add_argument("--backend", choices=BACKENDS, default="tensorflow", help="of Keras")
    arguments.add_argument("--measure", choices=FRAMEWORKS, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return 0
    broken = False
    print(f"{'relative to handwritten':<58}{'generated':>10}{'groups=':>10}")
    for framework in [options.framework] if options.framework else FRAMEWORKS:
        title = f"keras on {options.backend}" if framework == "keras" else framework
        for case, ratios in in_own_process(framework, options.backend).items():
            bad = ratios["generated"] > MOST
            broken |= bad
            groups = f"{ratios['groups=']:>10.2f}" if "groups=" in ratios else f"{'':>10}"
            mark = f"  BROKEN: at most {MOST}" if bad else ""
            print(f"{title + ', ' + case:<58}{ratios['generated']:>10.2f}{groups}{mark}")
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
