"""Where PyTorch has no argument of a field's meaning, and what is done about it."""

from typing import Any

from archc.targets.declarations import ITSELF, Emulated, Notes, Supported, everywhere, joined

_WORDS = Supported(
    when="where it is a word",
    text="written as the pixels that the word means for this input; PyTorch's own `same` is not used",
    sign="padding=1",
    shown={"kernel": 3, "stride": 1, "padding": "same"},
)


def _limits(fan_in: int, fields: dict[str, Any]) -> Emulated:
    """What is made of a rule that `nn.init` lacks; a layer with `fields` has this fan-in."""
    return Emulated(
        when="for `fan_in_uniform`",
        text="`nn.init.uniform_` with the limits as numbers",
        sign=f"-2.5 / {fan_in}, 2.5 / {fan_in})",
        shown={**fields, "init": {"weight": {"fan_in_uniform": 2.5}}},
    )


_CONV2D: Notes = {
    ("conv2d", "padding"): (
        _WORDS,
        Emulated(
            when="where opposite sides differ",
            text="`F.pad` before the convolution",
            sign="F.pad(",
            shown={"padding": {"top": 1}},
        ),
    ),
    ("conv2d", "connections"): (
        Emulated(
            text="`ConnectedConv2d`, in the file, writes the stored kernels into a dense one at "
            "every pass",
            sign="class ConnectedConv2d(",
            shown={"connections": "XX\n.X\nX.\nX.", "filters": 2, "init": {"weight": "he_normal"}},
        ),
    ),
    ("conv2d", "init"): (
        _limits(36, {"kernel": 3}),
        Emulated(
            when="for a rule of the fan-in beside `connections`",
            text="divided by each filter's own fan-in, or its root",
            sign="self.a.fan_in.sqrt()",
            shown={
                "connections": "XX\n.X\nX.\nX.",
                "filters": 2,
                "init": {"weight": "lecun_uniform"},
            },
        ),
    ),
}
_POOLS: Notes = {
    ("max_pool", "padding"): (
        _WORDS,
        Emulated(
            when="where opposite sides differ, or it is more than half of the kernel",
            text="`F.pad` with minus infinity before the pool",
            sign='value=float("-inf")',
            shown={"padding": {"top": 1}},
        ),
    ),
    ("max_pool", "ceil_mode"): (
        Emulated(
            when="beside padding that `F.pad` adds",
            text="the pixels that the last window lacks are added with that padding",
            sign="F.pad(x, (0, 0, 2, 1)",
            shown={"padding": {"top": 2}, "stride": 2, "ceil_mode": True},
        ),
    ),
    ("avg_pool", "padding"): (
        _WORDS,
        Emulated(
            when="where opposite sides differ, or it is more than half of the kernel",
            text="`AveragePool`, in the file: the sum of each window over the number of its pixels "
            "inside the input",
            sign="class AveragePool(",
            shown={"padding": {"top": 1}},
        ),
    ),
    ("avg_pool", "ceil_mode"): (
        Emulated(
            when="beside padding that PyTorch's pools do not take",
            text="the pixels that the last window lacks are padding of `AveragePool`",
            sign="padding=(0, 0, 2, 1)",
            shown={"padding": {"top": 2}, "stride": 2, "ceil_mode": True},
        ),
    ),
    ("avg_pool", "count_padding"): (
        Emulated(
            when="beside padding that PyTorch's pools do not take",
            text="`F.pad` adds the zeros that count before the pool",
            sign="self.a(F.pad(",
            shown={"padding": {"top": 1}, "count_padding": True},
        ),
    ),
    ("subsample", ITSELF): (
        Emulated(
            text="`Subsample`, in the file: an average pool with `divisor_override=1`, times the "
            "coefficient, plus the bias",
            sign="class Subsample(",
        ),
    ),
    ("subsample", "init"): (
        Emulated(
            when="where a rule depends on fans",
            text="as numbers, since `nn.init` would read other fans from the shape",
            sign="std=0.5)",
            shown={"kernel": 2, "init": {"coefficient": "lecun_normal"}},
        ),
    ),
}
_OTHERS: Notes = {
    ("dense", "init"): (_limits(216, {}),),
    ("rbf", ITSELF): (
        Emulated(
            text="`RadialBasis`, in the file, sums the squared differences",
            sign="class RadialBasis(",
        ),
    ),
    ("rbf", "codes"): (Supported(text="a drawing in the file, kept as a buffer", sign="A_CODES"),),
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
            sign="momentum=1 - 0.875",
            shown={"momentum": 0.875},
        ),
    ),
    ("lrn", "over"): (
        Emulated(
            when="for `sum`",
            text="`size` times `alpha`, which PyTorch divides by `size`",
            sign="alpha=3 * 0.5",
            shown={"size": 3, "alpha": 0.5, "over": "sum"},
        ),
    ),
    ("scaled_tanh", ITSELF): (
        Emulated(text="`scaled_tanh`, a function in the file", sign="def scaled_tanh("),
    ),
}

NOTES = joined(
    everywhere(
        "activation",
        Supported(text="a call in `forward`", sign="torch.tanh(", shown={"activation": "tanh"}),
    ),
    everywhere("init", Supported(text="by `nn.init`, in `init_weights`")),
    _CONV2D,
    _POOLS,
    _OTHERS,
)
