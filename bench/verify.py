"""How long `archc verify` takes for AlexNet, relative to the slowest framework by itself.

A framework by itself: a fresh process that imports it, builds the generated AlexNet and runs one
batch of two in float64. `archc verify` runs all three, each in float64 and float32, whole and layer
by layer, and the definition too. It is held to at most twice the slowest, and to 8 GiB of memory
for all its processes together. Least times of interleaved fresh processes.

    python bench/verify.py
"""

import json
import sys
import tempfile
from pathlib import Path

from fresh import environment, seconds

MOST = 2.0
MOST_BYTES = 8 * 2**30
ROUNDS = 3
LIMIT = 150  # seconds for one process
VERIFY = ["-m", "archc", "verify", "specs/alexnet.yaml", "--format", "json", "--timeout", "120"]

TORCH = """
import torch
from generated.alexnet_torch import AlexNet

with torch.no_grad():
    AlexNet().double().eval()(torch.randn(2, 3, 227, 227, dtype=torch.float64))
"""
KERAS = """
import keras
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
from generated.alexnet_keras import alexnet

alexnet()(keras.random.normal((2, 227, 227, 3)), training=False)
"""
ONNX = """
import numpy as np
from archc.proof.frameworks.onnx_ops import LRN
from generated.alexnet_onnx import alexnet, initial_weights
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

model = alexnet(initial_weights())
for stored in model.graph.initializer:
    if stored.name.endswith(("weight", "bias")):
        wide = numpy_helper.to_array(stored).astype(np.float64)
        stored.CopyFrom(numpy_helper.from_array(wide, stored.name))
images = np.random.default_rng(0).standard_normal((2, 3, 227, 227))
(output,) = ReferenceEvaluator(model, new_ops=[LRN]).run(None, {"input": images})
assert output.dtype == np.float64
"""
FRAMEWORKS = {"torch": ["-c", TORCH], "keras": ["-c", KERAS], "onnx": ["-c", ONNX]}


def measure(folder: Path) -> tuple[dict[str, float], int]:
    """The least seconds of each contestant, and the most memory that a proof held, in bytes."""
    surroundings = environment(str(folder / "bytecode")) | {"KERAS_BACKEND": "tensorflow"}
    best = dict.fromkeys([*FRAMEWORKS, "verify"], float("inf"))
    peak = 0
    for number in range(ROUNDS + 1):
        taken = {n: seconds(code, surroundings, limit=LIMIT) for n, code in FRAMEWORKS.items()}
        with (folder / "proof.json").open("w+") as output:
            taken["verify"] = seconds(VERIFY, surroundings, limit=LIMIT, output=output)
            output.seek(0)
            peak = max(peak, json.load(output)["peak_bytes"])
        if number:  # round 0 compiles bytecode and fills caches
            best = {name: min(best[name], taken[name]) for name in best}
    return best, peak


def main() -> int:
    """Print the ratios; 1 if a bound is broken."""
    with tempfile.TemporaryDirectory(prefix="archc-bench-") as folder:
        best, peak = measure(Path(folder))
    slowest = max(best[name] for name in FRAMEWORKS)
    print("AlexNet, relative to the slowest framework")
    for name, taken in best.items():
        bad = name == "verify" and taken > MOST * slowest
        bound = f"  at most {MOST:g}{': BROKEN' if bad else ''}" if name == "verify" else ""
        print(f"  {name:<20}{taken / slowest:>6.2f}{bound}")
    heavy = peak > MOST_BYTES
    limit = f"at most {MOST_BYTES / 2**30:g}{': BROKEN' if heavy else ''}"
    print(f"  {'peak memory, GiB':<20}{peak / 2**30:>6.2f}  {limit}")
    return int(heavy or best["verify"] > MOST * slowest)


if __name__ == "__main__":
    sys.exit(main())
