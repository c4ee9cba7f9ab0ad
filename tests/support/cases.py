"""One table of cases: each operation with fields in which every field acts, and other values."""

import json
from typing import Any

# For each operation: fields in which every field acts, then for each field other values.
WINDOW = {"kernel": 3, "stride": 2, "padding": 1, "activation": "relu"}
WINDOWS: dict[str, list[Any]] = {
    "kernel": [4, [3, 4]],
    "stride": [3, [2, 1]],
    "padding": [0, [1, 0], {"top": 1}, "same_upper", "same_lower"],
}
ACTIVATIONS = [
    None,
    "tanh",
    "sigmoid",
    "softmax",
    "scaled_tanh",
    {"scaled_tanh": {"slope": 0.5}},
    {"leaky_relu": {"slope": 0.1}},
    {"gelu": {"form": "exact"}},
    {"gelu": {"form": "tanh"}},
]
INITS = [{"weight": {"normal": 0.5}}, {"bias": 0.5}, {"weight": "he_normal"}]
CASES: dict[str, tuple[dict[str, Any], dict[str, list[Any]]]] = {
    "conv2d": (
        {**WINDOW, "filters": 4, "groups": 1, "bias": True},
        {
            "filters": [6],
            "kernel": [2, [3, 2]],
            "stride": [1, [2, 1]],
            "padding": WINDOWS["padding"],
            # test_dilation_reaches_the_target
            "dilation": [],
            "groups": [2],
            # test_connections_reach_the_target
            "connections": [],
            "bias": [False],
            "activation": ACTIVATIONS,
            "init": INITS,
        },
    ),
    "dense": (
        {"units": 3, "activation": "relu"},
        {"units": [4], "bias": [False], "activation": ACTIVATIONS, "init": INITS},
    ),
    "max_pool": (WINDOW, {**WINDOWS, "activation": ACTIVATIONS, "ceil_mode": [True]}),
    "avg_pool": (
        WINDOW,
        {**WINDOWS, "activation": ACTIVATIONS, "ceil_mode": [True], "count_padding": [True]},
    ),
    "lrn": (
        {"size": 3, "k": 1, "alpha": 0.5, "beta": 0.75, "over": "sum"},
        {"size": [5], "k": [2], "alpha": [0.25], "beta": [0.5], "over": ["mean"]},
    ),
    "batch_norm": (
        {"epsilon": 1e-5, "momentum": 0.9, "activation": "relu"},
        {
            "epsilon": [1e-3],
            "momentum": [0.99],
            "activation": ACTIVATIONS,
            "init": [{"scale": 0.5}, {"bias": 0.5}, {"scale": {"normal": 0.5}}],
        },
    ),
    "subsample": (
        {"kernel": 3, "stride": 2, "activation": "relu"},
        {
            "kernel": [2, [2, 3]],
            "stride": [3, [2, 1]],
            "activation": ACTIVATIONS,
            "init": [{"coefficient": {"normal": 0.5}}, {"coefficient": "he_normal"}, {"bias": 0.5}],
        },
    ),
    "rbf": ({"codes": "X.X  ...\n.XX  X.."}, {"codes": ["X.X  ...\n.X.  X..", "X.X\n.XX"]}),
    "leaky_relu": ({"slope": 0.1}, {"slope": [0.2]}),
    "gelu": ({"form": "exact"}, {"form": ["tanh"]}),
    "dropout": ({"rate": 0.5}, {"rate": [0.25]}),
    "scaled_tanh": ({}, {"amplitude": [2], "slope": [0.5]}),
    "add": ({"from": ["input", "input"], "activation": "relu"}, {"activation": ACTIVATIONS}),
    "concat": ({"from": ["input", "input"]}, {}),
    **{kind: ({}, {}) for kind in ("flatten", "relu", "tanh", "sigmoid", "softmax")},
}


def network(kind: str, fields: dict[str, Any], channels: int = 2) -> str:
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
