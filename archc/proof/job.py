"""What one proof's folder holds: the contract between the parent and its workers.

job.json               names, and how each target loads the weights
weights.safetensors    canonical weights, float32
values/<i>.npy         the definition's value i, float64: 0 is the input, then layer by layer;
                       all but 0 may come after the workers have begun, then values/complete
<target>/<pass>/<i>.npy   what a target answers, channels first; a pass is one of PASSES
"""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

LOCAL64, WHOLE64, LOCAL32, WHOLE32 = "local64", "whole64", "local32", "whole32"
PASSES = (LOCAL64, WHOLE64, LOCAL32, WHOLE32)
Passes = Mapping[str, tuple[str, ...]]
"""Which passes each target makes; one that makes a local pass makes the whole one too."""
FULL: Passes = dict.fromkeys(("torch", "keras", "onnx"), PASSES)
# float64 decides; ONNX Runtime, which has none, at least runs every network once.
QUICK: Passes = {**dict.fromkeys(FULL, (LOCAL64, WHOLE64)), "onnx": (LOCAL64, WHOLE64, WHOLE32)}


@dataclass(frozen=True)
class Step:
    """One layer: its name and the numbers of the values that it reads."""

    name: str
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class Placement:
    """Where a canonical weight goes: its name in PyTorch's state; in Keras, layer, variable, and as
    targets/keras.py has it the layout and the shape that it permutes. A `given` one is part of the
    generated code, which must hold it before anything is loaded."""

    name: str
    trainable: bool
    given: bool
    state: str
    layer: str
    variable: str
    layout: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Job:
    """One network to be run by every target."""

    folder: Path
    class_name: str
    function_name: str
    steps: tuple[Step, ...]
    placements: tuple[Placement, ...]
    passes: Passes

    @property
    def weights(self) -> Path:
        return self.folder / "weights.safetensors"

    def value(self, number: int) -> Path:
        return self.folder / "values" / f"{number}.npy"

    def complete(self) -> None:
        """Tell the workers that all values are written."""
        (self.folder / "values" / "complete").touch()

    def await_values(self) -> None:
        """Wait for that; the parent bounds the time."""
        while not (self.folder / "values" / "complete").exists():
            time.sleep(0.005)

    def source(self, target: str) -> Path:
        """The generated file."""
        return self.folder / f"network_{target}.py"

    def answer(self, target: str, phase: str, number: int) -> Path:
        return self.folder / target / phase / f"{number}.npy"

    def prepare(self, targets: tuple[str, ...]) -> None:
        """Make the folders and write job.json."""
        (self.folder / "values").mkdir(parents=True)
        for target in targets:
            for phase in self.passes[target]:
                (self.folder / target / phase).mkdir(parents=True)
        record = asdict(self) | {"folder": str(self.folder)}
        (self.folder / "job.json").write_text(json.dumps(record))

    @classmethod
    def load(cls, folder: Path) -> "Job":
        record = json.loads((folder / "job.json").read_text())
        return cls(
            folder=folder,
            class_name=record["class_name"],
            function_name=record["function_name"],
            steps=tuple(Step(s["name"], tuple(s["inputs"])) for s in record["steps"]),
            placements=tuple(Placement(**p) for p in record["placements"]),
            passes={target: tuple(passes) for target, passes in record["passes"].items()},
        )
