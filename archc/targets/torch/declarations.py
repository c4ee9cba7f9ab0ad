"""Where PyTorch has no argument of a field's meaning, and what is done about it."""

from archc.targets.declarations import ITSELF, Emulated, Notes, Supported, everywhere, joined

_WORDS = Supported(
    when="where it is a word",
    text="written as the pixels that the word means for this input; PyTorch's own `same` is not used",
)


_LIMITS = Emulated(
    when="for `fan_in_uniform`", text="`nn.init.uniform_` with the limits as numbers"
)
_CONV2D: Notes = {
    ("conv2d", "padding"): (
        _WORDS,
        Emulated(
            when="where opposite sides differ",
            text="`F.pad` before the convolution",
        ),
    ),
    ("conv2d", "connections"): (
        Emulated(
            text="`ConnectedConv2d`, in the file, writes the stored kernels into a dense one at "
            "every pass",
        ),
    ),
    ("conv2d", "init"): (
        _LIMITS,
        Emulated(
            when="for a rule of the fan-in beside `connections`",
            text="divided by each filter's own fan-in, or its root",
        ),
    ),
}
_POOLS: Notes = {
    ("max_pool", "padding"): (
        _WORDS,
        Emulated(
            when="where opposite sides differ, or it is more than half of the kernel",
            text="`F.pad` with minus infinity before the pool",
        ),
    ),
    ("max_pool", "ceil_mode"): (
        Emulated(
            when="beside padding that `F.pad` adds",
            text="the pixels that the last window lacks are added with that padding",
        ),
    ),
    ("avg_pool", "padding"): (
        _WORDS,
        Emulated(
            when="where opposite sides differ, or it is more than half of the kernel",
            text="`AveragePool`, in the file: the sum of each window over the number of its pixels "
            "inside the input",
        ),
    ),
    ("avg_pool", "ceil_mode"): (
        Emulated(
            when="beside padding that PyTorch's pools do not take",
            text="the pixels that the last window lacks are padding of `AveragePool`",
        ),
    ),
    ("avg_pool", "count_padding"): (
        Emulated(
            when="beside padding that PyTorch's pools do not take",
            text="`F.pad` adds the zeros that count before the pool",
        ),
    ),
    ("subsample", ITSELF): (
        Emulated(
            text="`Subsample`, in the file: an average pool with `divisor_override=1`, times the "
            "coefficient, plus the bias",
        ),
    ),
    ("subsample", "init"): (
        Emulated(
            when="where a rule depends on fans",
            text="as numbers, since `nn.init` would read other fans from the shape",
        ),
    ),
}
_OTHERS: Notes = {
    ("dense", "init"): (_LIMITS,),
    ("rbf", ITSELF): (
        Emulated(
            text="`RadialBasis`, in the file, sums the squared differences",
        ),
    ),
    ("rbf", "codes"): (
        Supported(
            text="a drawing in the file, kept as a buffer",
        ),
    ),
    ("batch_norm", ITSELF): (
        Supported(
            when="in training",
            text="the running variance moves towards n/(n - 1) times the definition's for n values "
            "a channel, since PyTorch's is unbiased",
        ),
    ),
    ("batch_norm", "momentum"): (
        Emulated(
            text="1 - `momentum`, since PyTorch's is the weight of the new statistics",
        ),
    ),
    ("lrn", "over"): (
        Emulated(
            when="for `sum`",
            text="`size` times `alpha`, which PyTorch divides by `size`",
        ),
    ),
    ("scaled_tanh", ITSELF): (
        Emulated(
            text="`scaled_tanh`, a function in the file",
        ),
    ),
}

NOTES = joined(
    everywhere(
        "activation",
        Supported(
            text="a call in `forward`",
        ),
    ),
    everywhere("init", Supported(text="by `nn.init`, in `init_weights`")),
    _CONV2D,
    _POOLS,
    _OTHERS,
)
