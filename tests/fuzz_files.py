"""Broken files of every format that archc reads from others, as many as asked for.

    python tests/fuzz_files.py --cases 3000 --seed 7

Each ends in success or in one short error; what does not is kept beside the message.
"""

import argparse
import sys
import tempfile
import time
import traceback
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random

from support.broken_files import mutants, tried, valid
from support.warm_readers import WarmReaders

from archc.weights import importing, limits

SECONDS = 5.0
"""How long a library may be at a file: enough for all of these."""


def main() -> int:
    """Try so many files; 1 if any ended in anything else than success or an error."""
    arguments = argparse.ArgumentParser(description="Fuzz archc with broken files.")
    arguments.add_argument("--cases", type=int, default=3000)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    options = arguments.parse_args()
    readers = WarmReaders()
    importing.start, limits.SECONDS = readers, SECONDS
    counts: Counter[str] = Counter()
    failures, slowest = 0, 0.0
    with tempfile.TemporaryDirectory(prefix="archc-fuzz-") as name:
        folder = Path(name)
        broken = mutants(valid(folder), folder, Random(options.seed))
        for number, path in enumerate(islice(broken, options.cases)):
            began = time.monotonic()
            try:
                said = tried(path, folder / "out.safetensors")
                counts[f"{path.name.partition('.')[2]}: {'refused' if said else 'taken'}"] += 1
            except Exception:
                failures += 1
                kept = Path(tempfile.gettempdir()) / f"archc-{options.seed}-{number}-{path.name}"
                kept.write_bytes(path.read_bytes())
                print(f"seed {options.seed}, case {number}, kept as {kept}:")
                traceback.print_exc(file=sys.stdout)
            slowest = max(slowest, time.monotonic() - began)
    readers.stop()
    print(f"seed {options.seed}: {dict(sorted(counts.items()))}")
    print(f"{failures} failures; the slowest took {slowest:.1f} s")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
