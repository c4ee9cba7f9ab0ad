"""What the description in a `.keras` says of its layers, in archc's words.

It is data: nothing of it is run, and what archc has no word for is UNKNOWN.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from archc.weights.checkpoint import PASSES, UNKNOWN, Operation, Value
from archc.weights.described import folded

_Fields = dict[str, Value]


def operations(text: bytes) -> tuple[Operation, ...]:
    """The layers of a sequential or functional model; () if this is none that archc can follow."""
    try:
        model = json.loads(text)
        found = _layers(model["class_name"], model["config"])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        return ()
    return folded(found)


def _layers(kind: str, config: Mapping[str, Any]) -> list[Operation]:
    found: list[Operation] = []
    held = ""
    for layer in config["layers"]:
        name = str(layer["config"]["name"])
        if kind == "Sequential":
            inputs: tuple[str, ...] = (held,)
            held = name
        elif kind == "Functional":
            inputs = tuple(_inputs(layer))
        else:
            return []
        if layer["class_name"] == "InputLayer":
            found.append(Operation(name, PASSES, ("",), {}))
            continue
        found += _layer(name, layer["class_name"], layer["config"], inputs)
    return found


def _inputs(layer: Mapping[str, Any]) -> list[str]:
    """The layers whose outputs a layer reads where it is called first."""
    called = layer["inbound_nodes"]
    if len(called) > 1:
        raise ValueError("a layer that is used twice")
    return _tensors(called[0]["args"]) if called else []


def _tensors(value: Any, depth: int = 0) -> list[str]:
    if isinstance(value, list) and depth < 8:
        return [name for item in value for name in _tensors(item, depth + 1)]
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        return [str(value["config"]["keras_history"][0])]
    return []


def _layer(
    name: str, kind: str, config: Mapping[str, Any], inputs: tuple[str, ...]
) -> list[Operation]:
    """A layer, and its activation behind it if it has one."""
    word, read = _KINDS.get(kind, (UNKNOWN, lambda _: {}))
    if kind == "Activation":
        return [_activation(name, config["activation"], inputs, name)]
    if kind == "ReLU":
        return [_relu(name, config, inputs)]
    try:
        fields = read(config)
    except (KeyError, TypeError, ValueError, IndexError):
        word, fields = UNKNOWN, {}
    first = Operation(name, word, inputs, fields, name)
    activation = config.get("activation", "linear")
    if activation in ("linear", None):
        return [first]
    inner = f"{name} before its activation"
    return [
        Operation(inner, word, inputs, fields, name),
        _activation(name, activation, (inner,), name),
    ]


def _activation(name: str, value: Any, inputs: tuple[str, ...], module: str) -> Operation:
    if isinstance(value, dict) and value.get("registered_name") in (None, value.get("config")):
        value = value.get("config")
    word, fields = _ACTIVATIONS.get(value if isinstance(value, str) else "", (UNKNOWN, {}))
    return Operation(name, word, inputs, dict(fields), module)


def _relu(name: str, config: Mapping[str, Any], inputs: tuple[str, ...]) -> Operation:
    slope, most, least = (
        config.get(key) or 0 for key in ("negative_slope", "max_value", "threshold")
    )
    if most or least:
        return Operation(
            name, "relu6" if (most, slope, least) == (6, 0, 0) else UNKNOWN, inputs, {}
        )
    return Operation(
        name, *(("leaky_relu", inputs, {"slope": float(slope)}) if slope else ("relu", inputs, {}))
    )


def _pair(value: Any) -> tuple[int, int]:
    pair = (value, value) if isinstance(value, int) else tuple(value)
    return int(pair[0]), int(pair[1])


def _padding(value: str) -> Value:
    found: dict[str, Value] = {"same": "same_upper", "valid": (0, 0, 0, 0)}
    return found[value]


def _last(config: Mapping[str, Any]) -> None:
    if config.get("data_format", "channels_last") != "channels_last":
        raise ValueError("channels first")


def _conv(config: Mapping[str, Any]) -> _Fields:
    _last(config)
    return {
        "stride": _pair(config["strides"]),
        "padding": _padding(config["padding"]),
        "dilation": _pair(config["dilation_rate"]),
        "groups": int(config["groups"]),
    }


def _depthwise(config: Mapping[str, Any]) -> _Fields:
    _last(config)
    return {
        "stride": _pair(config["strides"]),
        "padding": _padding(config["padding"]),
        "dilation": _pair(config["dilation_rate"]),
    }


def _pool(config: Mapping[str, Any]) -> _Fields:
    _last(config)
    return {
        "kernel": _pair(config["pool_size"]),
        "stride": _pair(config["strides"] or config["pool_size"]),
        "padding": _padding(config["padding"]),
    }


def _average(config: Mapping[str, Any]) -> _Fields:
    return _pool(config) | {"count_padding": False}


def _norm(config: Mapping[str, Any]) -> _Fields:
    return {
        "epsilon": float(config["epsilon"]),
        "scale": bool(config["scale"]),
        "bias": bool(config["center"]),
    }


def _pads(config: Mapping[str, Any]) -> _Fields:
    _last(config)
    (top, bottom), (left, right) = config["padding"]
    return {"padding": (int(top), int(bottom), int(left), int(right))}


_KINDS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], _Fields]]] = {
    "Conv2D": ("conv2d", _conv),
    "DepthwiseConv2D": ("conv2d", _depthwise),
    "Dense": ("dense", lambda _: {}),
    "BatchNormalization": ("batch_norm", _norm),
    "MaxPooling2D": ("max_pool", _pool),
    "AveragePooling2D": ("avg_pool", _average),
    "ZeroPadding2D": ("pad", _pads),
    "LeakyReLU": ("leaky_relu", lambda config: {"slope": float(config["negative_slope"])}),
    "ELU": ("elu", lambda _: {}),
    "PReLU": ("prelu", lambda _: {}),
    "Softmax": ("softmax", lambda _: {}),
    "Add": ("add", lambda _: {}),
    "Concatenate": ("concat", lambda _: {}),
    **dict.fromkeys(("Flatten", "Permute", "Dropout", "Reshape"), (PASSES, lambda _: {})),
}
"""Keras's classes: archc's word, and what of the configuration is a field."""
_ACTIVATIONS: Mapping[str, tuple[str, _Fields]] = {
    "linear": (PASSES, {}),
    **{
        name: (name, {})
        for name in ("relu", "tanh", "sigmoid", "softmax", "elu", "selu", "silu", "relu6",
                     "hard_sigmoid", "hard_tanh", "mish", "softplus", "softsign")
    },
    "gelu": ("gelu", {"form": "exact"}),
    "leaky_relu": ("leaky_relu", {"slope": 0.2}),
    "swish": ("silu", {}),
}  # fmt: skip
