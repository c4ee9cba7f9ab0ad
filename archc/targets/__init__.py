"""The targets, by the name that `--target` takes."""

from archc.targets.base import Target
from archc.targets.keras.target import Keras
from archc.targets.onnx.target import Onnx
from archc.targets.torch.target import Torch

TARGETS: dict[str, Target] = {target.name: target for target in (Torch(), Keras(), Onnx())}
