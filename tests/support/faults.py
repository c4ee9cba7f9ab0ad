"""Networks with every operation, and single faults to plant in their generated files or in archc."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

import archc
from archc.targets import TARGETS
from support.cases import CASES, Fields
from support.planting import operation_fault, placement_fault, template_fault

BRANCHES = """
archc: 1
name: Two branches
input: {channels: 4, height: 12, width: 9}
layers:
  - stem: {type: conv2d, filters: 6, kernel: 3, stride: [2, 1], padding: {bottom: 1, left: 2}, activation: relu}
  - norm: {type: lrn, size: 3, k: 1, alpha: 0.3, beta: 0.75, over: sum}
  - left: {type: conv2d, filters: 6, kernel: 3, padding: same, groups: 2, activation: tanh}
  - deep: {type: conv2d, filters: 12, kernel: [1, 3], padding: same_lower, groups: 6, activation: sigmoid, from: norm}
  - right: {type: conv2d, filters: 6, kernel: 2, padding: {top: 1, left: 2}, dilation: [1, 2], bias: false, from: deep}
  - sum: {type: add, from: [left, right, norm], activation: scaled_tanh}
  - small: {type: avg_pool, kernel: 3, stride: 1, padding: 1}
  - large: {type: max_pool, kernel: 3, stride: 1, padding: same_upper, from: sum}
  - both: {type: concat, from: [small, large]}
  - mean: {type: avg_pool, kernel: 2, stride: 2, ceil_mode: true, count_padding: true, padding: {top: 1}}
  - top: {type: max_pool, kernel: [2, 3], padding: [1, 0], ceil_mode: true, activation: relu}
  - flat: {type: flatten}
  - drop: {type: dropout, rate: 0.25}
  - hidden: {type: dense, units: 5, activation: {scaled_tanh: {amplitude: 2, slope: 0.5}}}
  - act: {type: sigmoid}
  - last: {type: dense, units: 3, bias: false, activation: softmax}
"""

STORED = """
archc: 1
name: Stored numbers
input: {channels: 3, height: 13, width: 10}
defaults:
  conv2d: {init: {weight: lecun_uniform}}
layers:
  - table:
      type: conv2d
      filters: 4
      kernel: [3, 2]
      stride: [2, 1]
      padding: {bottom: 1, left: 2}
      activation: {leaky_relu: {slope: 0.1}}
      connections: |
        X X . X
        . X . X
        . X X .
  - norm: {type: batch_norm, epsilon: 1e-3, momentum: 0.9, activation: {gelu: {form: tanh}}}
  - sub: {type: subsample, kernel: [2, 3], stride: [1, 3], activation: scaled_tanh}
  - spread:
      type: conv2d
      filters: 3
      kernel: 2
      padding: 1
      dilation: [1, 2]
      bias: false
      activation: {gelu: {form: exact}}
      connections: |
        XXX
        .XX
        X..
        ..X
  - curve: {type: gelu, form: exact}
  - bend: {type: gelu, form: tanh}
  - leak: {type: leaky_relu, slope: 0.3}
  - flat: {type: flatten}
  - hidden: {type: dense, units: 6, activation: {gelu: {form: tanh}}}
  - stats: {type: batch_norm, epsilon: 1e-5, momentum: 0.5, activation: {leaky_relu: {slope: 0.2}}}
  - codes:
      type: rbf
      codes: |
        X.  .X  XX
        XX  ..  .X
        .X  X.  ..

        ..  XX
        .X  .X
        XX  ..
"""
SMALL = """
archc: 1
name: Small
input: {channels: 2, height: 7, width: 6}
layers:
  - conv: {type: conv2d, filters: 3, kernel: 3, activation: relu}
  - norm: {type: batch_norm, epsilon: 1e-3, momentum: 0.875}
  - flat: {type: flatten}
  - drop: {type: dropout, rate: 0.25}
  - fc: {type: dense, units: 4}
train:
  source: "a test"
  loss: cross_entropy
  optimizer: {type: sgd, learning_rate: 0.01, momentum: 0.9, weight_decay: 5e-4}
"""

NETWORKS = {"branches": BRANCHES, "stored": STORED}
"""Together, every operation."""

# (target, kind, what the generated file says, what it says instead, layer that must be named; None
# where the fault shows in the framework's own count or refusal)
Row = tuple[str, str, str, str, str | None]
IN_BRANCHES: list[Row] = [
    ("torch", "dropout rate", "nn.Dropout(p=0.25)", "nn.Dropout(p=0.75)", None),
    ("keras", "dropout rate", "layers.Dropout(0.25,", "layers.Dropout(0.75,", None),
    ("onnx", "dropout rate", "drop_rate = {0.25}", "drop_rate = {0.75}", None),
    ("torch", "dropout missing", "nn.Dropout(p=0.25)", "nn.Identity()", None),
    ("keras", "dropout missing", "layers.Dropout(0.25, name", "layers.Identity(name", None),
    ("onnx", "dropout missing", "Dropout (flat, drop_rate)", "Identity (flat)", None),
    ("torch", "padding size", "kernel_size=3, stride=(2, 1)", "kernel_size=3, stride=(2, 1), padding=(1, 0)", "stem"),
    ("torch", "padding side", "F.pad(x, (2, 0, 0, 1))", "F.pad(x, (0, 2, 0, 1))", "stem"),
    ("torch", "padding side", "F.pad(x, (2, 0, 0, 1))", "F.pad(x, (2, 0, 1, 0))", "stem"),
    ("torch", "LRN's alpha", "alpha=3 * 0.3", "alpha=0.3", "norm"),
    ("torch", "LRN's alpha", "alpha=3 * 0.3", "alpha=0.9000001", "norm"),
    ("torch", "LRN's k", "k=1.0", "k=2.0", "norm"),
    ("torch", "LRN's beta", "beta=0.75", "beta=0.7500001", "norm"),
    ("torch", "dropped bias", "padding=1, groups=2", "padding=1, groups=2, bias=False", None),
    ("torch", "padding mode", "padding=1, groups=2", "padding=1, padding_mode='reflect', groups=2", "left"),
    ("torch", "activation", "torch.tanh(self.left(norm))", "torch.sigmoid(self.left(norm))", "left"),
    ("torch", "dropped bias", "self.left(norm)", "self.left(norm) - self.left.bias[:, None, None]", "left"),
    ("torch", "dropped input", "left + right + norm", "left + right", "sum"),
    ("torch", "padding counted in averages", "count_include_pad=False", "count_include_pad=True", "small"),
    ("torch", "zeros in max-pool padding", "self.large(sum)", "self.large(F.pad(sum, (1, 1, 1, 1)))[..., 1:-1, 1:-1]", "large"),
    ("torch", "concatenation order", "[small, large]", "[large, small]", "both"),
    ("torch", "padding counted in averages", "F.pad(inside, self.padding)", "F.pad(inside, self.padding, value=1.0)", "mean"),
    ("torch", "leaking ReLU", "F.relu(self.top(x))", "F.leaky_relu(self.top(x) - 1, 1e-3)", "top"),
    ("torch", "flatten order", "self.flat(x)", "self.flat(x.transpose(2, 3))", "flat"),
    ("torch", "dropout", "self.drop(x)", "F.threshold(self.drop(x), 0.3, 0.0)", "drop"),
    ("torch", "activation's constant", "2.0, 0.5)", "2.0, 0.5000001)", "hidden"),
    ("torch", "tiny offset", "= torch.sigmoid(x)", "= torch.sigmoid(x) + 1e-9", "act"),
    ("torch", "softmax axis", "F.softmax(self.last(x), dim=1)", "F.softmax(self.last(x), dim=0)", "last"),
    ("torch", "tiny offset", "return x\n\n    @torch", "return x + 1e-9\n\n    @torch", None),
    ("torch", "fixed batch", "x = self.flat(x)", "x = x.reshape(2, -1)", None),
    ("torch", "clipped ReLU", "F.relu(self.stem(", "F.relu6(self.stem(", "stem"),
    ("keras", "fixed batch", "keras.Input((12, 9, 4),", "keras.Input(batch_shape=(2, 12, 9, 4),", None),
    ("onnx", "fixed batch", "float[N, 4, 12, 9] input) => (float[N, 3]", "float[2, 4, 12, 9] input) => (float[2, 3]", None),
    ("keras", "extra layer", "name=\"act\")(x)", "name=\"act\")(layers.Activation(\"linear\", name=\"zzz\")(x))", None),
    ("onnx", "stated shape", "float[N, 3] last)", "float[N, 99] last)", None),
    ("onnx", "extra number", "float drop_rate", "float[3] spare = {1.0, 2.0, 3.0}, float drop_rate", None),
    ("keras", "padding side", "((0, 1), (2, 0))", "((1, 0), (2, 0))", "stem"),
    ("keras", "stride", "strides=(2, 1), activation", "strides=(2, 2), activation", None),
    ("keras", "LRN's alpha", "alpha=0.3", "alpha=0.30001", "norm"),
    ("keras", "LRN's alpha", "alpha=0.3", "alpha=0.1", "norm"),
    ("keras", "LRN's window", "distance <= self.size // 2", "distance < self.size // 2", "norm"),
    ("keras", "LRN's squares", "ops.square(x)", "ops.abs(x)", "norm"),
    ("keras", "group order", "convolve(x, part) for x, part in groups", "convolve(x, part) for x, part in reversed([*groups])", "left"),
    ("keras", "activation", "activation=\"tanh\", name=\"left\"", "activation=\"relu\", name=\"left\"", "left"),
    ("keras", "bias added", "use_bias=False, name=\"right\"", "name=\"right\"", None),
    ("keras", "swapped axes", "dilation_rate=(1, 2)", "dilation_rate=(2, 1)", None),
    ("keras", "activation's constant", "self.amplitude * ops.tanh", "1.71 * ops.tanh", "sum"),
    ("keras", "layer's name", "padding=\"same\", name=\"large\"", "padding=\"same\", name=\"large2\"", None),
    ("keras", "concatenation order", "[small, large]", "[large, small]", "both"),
    ("keras", "padding counted in averages", "self.pool(x) / self.pool(ops.ones_like(x))", "self.pool(x)", "mean"),
    ("keras", "max-pool padding", "constant_values=float(\"-inf\")", "constant_values=9.0", "top"),
    ("keras", "flatten order", "layers.Permute((3, 1, 2)", "layers.Permute((1, 2, 3)", "flat"),
    ("keras", "flatten order", "layers.Permute((3, 1, 2)", "layers.Permute((3, 2, 1)", "flat"),
    ("keras", "tiny scale", "layers.Dropout(0.25, name=\"drop\")(x)", "layers.Rescaling(1.000001, name=\"drop\")(x)", None),
    ("keras", "activation's constant", "ScaledTanh(2.0, 0.5)", "ScaledTanh(2.0, 0.5000001)", "hidden"),
    ("keras", "activation", "activation=\"softmax\"", "activation=\"sigmoid\"", "last"),
    ("onnx", "swapped axes", "strides = [2, 1]", "strides = [1, 2]", None),
    ("onnx", "padding side", "pads = [0, 2, 1, 0]", "pads = [1, 2, 0, 0]", "stem"),
    ("onnx", "LRN's alpha", "alpha = 0.9", "alpha = 0.90001", "norm"),
    ("onnx", "LRN's alpha", "alpha = 0.9", "alpha = 0.3", "norm"),
    ("onnx", "LRN's window", "size = 3, alpha = 0.9", "size = 5, alpha = 1.5", "norm"),
    ("onnx", "dropped bias", "(norm, \"left.weight\", \"left.bias\")", "(norm, \"left.weight\")", "left"),
    ("onnx", "activation", "= Tanh (left_pre)", "= Sigmoid (left_pre)", "left"),
    ("onnx", "swapped axes", "dilations = [1, 2]", "dilations = [2, 1]", None),
    ("onnx", "dropped input", "Sum (left, right, norm)", "Sum (left, right)", "sum"),
    ("onnx", "activation's constant", "slope = double {0.6666666666666666}", "slope = double {0.66666666}", "sum"),
    ("onnx", "padding counted in averages", "count_include_pad = 0> (sum)", "count_include_pad = 1> (sum)", "small"),
    ("onnx", "concatenation order", "Concat <axis = 1> (small, large)", "Concat <axis = 1> (large, small)", "both"),
    ("onnx", "padding counted in averages", "count_include_pad = 0> (mean_padded)", "count_include_pad = 1> (mean_padded)", "mean"),
    ("onnx", "padding side", "mean_pad = {0, 0, 1, 0, 0, 0, 0, 0}", "mean_pad = {0, 0, 0, 0, 0, 0, 1, 0}", "mean"),
    ("onnx", "pool's kind", "top_pre = MaxPool", "top_pre = AveragePool", "top"),
    ("onnx", "matrix transposed", "transB = 1> (drop", "transB = 0> (drop", None),
    ("onnx", "operator", "Dropout (flat, drop_rate)", "Mul (flat, drop_rate)", None),
    ("onnx", "softmax axis", "Softmax <axis = 1>", "Softmax <axis = 0>", "last"),
    ("torch", "flipped kernel", "F.relu(self.stem(F.pad(x, (2, 0, 0, 1))))", "F.relu(F.conv2d(F.pad(x, (2, 0, 0, 1)), self.stem.weight.flip(2), self.stem.bias, (2, 1)))", "stem"),
    ("torch", "group order", "torch.tanh(self.left(norm))", "torch.tanh(self.left(norm.roll(3, 1)))", "left"),
    ("torch", "swapped axes", "dilation=(1, 2)", "dilation=(2, 1)", None),
    ("torch", "dropout active at inference", "x = self.drop(x)", "x = F.dropout(x, 0.25, training=True)", "drop"),
    ("torch", "dropped activation", "x = F.relu(self.top(x))", "x = self.top(x)", "top"),
    ("torch", "ceil mode", "padding=(1, 0), ceil_mode=True", "padding=(1, 0)", None),
    ("keras", "dropout active at inference", "layers.Dropout(0.25, name=\"drop\")(x)", "layers.Dropout(0.25, name=\"drop\")(x, training=True)", "drop"),
    ("keras", "LRN's k", "k=1.0", "k=2.0", "norm"),
    ("keras", "LRN's beta", "beta=0.75", "beta=0.7500001", "norm"),
    ("keras", "softmax axis", "activation=\"softmax\"", "activation=lambda x: keras.activations.softmax(x, axis=0)", "last"),
    ("onnx", "LRN's beta", "beta = 0.75", "beta = 0.7501", "norm"),
    ("onnx", "LRN's k", "bias = 1.0", "bias = 2.0", "norm"),
    ("onnx", "dropout active at inference", "  drop = Dropout (flat, drop_rate)", "  drop_on = Constant <value = bool {1}> ()\n  drop = Dropout (flat, drop_rate, drop_on)", "drop"),
]  # fmt: skip
# The same for the second network. Where a target keeps a number as float32, faults are above 1e-7.
IN_STORED: list[Row] = [
    ("onnx", "momentum convention", "momentum = 0.9", "momentum = 0.1", None),
    ("torch", "padding side", "F.pad(x, (2, 0, 0, 1))", "F.pad(x, (0, 2, 0, 1))", "table"),
    ("torch", "swapped axes", "stride=(2, 1)", "stride=(1, 2)", None),
    ("torch", "connection table", "XX.X\n.X.X\n.XX.", "XX.X\n.X.X\nX.X.", "table"),
    ("torch", "connection table", "XX.X\n.X.X\n.XX.", "XXXX\n.X.X\n.XX.", None),
    ("torch", "kernel order", "self.places, self.weight)", "self.places, self.weight.flip(0))", "table"),
    ("torch", "kernel order", "self.places, self.weight)", "self.places, self.weight.flip(1))", "table"),
    ("torch", "connection table transposed", "kernel.view(self.filters, self.maps, *size)", "kernel.view(self.maps, self.filters, *size).transpose(0, 1)", "table"),
    ("torch", "dropped bias", "F.conv2d(x, kernel, self.bias,", "F.conv2d(x, kernel, None,", "table"),
    ("torch", "leak's slope", "negative_slope=0.1", "negative_slope=0.1000001", "table"),
    ("torch", "epsilon", "eps=0.001", "eps=0.001001", "norm"),
    ("torch", "missing weights", "nn.BatchNorm2d(4,", "nn.BatchNorm2d(4, affine=False,", None),
    ("torch", "missing statistics", "nn.BatchNorm2d(4,", "nn.BatchNorm2d(4, track_running_stats=False,", None),
    ("torch", "swapped weights", "self.norm(x)", "F.batch_norm(x, self.norm.running_mean, self.norm.running_var, self.norm.bias, self.norm.weight, eps=0.001)", "norm"),
    ("torch", "GELU form", "self.norm(x), approximate=\"tanh\"", "self.norm(x), approximate=\"none\"", "norm"),
    ("torch", "window's size", "divisor_override=1", "divisor_override=6", "sub"),
    ("torch", "ceil mode", "divisor_override=1", "divisor_override=1, ceil_mode=True", None),
    ("torch", "swapped weights", "self.coefficient[:, None, None] * x + self.bias", "self.bias[:, None, None] * x + self.coefficient", "sub"),
    ("torch", "swapped axes", "dilation=(1, 2)", "dilation=(2, 1)", None),
    ("torch", "bias added", "            bias=False,\n", "", None),
    ("torch", "GELU form", "F.gelu(x, approximate=\"none\")", "F.gelu(x, approximate=\"tanh\")", "curve"),
    ("torch", "GELU form", "F.gelu(x, approximate=\"tanh\")", "F.gelu(x, approximate=\"none\")", "bend"),
    ("torch", "leak's slope", "negative_slope=0.3)", "negative_slope=0.300001)", "leak"),
    ("torch", "epsilon", "eps=1e-05", "eps=1.1e-05", "stats"),
    ("torch", "training at inference", "self.stats(x)", "self.stats.train()(x)", "stats"),
    ("torch", "codes", "X.  .X  XX", "X.  XX  XX", None),
    ("torch", "codes", "else -1.0", "else 0.0", None),
    ("torch", "trained codes", "self.register_buffer(\"codes\", torch.tensor(self.dots))", "self.codes = nn.Parameter(torch.tensor(self.dots))", None),
    ("torch", "distance", ".square().sum(dim=2)", ".abs().sum(dim=2)", "codes"),
    ("torch", "distance", ".square().sum(dim=2)", ".square().mean(dim=2)", "codes"),
    ("keras", "padding side", "((0, 1), (2, 0))", "((1, 0), (2, 0))", "table"),
    ("keras", "connection table", "XX.X\n.X.X\n.XX.", "XX.X\n.X.X\nX.X.", "table"),
    ("keras", "connection table", "XX.X\n.X.X\n.XX.", "XXXX\n.X.X\n.XX.", None),
    ("keras", "kernel order", "[(row, number) for row in maps]", "[(row, number) for row in reversed(maps)]", "table"),
    ("keras", "kernel order", "ops.transpose(kernel, (2, 3, 0, 1))", "ops.transpose(kernel[:, :, ::-1], (2, 3, 0, 1))", "table"),
    ("keras", "connection table transposed", "ops.transpose(kernel, (2, 3, 0, 1))", "ops.transpose(kernel, (3, 2, 0, 1))", None),
    ("keras", "dropped bias", "return x + self.bias if", "return x if", "table"),
    ("keras", "leak's slope", "LeakyReLU(0.1,", "LeakyReLU(0.100001,", "table"),
    ("keras", "epsilon", "epsilon=0.001", "epsilon=0.001001", "norm"),
    ("keras", "missing weights", "epsilon=0.001", "epsilon=0.001, center=False", None),
    ("keras", "normalised axis", "epsilon=0.001", "epsilon=0.001, axis=1", None),
    ("keras", "untrained weights", "epsilon=0.001", "epsilon=0.001, trainable=False", None),
    ("keras", "GELU form", "Activation(gelu_tanh, name=\"norm_gelu\")", "Activation(\"gelu\", name=\"norm_gelu\")", "norm"),
    ("keras", "window's size", "x = height * width *", "x = height * height *", "sub"),
    ("keras", "window's size", "x = height * width *", "x = 6.0000001 *", "sub"),
    ("keras", "swapped weights", "self.coefficient * x + self.bias", "self.bias * x + self.coefficient", "sub"),
    ("keras", "swapped axes", "dilation_rate=(1, 2)", "dilation_rate=(2, 1)", None),
    ("keras", "GELU form", "Activation(gelu, name=\"spread_gelu\")", "Activation(gelu_tanh, name=\"spread_gelu\")", "spread"),
    ("keras", "GELU form", "Activation(gelu, name=\"curve\")", "Activation(gelu_tanh, name=\"curve\")", "curve"),
    ("keras", "GELU form", "Activation(gelu_tanh, name=\"bend\")", "Activation(\"gelu\", name=\"bend\")", "bend"),
    ("keras", "leak's slope", "LeakyReLU(0.3,", "LeakyReLU(0.30001,", "leak"),
    ("keras", "GELU form", "activation=gelu_tanh, name=\"hidden\"", "activation=\"gelu\", name=\"hidden\"", "hidden"),
    ("keras", "epsilon", "epsilon=1e-05", "epsilon=1.1e-05", "stats"),
    ("keras", "codes", "X.  .X  XX", "X.  XX  XX", None),
    ("keras", "codes", "else -1.0", "else 0.0", None),
    ("keras", "trained codes", "trainable=False", "trainable=True", None),
    ("keras", "distance", "ops.sum(ops.square(", "ops.mean(ops.square(", "codes"),
    ("keras", "distance", "x[:, None] - self.codes", "x[:, None] + self.codes", "codes"),
    ("onnx", "padding side", "pads = [0, 2, 1, 0]", "pads = [1, 2, 0, 0]", "table"),
    ("onnx", "connection table", "1, 0,  1, 1,  1, 2,", "1, 1,  1, 0,  1, 2,", "table"),
    ("onnx", "connection table", "3, 0,  3, 1}", "3, 0,  3, 2}", "table"),
    ("onnx", "connection table", "3, 0,  3, 1}", "3, 0,  3, 0}", "table"),
    ("onnx", "dropped bias", "(input, table_kernel, \"table.bias\")", "(input, table_kernel)", "table"),
    ("onnx", "leak's slope", "alpha = 0.1>", "alpha = 0.100001>", "table"),
    ("onnx", "epsilon", "epsilon = 0.001", "epsilon = 0.001001", "norm"),
    ("onnx", "swapped weights", "(table, \"norm.scale\", \"norm.bias\"", "(table, \"norm.bias\", \"norm.scale\"", "norm"),
    ("onnx", "swapped weights", "\"norm.mean\", \"norm.variance\")", "\"norm.variance\", \"norm.mean\")", "norm"),
    ("onnx", "GELU form", "\"tanh\"> (norm_pre)", "\"none\"> (norm_pre)", "norm"),
    ("onnx", "window's size", "size = 6>", "size = 5>", "sub"),
    ("onnx", "ceil mode", "strides: ints = @strides>", "strides: ints = @strides, ceil_mode = 1>", None),
    ("onnx", "swapped weights", "(norm, \"sub.coefficient\", \"sub.bias\")", "(norm, \"sub.bias\", \"sub.coefficient\")", "sub"),
    ("onnx", "swapped axes", "dilations = [1, 2]", "dilations = [2, 1]", None),
    ("onnx", "GELU form", "\"none\"> (spread)", "\"tanh\"> (spread)", "curve"),
    ("onnx", "GELU form", "\"tanh\"> (curve)", "\"none\"> (curve)", "bend"),
    ("onnx", "leak's slope", "alpha = 0.3>", "alpha = 0.30001>", "leak"),
    ("onnx", "epsilon", "epsilon = 1e-05", "epsilon = 1.1e-05", "stats"),
    ("onnx", "codes", "X.  .X  XX", "X.  XX  XX", None),
    ("onnx", "codes", "else -1 for", "else 0 for", None),
    ("onnx", "distance", "Sub (rows, codes)", "Add (rows, codes)", "codes"),
    ("onnx", "distance", "ReduceSumSquare", "ReduceL2", "codes"),
]  # fmt: skip

# (target, kind, template, what it says, what it says instead, network, layer)
IN_TEMPLATES: list[tuple[str, str, str, str, str, str, str | None]] = [
    ("torch", "LRN's alpha", "lrn", '{{ op.size }} * ', "", "branches", "norm"),
    ("onnx", "LRN's alpha", "lrn", "op.alpha | times(op.size)", "op.alpha", "branches", "norm"),
    ("keras", "LRN's alpha", "lrn", 'op.over == "mean"', 'op.over == "sum"', "branches", "norm"),
    ("keras", "LRN's k", "lrn", "k={{ op.k | number }}", "k=2.0", "branches", "norm"),
    ("torch", "epsilon", "batch_norm", "eps={{ node.op.epsilon | number }}", "eps=1e-05", "stored", "norm"),
    ("keras", "epsilon", "batch_norm", "epsilon={{ op.epsilon | number }}", "epsilon=0.001", "stored", "stats"),
    ("onnx", "epsilon", "batch_norm", "epsilon = {{ op.epsilon | number }}", "epsilon = 1e-05", "stored", "norm"),
    ("keras", "flatten order", "flatten", "(3, 1, 2)", "(1, 2, 3)", "branches", "flat"),
    ("torch", "concatenation order", "concat", "values | join", "values | reverse | join", "branches", "both"),
    ("keras", "concatenation order", "concat", "values | join", "values | reverse | join", "branches", "both"),
    ("torch", "padding counted in averages", "avg_pool", "={{ node.op.count_padding }}", "=True", "branches", "small"),
    ("torch", "swapped axes", "conv2d", "win.dilation | pair", "win.dilation[::-1] | pair", "branches", None),
    ("torch", "group order", "conv2d", ", groups={{ op.groups }}", "", "branches", None),
    ("keras", "leak's slope", "activations", "op.slope | number", "0.3", "stored", "table"),
]  # fmt: skip

# (target, kind, weight, field of its Placement or its Home, what it is instead, network, layer)
IN_PLACEMENTS: list[tuple[str, str, str, str, object, str, str | None]] = [
    ("torch", "swapped weights", "norm.mean", "name", "norm.variance", "stored", "norm"),
    ("torch", "swapped weights", "sub.bias", "name", "sub.coefficient", "stored", "sub"),
    ("keras", "swapped weights", "norm.mean", "name", "norm.variance", "stored", "norm"),
    ("keras", "swapped weights", "norm.scale", "name", "norm.bias", "stored", "norm"),
    ("keras", "permutation", "stem.weight", "axes", (2, 3, 0, 1), "branches", None),
    ("keras", "permutation", "deep.weight", "axes", (2, 3, 1, 0), "branches", None),
    ("keras", "permutation", "deep.weight", "shape", (2, 6, 1, 3), "branches", None),
    ("keras", "matrix transposed", "hidden.weight", "axes", (0, 1), "branches", None),
]

# What only training shows, in SMALL: target, kind, what is said, what instead, layer, quantity.
IN_TRAINING: list[tuple[str, str, str, str, str, str]] = [
    ("torch", "momentum convention", "momentum=1 - 0.875", "momentum=0.875", "norm", "statistics"),
    ("keras", "momentum convention", "momentum=0.875", "momentum=0.125", "norm", "statistics"),
    ("torch", "gradient cut", "F.relu(self.conv(x))", "F.relu(self.conv(x)).detach() + 0 * self.conv(x)", "conv", "gradient"),
    ("torch", "gradient halved", "self.fc(x)", "self.fc(x * 1.0) * 0.5 + self.fc(x).detach() * 0.5", "fc", "gradient"),
    ("torch", "statistics never of the batch", "self.norm(x)", "F.batch_norm(x, self.norm.running_mean, "
     "self.norm.running_var, self.norm.weight, self.norm.bias, eps=0.001)", "norm", "values"),
    ("keras", "gradient cut", 'activation="relu"', "activation=lambda x: keras.ops.relu(keras.ops.stop_gradient(x)) + 0 * x", "conv", "gradient"),
]  # fmt: skip

# What only steps of training show, in SMALL: target, kind, what is said, what instead.
IN_STEPS: list[tuple[str, str, str, str]] = [
    ("torch", "not finite in training in float32", "return x\n\n    @torch", "return x * float('nan') if self.training and x.dtype == torch.float32 else x\n\n    @torch"),
    ("torch", "far off in training in float32", "return x\n\n    @torch", "return x * (1 + self.training * (1e-9 if x.dtype == torch.float64 else 99))\n\n    @torch"),
]  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One fault: how it is planted, and the layer that must be named."""

    target: str
    kind: str
    place: str
    network: str
    layer: str | None
    text: tuple[str, str] | None = None
    """What the generated file says, and what instead."""
    plant: Callable[[], AbstractContextManager[None]] | None = None
    """A fault of archc itself."""
    quantity: str = ""
    """What differs of the layer, where only training shows it; `steps` where only these do."""


def faults() -> list[Fault]:
    """All of them; those of generated files first."""
    found = [
        Fault(target, kind, "generated", network, layer, text=(before, after))
        for network, rows in (("branches", IN_BRANCHES), ("stored", IN_STORED))
        for target, kind, before, after, layer in rows
    ]
    for target, kind, before, after, layer, quantity in IN_TRAINING:
        text = (before, after)
        found.append(Fault(target, kind, "generated", "small", layer, text=text, quantity=quantity))
    for target, kind, before, after in IN_STEPS:
        text = (before, after)
        found.append(Fault(target, kind, "generated", "small", None, text=text, quantity="steps"))
    for target, kind, name, before, after, network, layer in IN_TEMPLATES:
        plant = partial(template_fault, target, f"ops/{name}.py.jinja", before, after)
        found.append(Fault(target, kind, f"template {name}", network, layer, plant=plant))
    for target, kind, weight, field, value, network, layer in IN_PLACEMENTS:
        planted = partial(placement_fault, target, weight, field, value)
        found.append(Fault(target, kind, f"place of {weight}", network, layer, plant=planted))
    for name, case in CASES.items():
        for kind, fields in case.wrong.items():
            network, layer = first_changed(name, fields)
            wrong = partial(operation_fault, name, dict(fields))
            for target in TARGETS:
                found.append(Fault(target, kind, f"definition {name}", network, layer, plant=wrong))
    return found


def first_changed(kind: str, fields: Fields) -> tuple[str, str]:
    """The network and the first layer in which these fields of an operation would be others."""
    for network, text in NETWORKS.items():
        for node in archc.parse(text).graph.nodes:
            for op in node.operations:
                if op.type == kind and op.model_copy(update=dict(fields)) != op:
                    return network, node.name
    raise AssertionError(f"no network has a layer that {fields} of {kind} would change")
