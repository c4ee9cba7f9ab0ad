"""What running a model step by step leaves: its values, what made them, and its weights.

trace.json        the steps, in the order in which they ran
values/<i>.npy    value i, the batch first and maps channels first
weights/<i>.npy   weight i, in the layout of its framework
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import Field, TypeAdapter

Array = npt.NDArray[Any]
MOST = 100_000
"""Steps, values and weights of a model."""


@dataclass(frozen=True)
class Call:
    """One step of a model."""

    name: str
    """The module, layer or node that made it: `layer1.0.conv1`."""
    kind: str
    """What its framework calls it: `conv2d`, `ReLU`."""
    inputs: tuple[int, ...]
    weights: tuple[str, ...]
    value: int


@dataclass(frozen=True)
class Held:
    """One weight: its layer, and its name there as files of the framework have it."""

    name: str
    module: str
    leaf: str


@dataclass(frozen=True)
class Trace:
    """One run of a model."""

    target: str
    versions: dict[str, str]
    calls: Annotated[tuple[Call, ...], Field(max_length=MOST)]
    output: int
    weights: Annotated[tuple[Held, ...], Field(max_length=MOST)]
    """In the order in which they are used."""
    single: bool = False
    """Whether it only runs in float32."""
    channels_last: bool = False
    """Whether maps are flattened in the order H, W, C."""

    def value(self, folder: Path, number: int) -> Array:
        """One value, read from disk as it is used."""
        found: Array = np.load(folder / "values" / f"{number}.npy", "r", allow_pickle=False)
        return found

    def weight(self, folder: Path, number: int) -> Array:
        """One weight."""
        found: Array = np.load(folder / "weights" / f"{number}.npy", allow_pickle=False)
        return found

    def write(self, folder: Path) -> None:
        """Write what is not an array."""
        (folder / "trace.json").write_text(json.dumps(asdict(self)))


def read(folder: Path) -> Trace:
    """A trace from its folder. Raises ValueError if it is not one."""
    return TypeAdapter(Trace).validate_json((folder / "trace.json").read_bytes())


def _key(tensor: Any) -> Any:
    """What a tensor is known by: its name, or the object itself."""
    return tensor if isinstance(tensor, str) else id(tensor)


@dataclass
class Recorder:
    """Writes the values of a model as it runs, in batches one after another."""

    folder: Path

    def __post_init__(self) -> None:
        self.calls: list[Call] = []
        self.weights: list[Held] = []
        self._count = self._batches = 0
        self._kept: list[Any] = []
        self._numbers: dict[Any, int] = {}
        for part in ("values", "weights"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)

    def begin(self, x: Any, array: Array) -> None:
        """Begin a batch with the input of the model, which is value 0."""
        self._batches += 1
        self._count = 0
        self._kept.clear()
        self._numbers.clear()
        self.calls.clear()
        self.value(x, array)

    def value(self, tensor: Any, array: Array) -> int:
        """Store what a tensor of the framework holds now, and return its number."""
        number = self._count
        self._count += 1
        path = self.folder / "values" / f"{number}.npy"
        if self._batches > 1:
            array = np.concatenate([np.load(path), array])
        np.save(path, array)
        self._kept.append(tensor)  # or another may get its address
        self._numbers[_key(tensor)] = number
        return number

    def number(self, tensor: Any) -> int | None:
        """The number of what a tensor holds, if it is known."""
        return self._numbers.get(_key(tensor))

    def step(
        self,
        name: str,
        kind: str,
        read: Iterable[Any],
        weights: Iterable[str],
        tensor: Any,
        array: Array,
    ) -> None:
        """Record a step: what was read, and the tensor that it made."""
        numbers = dict.fromkeys(n for n in map(self.number, read) if n is not None)
        self.calls.append(
            Call(name, kind, tuple(numbers), tuple(weights), self.value(tensor, array))
        )

    def keep(self, weights: Mapping[str, tuple[str, str, Callable[[], Array]]]) -> None:
        """Store the model's weights, (module, leaf, numbers) by name, in the order in which they are
        used; those that no step used come last."""
        used = [name for call in self.calls for name in call.weights if name in weights]
        for number, name in enumerate(dict.fromkeys([*used, *weights])):
            module, leaf, read = weights[name]
            np.save(self.folder / "weights" / f"{number}.npy", read())
            self.weights.append(Held(name, module, leaf))
