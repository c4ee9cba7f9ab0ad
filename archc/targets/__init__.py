"""The targets, by the name that `--target` takes."""

from archc.targets.base import Target
from archc.targets.keras import Keras
from archc.targets.onnx import Onnx
from archc.targets.torch import Torch

TARGETS: dict[str, Target] = {target.name: target for target in (Torch(), Keras(), Onnx())}
