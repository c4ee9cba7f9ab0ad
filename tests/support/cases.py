"""One table of cases: what the tests need to know of each operation, an entry an operation."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archc.ops.arithmetic import Arithmetic, Work

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """What completeness, sensitivity, capabilities, arithmetic, random networks and faults draw
    from."""

    fields: Fields
    """Fields of a layer in which every field acts."""
    others: Mapping[str, Sequence[Any]]
    """For each field, other values: each must show in every target's file."""
    arithmetic: Sequence[tuple[Fields, Work]]
    """Layers of `network`, and their arithmetic worked out by hand."""
    wrong: Mapping[str, Fields] = field(default_factory=dict)
    """Faults by name: what a wrong definition reads instead of a layer's own fields."""


# What `network` has: two maps of 6×9 = 54 pixels, or 108 values as a vector.
_VALUES = 108


def _elementwise(each: Arithmetic, **fields: Any) -> tuple[Fields, Work]:
    return fields, {"activation": each * _VALUES}


ACTIVATION_CASES: dict[str, Case] = {
    "relu": Case({}, {}, [_elementwise(Arithmetic(comparisons=1))]),
    "tanh": Case({}, {}, [_elementwise(Arithmetic(functions=1))]),
    "sigmoid": Case({}, {}, [_elementwise(Arithmetic(additions=1, divisions=1, functions=1))]),
    "scaled_tanh": Case(
        {},
        {"amplitude": [2], "slope": [0.5]},
        [_elementwise(Arithmetic(multiplications=2, functions=1))],
        wrong={"activation's constant": {"slope": 0.66666}},
    ),
    "leaky_relu": Case(
        {"slope": 0.1},
        {"slope": [0.3]},
        [_elementwise(Arithmetic(comparisons=1, multiplications=1), slope=0.1)],
        wrong={"leak's slope": {"slope": 0.2}},
    ),
    "gelu": Case(
        {"form": "exact"},
        {"form": ["tanh"]},
        [
            _elementwise(Arithmetic(1, 1, divisions=2, functions=1), form="exact"),
            _elementwise(Arithmetic(2, 5, divisions=1, functions=1), form="tanh"),
        ],
        wrong={"GELU form": {"form": "exact"}},
    ),
    # At each of 54 pixels two channels: one comparison, two differences and a sum.
    "softmax": Case(
        {},
        {},
        [({}, {"activation": Arithmetic(54 * 3, comparisons=54, divisions=108, functions=108)})],
    ),
}


def _spellings(kind: str, case: Case) -> list[Any]:
    """An activation as a field of another layer, with its fields and with other values of them."""
    names = [*case.others]
    others = [dict(zip(names, values)) for values in zip(*case.others.values())]
    every = [{**case.fields, **changed} for changed in ({}, *others)]
    return [{kind: fields} if fields else kind for fields in every]


ACTIVATIONS: list[Any] = [
    spelling for kind, case in ACTIVATION_CASES.items() for spelling in _spellings(kind, case)
]
"""Every activation as a field of another layer."""
NO_RELU: list[Any] = [None, *(spelling for spelling in ACTIVATIONS if spelling != "relu")]
INITS = [{"weight": {"normal": 0.5}}, {"bias": 0.5}, {"weight": "he_normal"}]
SLIDING = {"kernel": 3, "stride": 2, "padding": 1}  # 3×5 = 15 windows of 9 pixels
POOL: dict[str, list[Any]] = {
    "kernel": [4, [3, 4]],
    "stride": [3, [2, 1]],
    "padding": [0, [1, 0], {"top": 1}, "same_upper", "same_lower"],
    "activation": NO_RELU,
    "ceil_mode": [True],
}
CASES: dict[str, Case] = {
    "conv2d": Case(
        {**SLIDING, "filters": 4, "groups": 1, "bias": True, "activation": "relu"},
        {
            "filters": [6],
            "kernel": [2, [3, 2]],
            "stride": [1, [2, 1]],
            "padding": POOL["padding"],
            # test_dilation_reaches_the_target
            "dilation": [],
            "groups": [2],
            # test_connections_reach_the_target
            "connections": [],
            "bias": [False],
            "activation": NO_RELU,
            "init": INITS,
        },
        [
            (
                {**SLIDING, "filters": 4, "activation": "relu"},
                {
                    "products": Arithmetic(additions=1080, multiplications=1080),  # 4·15·2·9
                    "bias": Arithmetic(additions=60),
                    "activation": Arithmetic(comparisons=60),
                },
            ),
            (
                {**SLIDING, "filters": 4, "groups": 2, "bias": False},
                {"products": Arithmetic(additions=540, multiplications=540)},
            ),
            (
                {
                    **SLIDING,
                    "filters": 2,
                    "connections": "X.\nXX",
                    "init": {"weight": {"normal": 1}},
                },
                {
                    "products": Arithmetic(additions=405, multiplications=405),  # 3 of 4 pairs
                    "bias": Arithmetic(additions=30),
                },
            ),
        ],
    ),
    "dense": Case(
        {"units": 3, "activation": "relu"},
        {"units": [4], "bias": [False], "activation": NO_RELU, "init": INITS},
        [
            (
                {"units": 3},
                {
                    "products": Arithmetic(additions=324, multiplications=324),
                    "bias": Arithmetic(additions=3),
                },
            )
        ],
    ),
    "max_pool": Case(
        {**SLIDING, "activation": "relu"},
        POOL,
        [(SLIDING, {"pooling": Arithmetic(comparisons=8 * 30)})],
    ),
    "avg_pool": Case(
        {**SLIDING, "activation": "relu"},
        {**POOL, "count_padding": [True]},
        [(SLIDING, {"pooling": Arithmetic(additions=8 * 30, divisions=30)})],
        wrong={"padding counted in averages": {"count_padding": True}},
    ),
    "lrn": Case(
        {"size": 3, "k": 1, "alpha": 0.5, "beta": 0.75, "over": "sum"},
        {"size": [5], "k": [2], "alpha": [0.25], "beta": [0.5], "over": ["mean"]},
        [
            (
                {"size": 5, "k": 1, "alpha": 0.5, "beta": 0.75, "over": "sum"},
                {
                    "normalisation": Arithmetic(
                        additions=5 * 108, multiplications=2 * 108, divisions=108, functions=108
                    )
                },
            )
        ],
        wrong={
            "LRN's alpha": {"over": "mean"},
            "LRN's k": {"k": 2.0},
            "LRN's window": {"size": 5},
        },
    ),
    "batch_norm": Case(
        {"epsilon": 1e-5, "momentum": 0.9, "activation": "relu"},
        {
            "epsilon": [1e-3],
            "momentum": [0.99],
            "activation": NO_RELU,
            "init": [{"scale": 0.5}, {"bias": 0.5}, {"scale": {"normal": 0.5}}],
        },
        [
            (
                {"epsilon": 1e-5, "momentum": 0.9},
                {
                    "normalisation": Arithmetic(
                        additions=108 + 2, multiplications=108, divisions=108, functions=2
                    ),
                    "bias": Arithmetic(additions=108),
                },
            )
        ],
        wrong={"epsilon": {"epsilon": 1e-5}},
    ),
    "subsample": Case(
        {"kernel": 3, "stride": 2, "activation": "relu"},
        {
            "kernel": [2, [2, 3]],
            "stride": [3, [2, 1]],
            "activation": NO_RELU,
            "init": [{"coefficient": {"normal": 0.5}}, {"coefficient": "he_normal"}, {"bias": 0.5}],
        },
        [
            (
                {"kernel": 3},  # 2 maps of 2×3
                {
                    "pooling": Arithmetic(additions=8 * 12, multiplications=12),
                    "bias": Arithmetic(additions=12),
                },
            )
        ],
    ),
    "rbf": Case(
        {"codes": "X.X  ...\n.XX  X.."},
        {"codes": ["X.X  ...\n.X.  X..", "X.X\n.XX"]},
        # Two codes of six pixels: six differences, squares and sums each.
        [({"codes": "X.X  ...\n.XX  X.."}, {"other": Arithmetic(24, 12)})],
    ),
    "dropout": Case({"rate": 0.5}, {"rate": [0.25]}, [({"rate": 0.5}, {})]),
    "add": Case(
        {"from": ["input", "input"], "activation": "relu"},
        {"activation": NO_RELU},
        [
            (
                {"from": ["input", "input", "input"], "activation": "tanh"},
                {"other": Arithmetic(additions=2 * 108), "activation": Arithmetic(functions=108)},
            )
        ],
    ),
    "concat": Case({"from": ["input", "input"]}, {}, [({"from": ["input", "input"]}, {})]),
    "flatten": Case({}, {}, [({}, {})]),
    **ACTIVATION_CASES,
}


def network(kind: str, fields: Fields, channels: int = 2) -> str:
    """A network of one such layer, on maps with an odd and an even side."""
    before = [{"flat": {"type": "flatten"}}] if kind in ("dense", "rbf") else []
    before += [{"six": {"type": "dense", "units": 6}}] if kind == "rbf" else []
    spec = {
        "archc": 1,
        "name": "Net",
        "input": {"channels": channels, "height": 6, "width": 9},
        "layers": [*before, {"a": {"type": kind, **fields}}],
    }
    return json.dumps(spec)
