"""The registry: every operation of the language, under the `type` that a spec gives."""

from archc.ops.activations import ACTIVATIONS
from archc.ops.add import Add
from archc.ops.base import Op
from archc.ops.batch_norm import BatchNorm
from archc.ops.concat import Concat
from archc.ops.conv2d import Conv2d
from archc.ops.dense import Dense
from archc.ops.dropout import Dropout
from archc.ops.flatten import Flatten
from archc.ops.lrn import Lrn
from archc.ops.pooling import AvgPool, MaxPool
from archc.ops.rbf import Rbf
from archc.ops.subsample import Subsample

OPS: dict[str, type[Op]] = {
    "conv2d": Conv2d,
    "max_pool": MaxPool,
    "avg_pool": AvgPool,
    "subsample": Subsample,
    "dense": Dense,
    "rbf": Rbf,
    "flatten": Flatten,
    "dropout": Dropout,
    "lrn": Lrn,
    "batch_norm": BatchNorm,
    "add": Add,
    "concat": Concat,
    **ACTIVATIONS,
}
