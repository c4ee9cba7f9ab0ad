"""What a generated file shows of each declaration of a target, and the fields that show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Shown:
    """`fields` of a layer of which a declaration is true, and would not be without the field; `sign`
    is what the file then holds and otherwise does not; `options` are those of `compile`."""

    sign: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


# (target, operations, field) → one for each declaration, in the order in which they are declared.
_SHOWN: dict[tuple[str, str, str], list[Shown]] = {
    ("torch", "conv2d max_pool avg_pool subsample dense batch_norm add", "activation"): [
        Shown("torch.tanh(", {"activation": "tanh"})
    ],
    ("torch", "conv2d", "init"): [
        Shown(),
        Shown("-2.5 / 36, 2.5 / 36)", {"kernel": 3, "init": {"weight": {"fan_in_uniform": 2.5}}}),
        Shown(
            "self.a.fan_in.sqrt()",
            {"connections": "XX\n.X\nX.\nX.", "filters": 2, "init": {"weight": "lecun_uniform"}},
        ),
    ],
    ("torch", "subsample", "init"): [
        Shown(),
        Shown("std=0.5)", {"kernel": 2, "init": {"coefficient": "lecun_normal"}}),
    ],
    ("torch", "dense", "init"): [
        Shown(),
        Shown("-2.5 / 216, 2.5 / 216)", {"init": {"weight": {"fan_in_uniform": 2.5}}}),
    ],
    ("torch", "batch_norm", "init"): [Shown()],
    ("torch", "conv2d", "padding"): [
        Shown("padding=1", {"kernel": 3, "stride": 1, "padding": "same"}),
        Shown("F.pad(", {"padding": {"top": 1}}),
    ],
    ("torch", "conv2d", "connections"): [
        Shown(
            "class ConnectedConv2d(",
            {"connections": "XX\n.X\nX.\nX.", "filters": 2, "init": {"weight": "he_normal"}},
        )
    ],
    ("torch", "max_pool", "padding"): [
        Shown("padding=1", {"kernel": 3, "stride": 1, "padding": "same"}),
        Shown('value=float("-inf")', {"padding": {"top": 1}}),
    ],
    ("torch", "max_pool", "ceil_mode"): [
        Shown("F.pad(x, (0, 0, 2, 1)", {"padding": {"top": 2}, "stride": 2, "ceil_mode": True})
    ],
    ("torch", "avg_pool", "padding"): [
        Shown("padding=1", {"kernel": 3, "stride": 1, "padding": "same"}),
        Shown("class AveragePool(", {"padding": {"top": 1}}),
    ],
    ("torch", "avg_pool", "ceil_mode"): [
        Shown("padding=(0, 0, 2, 1)", {"padding": {"top": 2}, "stride": 2, "ceil_mode": True})
    ],
    ("torch", "avg_pool", "count_padding"): [
        Shown("self.a(F.pad(", {"padding": {"top": 1}, "count_padding": True})
    ],
    ("torch", "subsample", "type"): [Shown("class Subsample(")],
    ("torch", "rbf", "type"): [Shown("class RadialBasis(")],
    ("torch", "rbf", "codes"): [Shown("A_CODES")],
    ("torch", "batch_norm", "type"): [Shown()],
    ("torch", "batch_norm", "momentum"): [Shown("momentum=1 - 0.875", {"momentum": 0.875})],
    ("torch", "lrn", "over"): [Shown("alpha=3 * 0.5", {"size": 3, "alpha": 0.5, "over": "sum"})],
    ("torch", "scaled_tanh", "type"): [Shown("def scaled_tanh(")],
    ("keras", "conv2d", "stride"): [
        Shown("layers.MaxPooling2D(1, strides=2", {"stride": 2, "dilation": [1, 2]}),
        Shown("class GroupedConv2D(", {"filters": 4, "groups": 4, "stride": [2, 1]}),
    ],
    ("keras", "conv2d", "padding"): [Shown("layers.ZeroPadding2D(", {"padding": {"top": 1}})],
    ("keras", "conv2d", "dilation"): [
        Shown("layers.MaxPooling2D(1, strides=2", {"stride": 2, "dilation": [1, 2]})
    ],
    ("keras", "conv2d", "groups"): [
        Shown("class GroupedConv2D(", {"filters": 4, "groups": 2}),
        Shown("layers.DepthwiseConv2D(", {"filters": 4, "groups": 4}),
    ],
    ("keras", "conv2d", "connections"): [
        Shown(
            "class ConnectedConv2D(",
            {"connections": "XX\n.X\nX.\nX.", "filters": 2, "init": {"weight": "he_normal"}},
        )
    ],
    ("keras", "conv2d", "activation"): [
        Shown(
            'layers.ReLU(name="a_relu")',
            {
                "connections": "XX\n.X\nX.\nX.",
                "filters": 2,
                "init": {"weight": "he_normal"},
                "activation": "relu",
            },
        )
    ],
    ("keras", "conv2d", "init"): [
        Shown('"untruncated_normal"', {"init": {"weight": "he_normal"}}),
        Shown(
            "RandomUniform(-2.5 / 36, 2.5 / 36)",
            {"kernel": 3, "init": {"weight": {"fan_in_uniform": 2.5}}},
        ),
        Shown(
            "depthwise_initializer=initializers.RandomNormal(stddev=",
            {"filters": 4, "groups": 4, "init": {"weight": "he_normal"}},
        ),
        Shown(
            "fan_in_power=0.5",
            {"connections": "XX\n.X\nX.\nX.", "filters": 2, "init": {"weight": "he_normal"}},
        ),
    ],
    ("keras", "dense", "init"): [
        Shown('"untruncated_normal"', {"init": {"weight": "he_normal"}}),
        Shown(
            "RandomUniform(-2.5 / 216, 2.5 / 216)", {"init": {"weight": {"fan_in_uniform": 2.5}}}
        ),
    ],
    ("keras", "max_pool", "padding"): [Shown("class PaddedMaxPooling2D(", {"padding": {"top": 1}})],
    ("keras", "max_pool avg_pool", "ceil_mode"): [
        Shown("pads=((0, 1), (0, 0))", {"stride": 2, "ceil_mode": True})
    ],
    ("keras", "avg_pool", "padding"): [
        Shown("class PaddedAveragePooling2D(", {"padding": {"top": 1}})
    ],
    ("keras", "avg_pool", "count_padding"): [
        Shown("layers.ZeroPadding2D(", {"padding": 1, "count_padding": True})
    ],
    ("keras", "subsample", "type"): [Shown("class Subsample(")],
    ("keras", "subsample", "init"): [
        Shown(
            "coefficient_initializer=initializers.RandomNormal(stddev=0.5)",
            {"kernel": 2, "init": {"coefficient": "lecun_normal"}},
        )
    ],
    ("keras", "rbf", "type"): [Shown("class RadialBasis(")],
    ("keras", "rbf", "codes"): [Shown("A_CODES")],
    ("keras", "flatten", "type"): [Shown("layers.Permute((3, 1, 2)")],
    ("keras", "lrn", "type"): [Shown("class LocalResponseNorm(")],
    ("keras", "lrn", "over"): [Shown("alpha=0.5 / 3", {"size": 3, "alpha": 0.5, "over": "mean"})],
    ("keras", "gelu", "type"): [Shown("def gelu")],
    ("keras", "gelu", "form"): [Shown("def gelu_tanh(", {"form": "tanh"})],
    ("keras", "scaled_tanh", "type"): [Shown("class ScaledTanh(")],
    ("keras", "max_pool avg_pool subsample batch_norm add", "activation"): [
        Shown('layers.ReLU(name="a_relu")', {"activation": "relu"})
    ],
    ("onnx", "conv2d max_pool avg_pool subsample dense batch_norm add", "activation"): [
        Shown("a = Relu (a_pre)", {"activation": "relu"})
    ],
    ("onnx", "conv2d subsample dense batch_norm", "init"): [Shown()],
    ("onnx", "conv2d", "filters"): [Shown()],
    ("onnx", "conv2d", "kernel"): [Shown()],
    ("onnx", "conv2d max_pool avg_pool", "padding"): [
        Shown("pads = [1, 1, 1, 1]", {"kernel": 3, "stride": 1, "padding": "same"})
    ],
    ("onnx", "conv2d dense", "bias"): [Shown('"a.bias"')],
    ("onnx", "conv2d", "connections"): [
        Shown(
            "local.Connect ",
            {"connections": "XX\n.X\nX.\nX.", "filters": 2, "init": {"weight": "he_normal"}},
        )
    ],
    ("onnx", "max_pool avg_pool", "ceil_mode"): [
        Shown("pads = [0, 0, 1, 0]", {"stride": 2, "ceil_mode": True})
    ],
    ("onnx", "avg_pool", "count_padding"): [
        Shown(" = Pad (", {"padding": 1, "stride": 2, "ceil_mode": True, "count_padding": True})
    ],
    ("onnx", "subsample", "type"): [Shown("local.Subsample ")],
    ("onnx", "dense", "units"): [Shown()],
    ("onnx", "rbf", "type"): [Shown("local.RadialBasis ")],
    ("onnx", "rbf", "codes"): [Shown("A_CODES")],
    ("onnx", "dropout", "rate"): [Shown(), Shown("", {"rate": 1e-40})],
    ("onnx", "batch_norm", "momentum"): [Shown(), Shown("", {"momentum": 1e-40})],
    ("onnx", "lrn", "over"): [Shown("alpha = 1.5", {"size": 3, "alpha": 0.5, "over": "sum"})],
    ("onnx", "scaled_tanh", "type"): [Shown("local.ScaledTanh ")],
    ("onnx", "gelu", "type"): [Shown("", {}, options={"opset": 19})],
    ("onnx", "lrn", "k"): [Shown("", {"k": 1e-40})],
    ("onnx", "lrn", "alpha"): [Shown("", {"alpha": 1e-40})],
    ("onnx", "lrn", "beta"): [Shown("", {"beta": 1e-40})],
    ("onnx", "batch_norm", "epsilon"): [Shown("", {"epsilon": 1e-40})],
    ("onnx", "leaky_relu scaled_tanh", "slope"): [Shown("", {"slope": 1e-40})],
    ("onnx", "scaled_tanh", "amplitude"): [Shown("", {"amplitude": 1e-40})],
}
SHOWN = {
    (target, kind, name): rows
    for (target, kinds, name), rows in _SHOWN.items()
    for kind in kinds.split()
}
