"""What pictures call operations, and how they count."""

OPERATIONS = {
    "conv2d": "convolution",
    "max_pool": "max pooling",
    "avg_pool": "average pooling",
    "subsample": "subsampling",
    "dense": "dense",
    "rbf": "RBF",
    "flatten": "flatten",
    "dropout": "dropout",
    "lrn": "LRN",
    "batch_norm": "batch norm",
    "add": "addition",
    "concat": "concatenation",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "gelu": "GELU",
    "tanh": "tanh",
    "scaled_tanh": "scaled tanh",
    "sigmoid": "sigmoid",
    "softmax": "softmax",
}
"""The language's own names are for specs; on a slide an operation has its name in the field."""


def counted(number: int, noun: str) -> str:
    """`1 layer`, `1,000 layers`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
