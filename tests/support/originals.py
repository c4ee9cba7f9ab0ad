"""Somebody's models, run once, and compared with several specs."""

from pathlib import Path
from shutil import copytree

import archc
from archc.proof import preparation, reference_run
from archc.proof.original.given import Given
from archc.proof.original.result import OriginalProof

SPEC = """
archc: 1
name: Net
input: {channels: 3, height: 12, width: 10}
layers:
  - conv1: {type: conv2d, filters: 8, kernel: 3, padding: 1}
  - bn1: {type: batch_norm, epsilon: 1e-5, momentum: 0.9, activation: relu}
  - pool1: {type: max_pool, kernel: 2, stride: 2}
  - conv2: {type: conv2d, filters: 16, kernel: 3, padding: 1, activation: relu}
  - conv3: {type: conv2d, filters: 16, kernel: 3, padding: 1, activation: relu}
  - sum: {type: add, from: [conv2, conv3]}
  - mean: {type: avg_pool, kernel: 2, stride: 2}
  - flat: {type: flatten}
  - drop: {type: dropout, rate: 0.5}
  - head: {type: dense, units: 10}
"""
TORCH = '''
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.classifier = nn.Linear(16 * 3 * 2, 10)  # registered first, used last
        self.stem = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.MaxPool2d(2)
        )
        self.second = nn.Conv2d(16, 16, 3, padding=1)
        self.first = nn.Conv2d(8, 16, 3, padding=1)

    def forward(self, x):
        x = self.stem(x)
        x = self.first(x).relu_()
        x = x + F.relu(self.second(x))
        x = F.avg_pool2d(x, 2)
        return {"logits": self.classifier(F.dropout(x.flatten(1), 0.5, self.training))}


def make():
    torch.manual_seed(0)
    net = Net()
    net.stem[1].running_mean.uniform_(-1, 1)
    net.stem[1].running_var.uniform_(0.01, 0.02)
    return net


def slow():
    import time

    time.sleep(99)


def wrong():
    raise KeyError("no such checkpoint")


def words():
    return "a model"


class Stubborn(Net):
    """Only runs in float32."""

    def forward(self, x):
        x = F.conv2d(x, torch.eye(3)[:, :, None, None])
        return super().forward(x)


def stubborn():
    torch.manual_seed(0)
    return Stubborn()
'''
KERAS = """
import keras
from keras import layers


def make():
    keras.utils.set_random_seed(1)
    x = inputs = keras.Input((12, 10, 3))
    x = layers.Conv2D(8, 3, padding="same")(x)
    x = layers.BatchNormalization(epsilon=1e-5)(x)
    x = layers.ReLU()(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    block = keras.Sequential([layers.Conv2D(16, 3, padding="same"), layers.Activation("relu")], name="block")
    x = layers.add([x, block(x)])
    x = layers.AveragePooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.5)(x)
    return keras.Model(inputs, layers.Dense(10)(x))
"""


class Model:
    """A model of somebody's, which runs once."""

    def __init__(self, against: str, folder: Path) -> None:
        self.against, self.folder = against, folder
        ready = Given(against=against).checked(archc.parse(SPEC).graph)
        network = archc.parse(SPEC, "net.yaml").compiled
        job = preparation.job_of(network, {}, folder / "first", {})
        job.prepare({})
        ready.run(job, 0, None, 120, 8 * 2**30)
        self.trace, self.source = ready.trace, ready.source

    def compared(self, text: str, number: int) -> OriginalProof:
        """The comparison with a spec; `number` names its folder."""
        network = archc.parse(text, "net.yaml").compiled
        job = preparation.job_of(network, {}, self.folder / str(number), {})
        job.prepare({})
        copytree(self.folder / "first" / "original", job.folder / "original")
        ready = Given(against=self.against).checked(network.graph)
        ready.take(self.trace, job)
        reference_run.run(network.graph, job, 0, lambda: None, lambda _: None, ready.weights)
        found = ready.original(job)
        assert found
        return found
