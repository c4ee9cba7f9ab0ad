"""How long `archc summary` takes from a cold start, relative to what it cannot do without.

Against bench/bare.py, a process of the same parts (Typer, pydantic, PyYAML, Rich): at most 1.3
times. Against torchinfo, which imports torch and builds and runs the generated AlexNet: at least
ten times faster. Least times of interleaved fresh processes.

    python bench/summary.py
"""

import sys
import tempfile
from collections.abc import Mapping

from fresh import environment, seconds

SPEC = "specs/alexnet.yaml"
MOST_OF_BARE = 1.3
LEAST_OF_TORCHINFO = 10.0
LIMIT = 120  # seconds for one process

TORCHINFO = """
import torchinfo
from generated.alexnet_torch import AlexNet
print(torchinfo.summary(AlexNet(), (1, 3, 227, 227)))
"""
CONTESTANTS = {  # name: (arguments of Python, rounds)
    "archc": (["-m", "archc", "summary", SPEC], 15),
    "bare": (["bench/bare.py", SPEC], 15),
    "torchinfo": (["-c", TORCHINFO], 4),
}


def measure(environment: Mapping[str, str]) -> dict[str, float]:
    """The least time of each contestant; round 0 compiles bytecode and fills caches."""
    best = dict.fromkeys(CONTESTANTS, float("inf"))
    for number in range(max(rounds for _, rounds in CONTESTANTS.values()) + 1):
        for name, (arguments, rounds) in CONTESTANTS.items():
            if number <= rounds:
                taken = seconds(arguments, environment, limit=LIMIT)
                best[name] = min(best[name], taken) if number else best[name]
    return best


def main() -> int:
    """Print the ratios; 1 if a bound is broken."""
    with tempfile.TemporaryDirectory(prefix="archc-bench-") as folder:
        best = measure(environment(folder))
    of_bare = best["archc"] / best["bare"]
    of_torchinfo = best["torchinfo"] / best["archc"]
    rows = [
        ("archc / bare", of_bare, f"at most {MOST_OF_BARE}", of_bare <= MOST_OF_BARE),
        (
            "torchinfo / archc",
            of_torchinfo,
            f"at least {LEAST_OF_TORCHINFO:g}",
            of_torchinfo >= LEAST_OF_TORCHINFO,
        ),
    ]
    print(f"{'cold summary of AlexNet':<26}{'ratio':>8}  bound")
    for name, ratio, bound, good in rows:
        print(f"{name:<26}{ratio:>8.2f}  {bound}{'' if good else ': BROKEN'}")
    return 0 if all(good for *_, good in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
