"""What one proof's folder holds: the contract between the parent and its workers.

job.json               names, and how each target loads the weights
weights.safetensors    canonical weights, float32
values/<i>.npy         the reference's value i, float64: 0 is the input, then layer by layer;
                       all but 0 may come after the workers have begun, then values/complete
<target>/<pass>/<i>.npy   a target's output of layer i, channels first; a pass is one of PASSES

In training, where asked:

weights_of_gradients.safetensors  canonical weights to differentiate at, float32
weights_of_steps.safetensors      canonical weights to begin steps with, float32
lessons/<name>.npy            training inputs: sampled values and cotangents, float64
<target>/lessons/<name>.npy   a target's outputs, statistics and gradients, each by its name
<target>/steps/<run>/<k>.npz  what is stored after k steps, folded (folding.py)
"""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import safe_open

from archc.proof.beginnings import Beginning
from archc.targets import TARGETS
from archc.weights import placement
from archc.weights.placement import Placement

LOCAL64, WHOLE64, LOCAL32, WHOLE32 = "local64", "whole64", "local32", "whole32"
EXACT, WRITTEN, SINGLE = "exact", "written", "float32"
RUNS = (EXACT, WRITTEN, SINGLE)
"""Training in float64 with numbers that float32 holds, with those of the spec, and in float32."""
PASSES = (LOCAL64, WHOLE64, LOCAL32, WHOLE32)
Passes = Mapping[str, tuple[str, ...]]
"""Which passes each target makes; one that makes a local pass makes the whole one too."""


def full() -> Passes:
    """Every pass of every target."""
    return dict.fromkeys(TARGETS, PASSES)


@dataclass(frozen=True)
class Step:
    """One layer: its name and the numbers of the values that it takes as inputs."""

    name: str
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class Output:
    """How a layer's output is found in a running file: what it is called there (`Statement.value`),
    the lines of the statement that makes it, and how many statements the layer has."""

    value: str
    first: int
    last: int
    statements: int


@dataclass(frozen=True)
class Recipe:
    """Steps of stochastic gradient descent; `probabilities`: the output is a softmax already."""

    steps: int
    loss: str
    probabilities: bool
    learning_rate: float
    momentum: float
    weight_decay: float
    published: bool
    """Whether the spec says so; it is a stand-in otherwise."""


@dataclass(frozen=True)
class Job:
    """One network to be run by every target."""

    folder: Path
    class_name: str
    function_name: str
    steps: tuple[Step, ...]
    placements: tuple[Placement, ...]
    passes: Passes
    outputs: Mapping[str, tuple[Output, ...]]
    """By target, layer after layer."""
    dropouts: tuple[tuple[str, float], ...] = ()
    """(layer, rate) of each dropout: its noise is not compared, so its rate is read."""
    momenta: tuple[tuple[str, float], ...] = ()
    """(layer, momentum) of each batch normalisation, for targets that do not train."""
    beginnings: tuple[Beginning, ...] = ()
    """How each weight that is trained or moved begins."""
    gradients: bool = False
    recipe: Recipe | None = None

    @property
    def weights(self) -> Path:
        return self.folder / "weights.safetensors"

    @property
    def weights_of_gradients(self) -> Path:
        return self.folder / "weights_of_gradients.safetensors"

    @property
    def weights_of_steps(self) -> Path:
        return self.folder / "weights_of_steps.safetensors"

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

    def layer_output(self, target: str, phase: str, number: int) -> Path:
        return self.folder / target / phase / f"{number}.npy"

    def training_input(self, name: str) -> Path:
        """What the parent sampled for training."""
        return self.folder / "lessons" / f"{name}.npy"

    def training_output(self, target: str, name: str) -> Path:
        """What a target makes of it: an output, statistics or a gradient."""
        return self.folder / target / "lessons" / f"{name}.npy"

    def training_step(self, target: str, run: str, number: int) -> Path:
        """What a target stores after so many steps, folded."""
        return self.folder / target / "steps" / run / f"{number}.npz"

    def prepare(self, sources: Mapping[str, str]) -> None:
        """Make the folders, and write job.json and the generated files, by target."""
        parts = ["values"] + ["lessons"] * (self.gradients or self.recipe is not None)
        for target in sources:
            inner = [*self.passes[target], *["lessons"] * self.gradients]
            inner += [f"steps/{run}" for run in RUNS if self.recipe]
            parts += [f"{target}/{part}" for part in inner]
        for part in parts:
            (self.folder / part).mkdir(parents=True)
        for target, text in sources.items():
            self.source(target).write_text(text)
        record = asdict(self) | {
            "folder": str(self.folder),
            "placements": [place.record() for place in self.placements],
        }
        (self.folder / "job.json").write_text(json.dumps(record))

    @classmethod
    def load(cls, folder: Path) -> "Job":
        record = json.loads((folder / "job.json").read_text())
        return cls(
            folder=folder,
            class_name=record["class_name"],
            function_name=record["function_name"],
            steps=tuple(Step(s["name"], tuple(s["inputs"])) for s in record["steps"]),
            placements=tuple(placement.read(p) for p in record["placements"]),
            passes={target: tuple(passes) for target, passes in record["passes"].items()},
            outputs={
                target: tuple(Output(**output) for output in outputs)
                for target, outputs in record["outputs"].items()
            },
            dropouts=tuple((name, rate) for name, rate in record["dropouts"]),
            momenta=tuple((name, momentum) for name, momentum in record["momenta"]),
            beginnings=tuple(
                Beginning(b["name"], b["kind"], tuple(b["scales"])) for b in record["beginnings"]
            ),
            gradients=record["gradients"],
            recipe=Recipe(**record["recipe"]) if record["recipe"] else None,
        )


def weight_in(file: Path, name: str) -> npt.NDArray[np.float32]:
    """One canonical weight of a file."""
    with safe_open(file, "numpy") as weights:
        found: npt.NDArray[np.float32] = weights.get_tensor(name)
    return found
