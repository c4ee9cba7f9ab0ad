"""What other frameworks call the types and fields of the language, for suggestions."""

from archc.ops import OPS

TYPES: dict[str, str] = {alias: kind for kind, op in OPS.items() for alias in op.aliases}
"""Lower case, from PyTorch, Keras, Caffe and ONNX."""

# What other frameworks call no activation at all.
NO_ACTIVATION = ("none", "linear", "identity")

INITIALIZERS: dict[str, str] = {
    "xavier_uniform": "glorot_uniform",
    "xavier_normal": "glorot_normal",
    "kaiming_uniform": "he_uniform",
    "kaiming_normal": "he_normal",
    "gaussian": "normal",
    "random_normal": "normal",
    "random_uniform": "uniform",
}

_BIAS = {"use_bias": "bias", "bias_term": "bias"}
_WINDOW = {
    "kernel_size": "kernel",
    "kernel_shape": "kernel",
    "pool_size": "kernel",
    "size": "kernel",
    "strides": "stride",
    "pad": "padding",
    "pads": "padding",
    "count_include_pad": "count_padding",
}

FIELDS: dict[str, dict[str, str]] = {
    "conv2d": _WINDOW
    | _BIAS
    | {
        "out_channels": "filters",
        "num_output": "filters",
        "channels": "filters",
        "dilations": "dilation",
        "dilation_rate": "dilation",
        "group": "groups",
    },
    "dense": _BIAS | {"out_features": "units", "num_output": "units", "features": "units"},
    "max_pool": _WINDOW,
    "avg_pool": _WINDOW,
    "subsample": _WINDOW,
    "batch_norm": {"eps": "epsilon", "gamma": "init", "beta": "init"},
    "leaky_relu": {"negative_slope": "slope", "alpha": "slope"},
    "gelu": {"approximate": "form"},
    "dropout": {"p": "rate", "ratio": "rate", "dropout_ratio": "rate"},
    "optimizer": {"lr": "learning_rate", "base_lr": "learning_rate", "decay": "weight_decay"},
    "train": {"batch_size": "batch", "optimiser": "optimizer", "criterion": "loss"},
    "lrn": {"n": "size", "local_size": "size", "depth_radius": "size", "bias": "k"},
}
