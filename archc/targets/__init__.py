"""The targets, by the name that `--target` takes."""

from archc.targets.base import Target
from archc.targets.keras.target import Keras
from archc.targets.onnx.target import Onnx
from archc.targets.torch.target import Torch

TARGETS: dict[str, Target] = {target.name: target for target in (Torch(), Keras(), Onnx())}


def backends() -> tuple[str, ...]:
    """What the files of any target can run on, the usual one first."""
    return tuple(dict.fromkeys(name for target in TARGETS.values() for name in target.backends))
