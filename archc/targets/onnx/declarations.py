"""Where ONNX has no argument of a field's meaning, what is done about it, and what is refused."""

from typing import Any

from archc.ops import OPS
from archc.targets.declarations import (
    ITSELF,
    Emulated,
    Inert,
    Notes,
    Refused,
    Supported,
    everywhere,
    joined,
)

FIRST_OPSETS = {"gelu": 20}
"""Operations that not every opset has, by the first that does."""

BY_WEIGHTS = Supported(text="said by the shape of the weights")
DRAWN = Inert(text="the graph is given its weights; `initial_weights`, beside it, draws them so")
_THIRD = Supported(
    text="whether the node has a third input",
)
_WORDS = Supported(
    when="where it is a word",
    text="written as the pixels that the word means for this input; ONNX's `auto_pad` is not used",
)
_LAST = Emulated(
    when="where the last window lacks pixels",
    text="they are padding, as the shape inference of older opsets errs about ONNX's own",
)


def _beyond(name: str) -> Refused:
    """The refusal of a number that an attribute cannot hold."""

    def holds(op: Any) -> bool:
        value = getattr(op, name)
        return bool(value) and not 1e-37 < abs(value) < 1e38

    return Refused(
        when="where it is not 0 and not between 1e-37 and 1e38 in size",
        what=name + " {value:g}",
        text="ONNX stores it as float32, which cannot represent it",
        help="use a number that float32 holds",
        holds=holds,
    )


def _since(kind: str, opset: int) -> Refused:
    return Refused(
        when=f"with an `--opset` below {opset}",
        what=kind,
        text=f"ONNX has it from opset {opset} on",
        help=f"leave --opset out, or give {opset} or a later one",
        holds=None,
    )


_NUMBERS: Notes = {
    (kind, name): (_beyond(name),)
    for kind, op in OPS.items()
    for name, field in op.model_fields.items()
    if field.annotation is float
}
_WINDOWS: Notes = {
    ("conv2d", "filters"): (BY_WEIGHTS,),
    ("conv2d", "kernel"): (BY_WEIGHTS,),
    ("conv2d", "padding"): (_WORDS,),
    ("conv2d", "bias"): (_THIRD,),
    ("conv2d", "connections"): (
        Emulated(
            text="`Connect`, a function of the file, writes the stored kernels into a dense one at "
            "every pass",
        ),
    ),
    ("max_pool", "padding"): (_WORDS,),
    ("max_pool", "ceil_mode"): (_LAST,),
    ("avg_pool", "padding"): (_WORDS,),
    ("avg_pool", "ceil_mode"): (_LAST,),
    ("avg_pool", "count_padding"): (
        Emulated(
            when="beside pixels that `ceil_mode` adds",
            text="`Pad` adds the zeros that count before the pool, as ONNX counts all padding or "
            "none",
        ),
    ),
    ("subsample", ITSELF): (
        Emulated(
            text="`Subsample`, a function of the file: `AveragePool`, times its pixels, times the "
            "coefficient, plus the bias",
        ),
    ),
}
_OTHERS: Notes = {
    ("dense", "units"): (BY_WEIGHTS,),
    ("dense", "bias"): (_THIRD,),
    ("rbf", ITSELF): (
        Emulated(
            text="`RadialBasis`, a function of the file: `Unsqueeze`, `Sub` and `ReduceSumSquare`",
        ),
    ),
    ("rbf", "codes"): (
        Supported(
            text="a stored tensor, which `initial_weights` fills from a drawing",
        ),
    ),
    ("dropout", "rate"): (
        Inert(text="the graph is for inference, where dropout is the identity; it names the rate"),
    ),
    ("batch_norm", "momentum"): (
        Inert(text="the graph is for inference, which moves no statistics; it names the momentum"),
    ),
    ("lrn", "over"): (
        Emulated(
            when="for `sum`",
            text="`size` times `alpha`, which ONNX divides by `size`",
        ),
    ),
    ("scaled_tanh", ITSELF): (
        Emulated(
            text="`ScaledTanh`, a function of the file; its constants are `double`, cast to the type "
            "of the tensors",
        ),
    ),
}

NOTES = joined(
    everywhere(
        "activation",
        Supported(
            text="a node behind it",
        ),
    ),
    everywhere(
        "init",
        DRAWN,
    ),
    _WINDOWS,
    _OTHERS,
    {(kind, ITSELF): (_since(kind, opset),) for kind, opset in FIRST_OPSETS.items()},
    _NUMBERS,
)
