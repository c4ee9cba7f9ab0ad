"""What other tools call the types, activations and initialisers of the language, with a true answer.

An answer is archc's own name; how the number or the meaning converts; or that the language has no
such thing, and what would do. Spelling decides only where the table says nothing: two functions whose
names are alike are still two functions.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from archc.errors import Suggestion, nearest
from archc.ops import OPS
from archc.ops.activations import ACTIVATIONS

CLOSE = 0.75
"""How alike a misspelt word of the language and the one that it means are, between 0 and 1."""


class Answer(NamedTuple):
    """What a word of another tool is here: `name`, or nothing, with a note."""

    name: str | None
    note: str = ""
    absent: bool = False
    """Whether the language has nothing that means it, so that what there is should be listed."""

    def __str__(self) -> str:
        if self.name is None:
            return self.note
        joint = ", " if self.note.startswith(("with ", "or ")) else ": "
        return f"archc calls it '{self.name}'" + (f"{joint}{self.note}" if self.note else "")


def simplified(word: str) -> str:
    """`nn.ReLU6`, `relu_6` → `relu6`: a word without its module, signs and capitals."""
    return re.sub(r"[-_\s]", "", word.rpartition(".")[2]).lower()


def suggest(
    word: str, choices: Iterable[str], answers: Mapping[str, Answer] | None = None
) -> Suggestion:
    """Which of `choices` a word means: by itself, by a table of answers, or by its spelling."""
    known = tuple(choices)
    key = simplified(word)
    own = next((choice for choice in known if simplified(choice) == key), None)
    if own is not None:
        return Suggestion(own, known)
    table = answers or {}
    answer = table.get(key) or table.get(key.removesuffix("layer"))
    if answer is None or (answer.name is not None and answer.name not in known):
        near = nearest(word, known, cutoff=CLOSE)
        # A word in front makes another function of it: hardtanh is no tanh.
        other = near.meant is not None and key.endswith(simplified(near.meant))
        return Suggestion(None, known) if other else near
    found = Suggestion(answer.name, known, said=str(answer))
    listed = f"{found}; known: {', '.join(known)}"
    return replace(found, said=listed) if answer.absent else found


def _absent(note: str, *words: str) -> dict[str, Answer]:
    """Words for what the language does not have."""
    return {word: Answer(None, f"archc has no {note}", absent=True) for word in words}


def _nothing(note: str, *words: str) -> dict[str, Answer]:
    """Words for what needs no layer of its own."""
    return {word: Answer(None, note) for word in words}


def _named(name: str, *words: str, note: str = "") -> dict[str, Answer]:
    return dict.fromkeys(words, Answer(name, note))


ABSENT_ACTIVATIONS: dict[str, Answer] = {
    **_absent("relu6, min(max(0, x), 6)", "relu6", "clippedrelu", "relun", "clip"),
    **_absent("prelu; the slope of leaky_relu is not trained", "prelu", "parametricrelu"),
    **_absent("rrelu; the slope of leaky_relu is not random", "rrelu"),
    **_absent("elu, exp(x) - 1 below 0", "elu"),
    **_absent("selu, a scaled elu", "selu"),
    **_absent("celu", "celu"),
    **_absent("crelu; concat joins x and -x, but nothing negates", "crelu"),
    **_absent("silu (swish), x · sigmoid(x)", "silu", "swish"),
    **_absent("mish", "mish"),
    **_absent("hard_swish", "hardswish", "hswish", "hardsilu"),
    **_absent("hard_sigmoid; sigmoid is another function", "hardsigmoid", "hsigmoid"),
    **_absent("hard_tanh; tanh is another function", "hardtanh"),
    **_absent("softplus", "softplus"),
    **_absent("softsign", "softsign"),
    **_absent("softmin; softmax is another function", "softmin"),
    **_absent("log_softmax: end in logits, or in softmax", "logsoftmax"),
    **_absent("log_sigmoid: end in logits, or in sigmoid", "logsigmoid"),
    **_absent("tanh_shrink", "tanhshrink"),
    **_absent("shrinkage", "softshrink", "hardshrink", "threshold", "thresholdedrelu"),
    **_absent("gated units", "glu", "swiglu", "geglu", "reglu"),
    **_absent("maxout", "maxout"),
    **_absent("exponential", "exp", "exponential"),
    **_absent("sparsemax", "sparsemax"),
    **_absent("quick_gelu, x · sigmoid(1.702 x)", "quickgelu"),
}
"""Functions under names that are, or could be, spelled like one that the language has."""

_NOTHING = _nothing(
    "leave it out, or write null to cancel a default",
    "none", "linear", "identity", "passthrough", "noop", "null", "purelin",
)  # fmt: skip

_CONVOLUTIONS: dict[str, Answer] = {
    **_named("conv2d", "convolutional", "conv2dlayer", "cnn", "groupedconvolution2d", "groupedconv"),
    **_named(
        "conv2d", "depthwiseconv2d", "depthwiseconvolution2d", "depthwiseconv", "depthwiseconv2dnative",
        note="with groups: the number of its input maps",
    ),
    **_named("conv2d", "pointwiseconv", "pointwiseconv2d", "conv1x1", note="with kernel: 1"),
    **_named(
        "conv2d", "separableconv2d", "separableconv", "separableconvolution2d",
        note="two of them, the first with groups: the number of its input maps, the second with "
        "kernel: 1",
    ),
    **_named(
        "conv2d", "conv1d", "convolution1d",
        note="with kernel: [1, k], over an input of height 1",
    ),
    **_named(
        "conv2d", "atrousconv", "dilatedconv", "atrousconv2d", "dilatedconv2d", note="with dilation"
    ),
    **_absent("three-dimensional convolution", "conv3d", "convolution3d", "maxpool3d", "avgpool3d"),
    **_absent(
        "transposed convolution",
        "convtranspose", "convtranspose2d", "conv2dtranspose", "deconvolution", "deconv", "deconv2d",
        "transposedconv2d", "transposedconvolution", "deconvolutional", "deconvnet",
    ),
    **_absent("convolution with weights of its own at each place", "locallyconnected2d", "local"),
}  # fmt: skip

_POOLS: dict[str, Answer] = {
    **_named("max_pool", "pooling", "pool", note="or 'avg_pool' for the mean"),
    **_named("max_pool", "maxpool", "maxpool2d", "maxpooling", "maxpooling2d"),
    **_named("avg_pool", "averagepool", "averagepooling", "meanpool", "meanpooling", "avgpooling"),
    **_named("max_pool", "maxpool1d", note="with kernel: [1, k], over maps of height 1"),
    **_named("avg_pool", "avgpool1d", note="with kernel: [1, k], over maps of height 1"),
    **_named(
        "avg_pool", "globalavgpool", "globalavgpool2d", "globalaveragepool", "globalaveragepooling",
        "globalaveragepooling2d", "gap", "adaptiveavgpool", "adaptiveavgpool2d",
        "adaptiveaveragepool2d",
        note="for one value a map, with a kernel as large as the map, then flatten",
    ),
    **_named(
        "max_pool", "globalmaxpool", "globalmaxpool2d", "globalmaxpooling", "globalmaxpooling2d",
        "adaptivemaxpool2d", "adaptivemaxpool",
        note="for one value a map, with a kernel as large as the map, then flatten",
    ),
    **_absent("unpooling", "maxunpool", "maxunpool2d", "unpool", "unpooling", "maxunpooling2d"),
    **_absent("fractional, mixed or power pooling", "fractionalmaxpool2d", "lppool2d", "lppool"),
    **_absent("spatial pyramid or region pooling", "spp", "roipool", "roialign", "maxroipool"),
    **_absent(
        "upsampling; subsample is its opposite",
        "upsample", "upsampling", "upsampling2d", "upsamplingnearest2d", "upsamplingbilinear2d",
        "resize", "resize2d", "interpolate", "resizing", "unsample",
    ),
    **_named(
        "subsample", "downsample", "downsampling",
        note="trained, as in LeCun et al. 1998; max_pool and avg_pool are not",
    ),
}  # fmt: skip

_NORMS: dict[str, Answer] = {
    **_named("batch_norm", "bn", "bn2d", "spatialbatchnorm", "syncbatchnorm", "fusedbatchnorm"),
    **_named("batch_norm", "scale", note="Caffe's BatchNorm and Scale are one layer here"),
    **_named("batch_norm", "norm", "normalization", note="or 'lrn', across channels"),
    **_absent(
        "layer normalisation; batch_norm averages over the batch", "layernorm", "layernormalization"
    ),
    **_absent(
        "group normalisation; batch_norm averages over the batch", "groupnorm", "groupnormalization"
    ),
    **_absent(
        "instance normalisation; batch_norm averages over the batch",
        "instancenorm", "instancenorm2d", "instancenormalization",
    ),
    **_absent("RMS normalisation", "rmsnorm", "rmsnormalization"),
    **_absent("weight or spectral normalisation", "weightnorm", "spectralnorm", "l2normalize", "normalize"),
    **_named(
        "lrn", "localresponsenormalization", "crosschannelnormalization", "responsenorm", "crossmaplrn2d",
        note="a depth_radius of r is a size of 2r + 1; over says what alpha multiplies",
    ),
}  # fmt: skip

_DENSE: dict[str, Answer] = {
    **_named(
        "dense", "fullyconnected", "connected", "affine", "matmul", "densebn", "lazylinear",
        "innerproduct", "logits", "perceptron",
    ),
    **_named("flatten", "reshape", "view", "ravel", "squeeze", note="to a vector; nothing else"),
    **_absent("layer that reorders axes: maps are channels first", "permute", "transpose", "unflatten"),
    **_named("rbf", "radialbasis", "gaussian", "euclidean", note="squared distances to fixed codes"),
}  # fmt: skip

_JOINS: dict[str, Answer] = {
    **_named("add", "addition", "eltwise", "elementwise", "sum", "shortcut", "residual", "plus", "skip"),
    **_named("concat", "concatenate", "cat", "concatenation", "depthconcatenation", "merge", "join"),
    **_named("concat", "route", note="of one layer, just name it in from"),
    **_absent("product of layers", "multiply", "mul", "multiplication", "dot", "hadamard"),
    **_absent("difference of layers", "subtract", "sub"),
    **_absent("maximum of layers", "maximum", "max", "minimum", "min"),
    **_absent("mean of layers; add sums them", "average", "mean", "reducemean"),
    **_absent("layer that takes a part of the channels", "split", "slice", "chunk", "narrow", "gather"),
    **_absent(
        "layer that reorders channels or pixels",
        "channelshuffle", "pixelshuffle", "depthtospace", "spacetodepth", "reorg",
    ),
}  # fmt: skip

_OTHERS: dict[str, Answer] = {
    **_nothing(
        "write it as the padding of the next layer: padding: {top: 1, left: 1}; padding of a "
        "max_pool never wins, zeros may",
        "zeropadding2d", "zeropad2d", "pad", "padding", "constantpad2d", "zeropadding",
    ),
    **_absent("padding by reflection or repetition", "reflectionpad2d", "replicationpad2d"),
    **_absent("cropping", "cropping2d", "crop", "centercrop"),
    **_absent("dropout of whole maps", "dropout2d", "spatialdropout", "spatialdropout2d"),
    **_absent("dropout of whole branches", "droppath", "stochasticdepth"),
    **_absent("other noise than dropout", "alphadropout", "gaussiandropout", "gaussiannoise"),
    **_nothing(
        "conv2d and dense have biases of their own: bias: true", "bias", "biasadd", "biaslayer"
    ),
    **_nothing(
        "the input is a field of the spec: input: {channels: 3, height: 227, width: 227}",
        "input", "inputlayer", "imageinput", "data", "net",
    ),
    **_nothing(
        "the last layer is the output; the loss is a field of the spec: train: {loss: …}",
        "output", "classification", "softmaxwithloss", "crossentropyloss", "loss", "regression",
        "accuracy", "nllloss",
    ),
    **_absent("recurrent layers", "lstm", "gru", "rnn", "simplernn", "bidirectional"),
    **_absent(
        "attention", "attention", "multiheadattention", "transformer", "selfattention", "vit"
    ),
    **_absent("embedding", "embedding"),
    **_absent(
        "preprocessing: give it images that are scaled already", "rescaling", "scaling"
    ),
    **_nothing("its function is the type: {type: relu}", "activation", "nonlinearity"),
    **_absent("code of the author's own", "lambda", "custom", "module", "sequential"),
}  # fmt: skip

ALIASES: dict[str, Answer] = {
    simplified(alias): Answer(kind) for kind, op in OPS.items() for alias in op.aliases
}
"""What the classes of the operations say themselves."""


def _with_aliases(rows: dict[str, Answer], kinds: Mapping[str, object]) -> dict[str, Answer]:
    """Rows and the classes' own aliases, which lack notes, but not what the rows say is absent."""
    own = {word: answer for word, answer in ALIASES.items() if str(answer.name) in kinds}
    here = own.keys() | {simplified(kind) for kind in kinds}
    return own | {word: row for word, row in rows.items() if not (row.absent and word in here)}


_FUNCTIONS: dict[str, Answer] = {
    **ABSENT_ACTIVATIONS,
    **_named("tanh", "hyperbolictangent", "tansig"),
    **_named("sigmoid", "logsig"),
    **_named("relu", "poslin"),
    **_named("scaled_tanh", "stanh", "lecuntanh"),
    **_named("leaky_relu", "leaky", "lrelu", note="{leaky_relu: {slope: 0.1}} in Darknet"),
    **_named("gelu", "geluapprox", "approximategelu", "gelunew", note="with form: tanh"),
}

ACTIVATION_WORDS = _with_aliases({**_FUNCTIONS, **_NOTHING}, ACTIVATIONS)
"""Answers for the value of `activation`, by the simplified word."""

TYPES = _with_aliases(
    {
        **_FUNCTIONS,
        **_nothing("leave the layer out", "none", "identity", "passthrough", "noop", "null"),
        **_CONVOLUTIONS,
        **_POOLS,
        **_NORMS,
        **_DENSE,
        **_JOINS,
        **_OTHERS,
    },
    OPS,
)
"""Answers for the value of `type`, by the simplified word."""

VALUES: dict[str, dict[str, Answer]] = {
    "padding": {
        **_nothing("padding is by zeros: write how many", "zeros", "zero", "constant"),
        **_absent("such padding", "reflect", "symmetric", "replicate", "edge", "circular", "causal", "wrap", "full"),
        **_named("valid", "none", "no", "explicit"),
        **_named("same", "half"),
    },
    "loss": {
        **_named(
            "cross_entropy", "crossentropy", "crossentropyloss", "categoricalcrossentropy",
            "sparsecategoricalcrossentropy", "softmaxwithloss", "softmaxcrossentropy", "logloss", "nll",
            "nllloss", "negativeloglikelihood",
        ),
        **_named("mean_squared_error", "mse", "mseloss", "l2", "l2loss", "euclidean", "euclideanloss"),
        **_absent("binary cross-entropy", "bce", "binarycrossentropy", "bceloss", "bcewithlogitsloss"),
    },
    "form": {
        **_named("exact", "none", "erf", "false"),
        **_named("tanh", "true", "approximate", "approx"),
    },
    "over": {**_named("sum", "total"), **_named("mean", "average")},
}  # fmt: skip
"""Answers for words as values, under the field that has them."""

INITIALIZERS: dict[str, Answer] = {
    **_named("glorot_uniform", "xavieruniform", "glorot"),
    **_named("glorot_uniform", "xavier", note="Caffe's xavier is lecun_uniform"),
    **_named("glorot_normal", "xaviernormal"),
    **_named(
        "he_uniform", "kaiminguniform", note="of nn.Conv2d itself, with a = √5, it is narrower"
    ),
    **_named("he_normal", "kaimingnormal", "msra", "msrafiller", "kaiming", "he"),
    **_named("lecun_normal", "lecun"),
    **_named("normal", "gaussian", "randomnormal"),
    **_named("uniform", "randomuniform"),
    **_named("truncated_normal", "truncnormal"),
    **_nothing("write the number itself: 0", "zeros", "zero", "zerosinitializer"),
    **_nothing("write the number itself: 1", "ones", "one"),
    **_absent(
        "such rule",
        "orthogonal",
        "dirac",
        "delta",
        "identity",
        "sparse",
        "variancescaling",
        "bilinear",
    ),
}
"""Answers for the rules of `init`, by the simplified word."""
