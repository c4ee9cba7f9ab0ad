"""How time grows with depth: specs of 1,000 to 10,000 layers, read, tabulated and compiled.

Time per layer, relative to the smallest network: for a linear compiler it is 1 at every size. Held
to at most 1.5 at the largest. Least times, in one process.

    python bench/scale.py
"""

import gc
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import archc

T = TypeVar("T")

SIZES = (1_000, 2_500, 5_000, 10_000)
MOST = 1.5
ROUNDS = 3
TARGETS = ("torch", "keras", "onnx")

HEAD = """\
archc: 1
name: Deep
input: {channels: 4, height: 8, width: 8}
layers:
"""
CONVOLUTION = "{type: conv2d, filters: 4, kernel: 3, padding: 1, activation: relu}"
CHAIN = (
    CONVOLUTION,
    "{type: lrn, size: 3, k: 2, alpha: 1e-4, beta: 0.75, over: sum}",
    "{type: max_pool, kernel: 3, stride: 1, padding: 1}",
    "{type: conv2d, filters: 4, kernel: 3, padding: 1, groups: 2, init: {bias: 1}}",
    "{type: relu}",
)


def chain(size: int) -> str:
    """Convolutions, normalisations, pools and activations, one after the other."""
    return HEAD + "".join(f"  - layer{i:05}: {CHAIN[i % len(CHAIN)]}\n" for i in range(size))


def residual(size: int) -> str:
    """Blocks of two convolutions with a shortcut: every third layer adds two branches."""
    layers = [f"  - layer00000: {CONVOLUTION}\n"]
    for i in range(1, size):
        read = f"{{type: add, from: [layer{i - 1:05}, layer{i - 3:05}]}}"
        layers.append(f"  - layer{i:05}: {CONVOLUTION if i % 3 else read}\n")
    return HEAD + "".join(layers)


def wide(size: int) -> str:
    """One layer that all others but the last read, and a last one that reads all of those."""
    names = [f"layer{i:05}" for i in range(size - 1)]
    layers = [f"  - {name}: {CONVOLUTION[:-1]}, from: {names[0]}}}\n" for name in names[1:]]
    first = f"  - {names[0]}: {CONVOLUTION}\n"
    last = f"  - layer{size - 1:05}: {{type: concat, from: [{', '.join(names[1:])}]}}\n"
    return HEAD + first + "".join(layers) + last


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What `work` returns, and its seconds."""
    gc.collect()
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def measured(text: str) -> Iterator[tuple[str, float]]:
    """(stage, seconds) of one spec, stage by stage."""
    network, taken = timed(lambda: archc.parse(text))
    yield "parse", taken
    summary = network.summary()
    yield "record", timed(summary.record)[1]
    yield "csv", timed(lambda: summary.text("csv"))[1]
    for target in TARGETS:
        yield target, timed(partial(network.compile, target))[1]


def main() -> int:
    """Print the times per layer; 1 if the bound is broken."""
    kinds = {"chain": chain, "residual": residual, "wide": wide}
    texts = {(kind, size): build(size) for kind, build in kinds.items() for size in SIZES}
    best: dict[tuple[str, str, int], float] = {}
    for _ in range(ROUNDS):
        for (kind, size), text in texts.items():
            for stage, taken in measured(text):
                key = (kind, stage, size)
                best[key] = min(best.get(key, float("inf")), taken / size)
    print(f"{'time per layer':<20}" + "".join(f"{size:>10,}" for size in SIZES))
    broken = False
    for kind, stage in dict.fromkeys((kind, stage) for kind, stage, _ in best):
        ratios = [best[kind, stage, size] / best[kind, stage, SIZES[0]] for size in SIZES]
        broken |= ratios[-1] > MOST
        mark = f"  BROKEN: at most {MOST}" if ratios[-1] > MOST else ""
        print(f"{kind + ', ' + stage:<20}" + "".join(f"{r:>10.2f}" for r in ratios) + mark)
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
