"""Where Keras has no argument of a field's meaning, what is done about it, and what is refused."""

from typing import Any

from archc.ops.conv2d import Conv2d
from archc.targets.declarations import (
    ITSELF,
    Emulated,
    Notes,
    Refused,
    Supported,
    everywhere,
    joined,
)


def _strided_and_dilated(op: Conv2d) -> bool:
    return max(op.stride) > 1 and max(op.dilation) > 1


_STRIDED_AND_DILATED = Refused(
    when="where stride and dilation are both above 1",
    what="stride together with dilation",
    text="Keras's convolutions take one or the other",
    help="use a stride of 1 with dilation, or another target",
    holds=_strided_and_dilated,
    shown={"stride": 2, "dilation": [1, 2]},
)
_SAME = "where it is not what Keras's `valid` or `same` means for this input"
_UNTRUNCATED = Supported(
    when="for `he_normal`, `glorot_normal` and `lecun_normal`",
    text='`VarianceScaling(..., "untruncated_normal")`, since what Keras calls so is cut at two '
    "deviations",
    sign='"untruncated_normal"',
    shown={"init": {"weight": "he_normal"}},
)
_TABLE = {"connections": "XX\n.X\nX.\nX.", "filters": 2, "init": {"weight": "he_normal"}}


def _limits(fan_in: int, fields: dict[str, Any]) -> Emulated:
    """What is made of a rule that Keras lacks; a layer with `fields` has this fan-in."""
    return Emulated(
        when="for `fan_in_uniform`",
        text="`RandomUniform` with the limits as numbers",
        sign=f"RandomUniform(-2.5 / {fan_in}, 2.5 / {fan_in})",
        shown={**fields, "init": {"weight": {"fan_in_uniform": 2.5}}},
    )


_CONV2D: Notes = {
    ("conv2d", "stride"): (
        _STRIDED_AND_DILATED,
        Emulated(
            when="where its two numbers differ, with one input map a group",
            text="`GroupedConv2D`, in the file, since TensorFlow's depthwise convolution takes "
            "but one stride",
            sign="class GroupedConv2D(",
            shown={"filters": 4, "groups": 4, "stride": [2, 1]},
        ),
    ),
    ("conv2d", "padding"): (
        Emulated(
            when=_SAME,
            text="`ZeroPadding2D` before the layer",
            sign="layers.ZeroPadding2D(",
            shown={"padding": {"top": 1}},
        ),
    ),
    ("conv2d", "dilation"): (_STRIDED_AND_DILATED,),
    ("conv2d", "groups"): (
        Emulated(
            when="above 1, with more than one input map a group",
            text="`GroupedConv2D`, in the file, splits, convolves and concatenates: the numbers "
            "and the kernel of `groups=`, which trains ten times slower on CPUs",
            sign="class GroupedConv2D(",
            shown={"filters": 4, "groups": 2},
        ),
        Supported(
            when="with one input map a group",
            text="`DepthwiseConv2D`",
            sign="layers.DepthwiseConv2D(",
            shown={"filters": 4, "groups": 4},
        ),
    ),
    ("conv2d", "connections"): (
        Emulated(
            text="`ConnectedConv2D`, in the file, writes the stored kernels into a dense one at "
            "every pass",
            sign="class ConnectedConv2D(",
            shown=_TABLE,
        ),
    ),
    ("conv2d", "activation"): (
        Supported(
            when="beside `connections`",
            text="a layer behind it",
            sign='layers.ReLU(name="a")',
            shown={**_TABLE, "activation": "relu"},
        ),
    ),
    ("conv2d", "init"): (
        _UNTRUNCATED,
        _limits(36, {"kernel": 3}),
        Emulated(
            when="for a rule of fans with one input map a group",
            text="as numbers, since Keras counts the fans of a depthwise kernel in another way",
            sign="depthwise_initializer=initializers.RandomNormal(stddev=",
            shown={"filters": 4, "groups": 4, "init": {"weight": "he_normal"}},
        ),
        Emulated(
            when="for a rule of the fan-in beside `connections`",
            text="divided by each filter's own fan-in, or its root",
            sign="fan_in_power=0.5",
            shown={**_TABLE, "init": {"weight": "he_normal"}},
        ),
    ),
    ("dense", "init"): (_UNTRUNCATED, _limits(216, {})),
}
_POOLS: Notes = {
    ("max_pool", "padding"): (
        Emulated(
            when=f"{_SAME}, or uneven",
            text="`PaddedMaxPooling2D`, in the file, pads with minus infinity",
            sign="class PaddedMaxPooling2D(",
            shown={"padding": {"top": 1}},
        ),
    ),
    ("max_pool", "ceil_mode"): (
        Emulated(
            when="where the last window lacks pixels",
            text="they are padding of `PaddedMaxPooling2D`, in the file",
            sign="pads=((0, 1), (0, 0))",
            shown={"stride": 2, "ceil_mode": True},
        ),
    ),
    ("avg_pool", "padding"): (
        Emulated(
            when=f"{_SAME}, or uneven",
            text="`PaddedAveragePooling2D`, in the file: the pool of the input over the pool of "
            "ones",
            sign="class PaddedAveragePooling2D(",
            shown={"padding": {"top": 1}},
        ),
    ),
    ("avg_pool", "ceil_mode"): (
        Emulated(
            when="where the last window lacks pixels",
            text="they are padding of `PaddedAveragePooling2D`, in the file",
            sign="pads=((0, 1), (0, 0))",
            shown={"stride": 2, "ceil_mode": True},
        ),
    ),
    ("avg_pool", "count_padding"): (
        Emulated(
            when="beside padding",
            text="`ZeroPadding2D` adds the zeros that count before the pool",
            sign="layers.ZeroPadding2D(",
            shown={"padding": 1, "count_padding": True},
        ),
    ),
    ("subsample", ITSELF): (
        Emulated(
            text="`Subsample`, in the file: an average pool times its pixels, times the "
            "coefficient, plus the bias",
            sign="class Subsample(",
        ),
    ),
    ("subsample", "init"): (
        Emulated(
            when="where a rule depends on fans",
            text="as numbers, since Keras would read other fans from the shape",
            sign="coefficient_initializer=initializers.RandomNormal(stddev=0.5)",
            shown={"kernel": 2, "init": {"coefficient": "lecun_normal"}},
        ),
    ),
}
_OTHERS: Notes = {
    ("rbf", ITSELF): (
        Emulated(
            text="`RadialBasis`, in the file, sums the squared differences",
            sign="class RadialBasis(",
        ),
    ),
    ("rbf", "codes"): (
        Supported(text="a drawing in the file, a variable that is not trained", sign="A_CODES"),
    ),
    ("flatten", ITSELF): (
        Emulated(
            when="of maps larger than 1×1",
            text="`Permute((3, 1, 2))` before `Flatten`, as Keras's maps are H, W, C and the "
            "definition's order is C, H, W",
            sign="layers.Permute((3, 1, 2)",
        ),
    ),
    ("lrn", ITSELF): (
        Emulated(
            text="`LocalResponseNorm`, in the file, sums the squares as a product with a band matrix",
            sign="class LocalResponseNorm(",
        ),
    ),
    ("lrn", "over"): (
        Emulated(
            when="for `mean`",
            text="told `alpha` / `size`, since `LocalResponseNorm` takes it over the sum",
            sign="alpha=0.5 / 3",
            shown={"size": 3, "alpha": 0.5, "over": "mean"},
        ),
    ),
    ("gelu", ITSELF): (
        Emulated(
            text="a formula in the file, since on TensorFlow the constants of Keras's own are "
            "float32 whatever the tensors are",
            sign="def gelu",
        ),
    ),
    ("gelu", "form"): (
        Emulated(
            text="`gelu` or `gelu_tanh`, each a function",
            sign="def gelu_tanh(",
            shown={"form": "tanh"},
        ),
    ),
    ("scaled_tanh", ITSELF): (
        Emulated(text="`ScaledTanh`, a layer in the file", sign="class ScaledTanh("),
    ),
}
_BEHIND: Notes = {
    key: notes
    for key, notes in everywhere(
        "activation",
        Supported(
            text="a layer behind it",
            sign='layers.ReLU(name="a")',
            shown={"activation": "relu"},
        ),
    ).items()
    if key[0] not in ("conv2d", "dense")
}

NOTES = joined(_CONV2D, _POOLS, _OTHERS, _BEHIND)
