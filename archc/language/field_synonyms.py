"""What other tools call the fields of the language, for each type and section, with a true answer."""

from collections.abc import Mapping

from archc.language.synonyms import Answer
from archc.ops import OPS

Rows = dict[str, Answer]


def _is(name: str, *words: str, note: str = "") -> Rows:
    return dict.fromkeys(words, Answer(name, note))


def _says(note: str, *words: str) -> Rows:
    """Words for what the language says otherwise, or not at all."""
    return dict.fromkeys(words, Answer(None, note))


_LAYER: Rows = {
    **_is("from", "input", "inputs", "bottom", "bottoms", "parent", "parents", "prev", "inbound"),
    **_says("the name comes first: - conv1: {type: …}", "name", "top", "id", "label"),
    **_says(
        "it follows from the layer's input: leave it out",
        "inchannels", "infeatures", "numfeatures", "numchannels", "inputshape", "inputdim",
        "inputsize", "batchinputshape", "ninput", "inplanes", "inputchannels",
    ),
    **_says("maps are channels first everywhere: leave it out", "dataformat", "layout"),
    **_says("numbers are float32 everywhere: leave it out", "dtype", "paramdtype", "precision"),
    **_says("it does not change what is computed: leave it out", "inplace", "device", "seed", "fused"),
    **_says("every parameter is trained: leave it out", "trainable", "requiresgrad", "frozen"),
    **_says(
        "weight decay belongs to the recipe: train: {optimizer: {weight_decay: …}}",
        "kernelregularizer", "biasregularizer", "weightdecay", "decaymult", "wd", "regularizer",
        "activityregularizer", "weightl2factor",
    ),
    **_says(
        "learning rates belong to the recipe: train: {optimizer: {learning_rate: …}}",
        "lrmult", "weightlearnratefactor", "biaslearnratefactor",
    ),
}  # fmt: skip
"""Of every layer."""

EVERYWHERE = frozenset(word for word, answer in _LAYER.items() if answer.name is None)
"""Words that change no layer's shape, whatever its type."""

_ACTIVATION = _is("activation", "act", "activationfn", "activationfunction", "nonlinearity", "func")
_INIT: Rows = {
    **_is(
        "init", "kernelinitializer", "weightsinitializer", "weightinitializer", "weightfiller",
        "kernelinit", "initializer", "initialiser", "w", note="{weight: he_normal}",
    ),
    **_is("init", "biasinitializer", "biasfiller", "biasinit", note="{bias: 0}"),
}  # fmt: skip
_BIAS = _is("bias", "usebias", "biasterm", "withbias", "hasbias")
_KERNEL: Rows = {
    **_is(
        "kernel", "kernelsize", "kernelshape", "poolsize", "size", "ksize", "filtersize", "window",
        "windowshape", "windowsize", "kernelsizes", "field",
    ),
    **_is("kernel", "kernelh", "kernelw", "kernelheight", "kernelwidth", note="[height, width]"),
    **_is("stride", "strides", "subsample", "step", "windowstrides"),
    **_is("stride", "strideh", "stridew", note="[height, width]"),
}  # fmt: skip
_PADDING: Rows = {
    **_is("padding", "pad", "pads", "paddingsize", "bordermode"),
    **_is("padding", "padh", "padw", note="[height, width]"),
    **_is("padding", "autopad", note="SAME_UPPER is same_upper, SAME_LOWER is same_lower"),
}
_ZEROS = _says("padding is by zeros; what it is by cannot be chosen", "paddingmode", "padmode")
_NO_DILATION = _says(
    "pools have no dilation here, and no other field means it",
    "dilation", "dilations", "dilationrate", "windowdilation",
)  # fmt: skip
_POOL: Rows = {
    **_LAYER, **_ACTIVATION, **_KERNEL, **_PADDING, **_NO_DILATION,
    **_is("ceil_mode", "ceil", "roundmode", note="true or false"),
    **_says("a pool's indices are no output: leave it out", "returnindices", "storageorder"),
    **_says("for one value a map, write a kernel as large as the map", "globalpooling", "global"),
    **_says("the type says it: max_pool or avg_pool", "mode", "pool", "pooltype", "op"),
}  # fmt: skip
_AXES = _says("it is always over the channels: leave it out", "axis", "dim", "axes", "concatdim")

FIELDS: dict[str, Mapping[str, Answer]] = {
    **dict.fromkeys(OPS, _LAYER),
    "conv2d": {
        **_LAYER, **_ACTIVATION, **_INIT, **_BIAS, **_KERNEL, **_PADDING, **_ZEROS,
        **_is(
            "filters", "outchannels", "numoutput", "channels", "features", "numfilters", "nfilters",
            "nbfilter", "outplanes", "outputchannels", "maps", "depth", "units", "out",
        ),
        **_is("dilation", "dilations", "dilationrate", "kerneldilation", "atrous", "rate"),
        **_is("groups", "group", "featuregroupcount", "numgroups", "cardinality"),
        **_is("groups", "depthmultiplier", note="the input maps; filters are multiplier times maps"),
        **_is("connections", "connectiontable", "table"),
        **_says("the language has no transposed convolution", "inputdilation", "outputpadding"),
        **_says("a convolution rounds down; only pools have ceil_mode: pad more", "ceilmode", "ceil"),
    },
    "dense": {
        **_LAYER, **_ACTIVATION, **_INIT, **_BIAS,
        **_is(
            "units", "outfeatures", "numoutput", "features", "output", "outputsize", "hidden",
            "hiddensize", "n", "outputdim", "neurons", "filters",
        ),
    },
    "max_pool": {
        **_POOL,
        **_says(
            "padding is never the largest, so it does not count: leave it out",
            "countpadding", "countincludepad",
        ),
    },
    "avg_pool": {
        **_POOL,
        **_is("count_padding", "countincludepad"),
        **_is("count_padding", "excludepad", "exclusive", note="the opposite of it"),
        **_says("a mean is divided by the pixels of its window", "divisoroverride"),
    },
    "subsample": {
        **_LAYER, **_ACTIVATION, **_KERNEL, **_INIT, **_NO_DILATION,
        **_says("windows lie within the input here", "padding", "pad", "pads"),
    },
    "rbf": {**_LAYER, **_is("codes", "centers", "centres", "prototypes", "bitmaps")},
    "dropout": {
        **_LAYER,
        **_is("rate", "p", "ratio", "dropoutratio", "prob", "probability", "dropoutrate", "drop"),
        **_is("rate", "keepprob", "keep", note="the rate is 1 - keep_prob"),
        **_says("every value is dropped by itself", "noiseshape", "broadcastdims"),
    },
    "batch_norm": {
        **_LAYER, **_ACTIVATION,
        **_is("epsilon", "eps", "varianceepsilon"),
        **_is("momentum", "decay", "movingaveragefraction", "movingaveragedecay", note="the same number"),
        **_is("momentum", "meandecay", "variancedecay", note="1 minus MATLAB's number"),
        **_is("init", "gamma", "gammainitializer", "scaleinit", "scalefactor", note="{scale: 1}"),
        **_is("init", "beta", "betainitializer", "biasinit", "offset", note="{bias: 0}"),
        **_says(
            "scale and bias are always there: leave it out",
            "affine", "center", "scale", "usescale", "usebias", "bias",
        ),
        **_says(
            "training uses the batch's statistics, inference the running ones: leave it out",
            "trackrunningstats", "useglobalstats", "userunningaverage", "training", "istraining",
        ),
        **_AXES,
    },
    "lrn": {
        **_LAYER,
        **_is("size", "n", "localsize", "windowchannelsize", "window"),
        **_is("size", "depthradius", "radius", note="a radius of r is a size of 2r + 1"),
        **_is("k", "bias", "offset"),
        **_is("over", "normalization", "mode", note="sum or mean"),
        **_says("it is across channels; within one there is none", "normregion", "acrosschannels"),
    },
    "relu": {
        **_LAYER,
        **_says(
            "that is another function: {type: leaky_relu, slope: …}",
            "negativeslope", "slope", "alpha", "leak",
        ),
        **_says("the language has no relu6", "maxvalue", "max", "clip"),
    },
    "leaky_relu": {**_LAYER, **_is("slope", "negativeslope", "alpha", "scale", "leak", "leakiness")},
    "gelu": {
        **_LAYER,
        **_is(
            "form", "approximate", "approximation",
            note="exact (none, false) or tanh (true)",
        ),
    },
    "scaled_tanh": {**_LAYER, **_is("amplitude", "a"), **_is("slope", "s", "alpha")},
    "softmax": {**_LAYER, **_AXES},
    "concat": {**_LAYER, **_AXES},
    "add": {
        **_LAYER, **_ACTIVATION,
        **_says("a sum has no weights here", "coeff", "coefficients", "weights", "scale"),
        **_says("an add is a sum: leave it out", "operation", "mode"),
    },
    "flatten": {
        **_LAYER, **_says("all axes of a sample are flattened", "startdim", "enddim", "axis")
    },
    "input": {
        **_is("channels", "c", "depth", "inchannels", "maps"),
        **_is("height", "h", "rows"), **_is("width", "w", "columns", "cols"),
        **_says("write channels, height and width", "shape", "size", "inputshape", "dim"),
        **_says("the batch is not part of a spec", "batch", "n", "batchsize"),
    },
    "init": {
        **_is("weight", "kernel", "weights", "w"), **_is("bias", "b", "biases", "beta"),
        **_is("scale", "gamma"), **_is("coefficient", "coefficients"),
    },
    "optimizer": {
        **_is("learning_rate", "lr", "baselr", "rate", "eta"),
        **_is("weight_decay", "decay", "wd", "l2"),
        **_says("the recipe's sgd has no Nesterov momentum", "nesterov"),
        **_says("momentum is not dampened", "dampening"),
    },
    "train": {
        **_is("batch", "batchsize"), **_is("optimizer", "optimiser", "solver"),
        **_is("loss", "criterion", "objective"), **_is("epochs", "nepochs", "maxepochs"),
        **_is("schedule", "scheduler", "lrscheduler", "lrpolicy"),
        **_is("augmentation", "transforms", "transform", "augment"),
        **_is("optimizer", "lr", "learningrate", note="{learning_rate: …}"),
    },
    "a spec": {
        **_is("layers", "layer", "network", "model", "architecture", "backbone"),
        **_is("name", "id"), **_is("title", "description", "summary"),
        **_is("cite", "citation", "paper", "reference", "doi"), **_is("archc", "version"),
        **_is("train", "training", "recipe", "optimizer", "loss", note="{loss: …, optimizer: …}"),
        **_is("expect", "expected", "tests", "published"), **_is("notes", "note", "comments", "remarks"),
        **_is("allow", "ignore", "silence", "suppress", note="{W301: \"why\"}"),
        **_is("input", "inputs", "inputshape"),
        **_says("the last layer is the output", "output", "outputs"),
    },
}  # fmt: skip
"""Answers for a field, by its simplified name, under the type or the section that it stands in."""
