"""Where Keras has no argument of a field's meaning, what is done about it, and what is refused."""

from archc.targets.declarations import (
    ITSELF,
    Emulated,
    Notes,
    Supported,
    everywhere,
    joined,
)

_STRIDED_AND_DILATED = Emulated(
    when="where stride and dilation are both above 1",
    text="a stride of 1, then `MaxPooling2D(1, strides=...)`: Keras's convolutions take one or the "
    "other",
)
_SAME = "where it is not what Keras's `valid` or `same` means for this input"
_UNTRUNCATED = Supported(
    when="for `he_normal`, `glorot_normal` and `lecun_normal`",
    text='`VarianceScaling(..., "untruncated_normal")`, since what Keras calls so is cut at two '
    "deviations",
)


_LIMITS = Emulated(when="for `fan_in_uniform`", text="`RandomUniform` with the limits as numbers")
_CONV2D: Notes = {
    ("conv2d", "stride"): (
        _STRIDED_AND_DILATED,
        Emulated(
            when="where its two numbers differ, with one input map a group",
            text="`GroupedConv2D`, in the file, since TensorFlow's depthwise convolution takes "
            "but one stride",
        ),
    ),
    ("conv2d", "padding"): (
        Emulated(
            when=_SAME,
            text="`ZeroPadding2D` before the layer",
        ),
    ),
    ("conv2d", "dilation"): (_STRIDED_AND_DILATED,),
    ("conv2d", "groups"): (
        Emulated(
            when="above 1, with more than one input map a group",
            text="`GroupedConv2D`, in the file, splits, convolves and concatenates: the numbers "
            "and the kernel of `groups=`, which trains ten times slower on CPUs",
        ),
        Supported(
            when="with one input map a group",
            text="`DepthwiseConv2D`",
        ),
    ),
    ("conv2d", "connections"): (
        Emulated(
            text="`ConnectedConv2D`, in the file, writes the stored kernels into a dense one at "
            "every pass",
        ),
    ),
    ("conv2d", "activation"): (
        Supported(
            when="beside `connections`",
            text="a layer behind it",
        ),
    ),
    ("conv2d", "init"): (
        _UNTRUNCATED,
        _LIMITS,
        Emulated(
            when="for a rule of fans with one input map a group",
            text="as numbers, since Keras counts the fans of a depthwise kernel in another way",
        ),
        Emulated(
            when="for a rule of the fan-in beside `connections`",
            text="divided by each filter's own fan-in, or its root",
        ),
    ),
    ("dense", "init"): (_UNTRUNCATED, _LIMITS),
}
_POOLS: Notes = {
    ("max_pool", "padding"): (
        Emulated(
            when=f"{_SAME}, or uneven",
            text="`PaddedMaxPooling2D`, in the file, pads with minus infinity",
        ),
    ),
    ("max_pool", "ceil_mode"): (
        Emulated(
            when="where the last window lacks pixels",
            text="they are padding of `PaddedMaxPooling2D`, in the file",
        ),
    ),
    ("avg_pool", "padding"): (
        Emulated(
            when=f"{_SAME}, or uneven",
            text="`PaddedAveragePooling2D`, in the file: the pool of the input over the pool of "
            "ones",
        ),
    ),
    ("avg_pool", "ceil_mode"): (
        Emulated(
            when="where the last window lacks pixels",
            text="they are padding of `PaddedAveragePooling2D`, in the file",
        ),
    ),
    ("avg_pool", "count_padding"): (
        Emulated(
            when="beside padding",
            text="`ZeroPadding2D` adds the zeros that count before the pool",
        ),
    ),
    ("subsample", ITSELF): (
        Emulated(
            text="`Subsample`, in the file: an average pool times its pixels, times the "
            "coefficient, plus the bias",
        ),
    ),
    ("subsample", "init"): (
        Emulated(
            when="where a rule depends on fans",
            text="as numbers, since Keras would read other fans from the shape",
        ),
    ),
}
_OTHERS: Notes = {
    ("rbf", ITSELF): (
        Emulated(
            text="`RadialBasis`, in the file, sums the squared differences",
        ),
    ),
    ("rbf", "codes"): (
        Supported(
            text="a drawing in the file, a variable that is not trained",
        ),
    ),
    ("flatten", ITSELF): (
        Emulated(
            when="of maps larger than 1×1",
            text="`Permute((3, 1, 2))` before `Flatten`, as Keras's maps are H, W, C and the "
            "definition's order is C, H, W",
        ),
    ),
    ("lrn", ITSELF): (
        Emulated(
            text="`LocalResponseNorm`, in the file, sums the squares as a product with a band matrix",
        ),
    ),
    ("lrn", "over"): (
        Emulated(
            when="for `mean`",
            text="`alpha` / `size`, since `LocalResponseNorm` takes it over the sum",
        ),
    ),
    ("gelu", ITSELF): (
        Emulated(
            text="a formula in the file, since on TensorFlow the constants of Keras's own are "
            "float32 whatever the tensors are",
        ),
    ),
    ("gelu", "form"): (
        Emulated(
            text="`gelu` or `gelu_tanh`, each a function",
        ),
    ),
    ("scaled_tanh", ITSELF): (
        Emulated(
            text="`ScaledTanh`, a layer in the file",
        ),
    ),
}
_BEHIND: Notes = {
    key: notes
    for key, notes in everywhere(
        "activation",
        Supported(
            text="a layer behind it",
        ),
    ).items()
    if key[0] not in ("conv2d", "dense")
}

NOTES = joined(_CONV2D, _POOLS, _OTHERS, _BEHIND)
