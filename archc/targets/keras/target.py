"""Keras: the functional API, channels last, the same file on TensorFlow, JAX and PyTorch.

Grouped convolutions run group by group. On a CPU the backward pass of one with `groups=` takes ten
times as long on TensorFlow and JAX, and all of AlexNet up to three times (bench/generated.py); the
numbers and the stored kernel are the same.
"""

from collections.abc import Callable, Mapping
from itertools import chain, count
from typing import TYPE_CHECKING, Any, ClassVar

from archc.network.graph import INPUT, Graph, Node
from archc.ops.activations import Activation
from archc.ops.conv2d import Conv2d
from archc.ops.dense import Dense
from archc.ops.tensor import Weight
from archc.targets.base import Home, Target, drawing_name, drawings, noted_shape, variables
from archc.targets.keras import padding
from archc.targets.keras.declarations import NOTES
from archc.targets.keras.initializers import connected_initializer, initializer
from archc.targets.keras.layers import depthwise, made, strides_apart, takes_activation
from archc.targets.keras.makers import Maker
from archc.targets.literals import pair
from archc.targets.statements import Statement

if TYPE_CHECKING:  # Jinja is needed to render only
    from archc.targets.macros import Macros

# (operation, canonical weight) → Keras's variable, where it has another name.
_VARIABLES: dict[tuple[str, str], str] = {
    ("conv2d", "weight"): "kernel",
    ("dense", "weight"): "kernel",
    ("batch_norm", "scale"): "gamma",
    ("batch_norm", "bias"): "beta",
    ("batch_norm", "mean"): "moving_mean",
    ("batch_norm", "variance"): "moving_variance",
}


DEEP = 400
"""Layers of a model from which on the file lets Python's calls nest deeper: Keras walks a model
recursively, and by default Python stops at 1,000 calls."""


class Keras(Target):
    """A function that builds a `keras.Model`."""

    name = "keras"
    title = "Keras"
    modules = ("keras",)
    packages: ClassVar[Mapping[str, str]] = {"tensorflow": "tensorflow-cpu"}
    backends = ("tensorflow", "torch", "jax")
    endings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        ".weights.h5": ("keras",),
        ".keras": ("keras",),
    }
    losses: ClassVar[Mapping[str, str]] = {
        "logits": "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
        "probabilities": "keras.losses.SparseCategoricalCrossentropy()",
        "independent probabilities": "keras.losses.BinaryCrossentropy()",
        "distances": "the right class's own: ops.take_along_axis(y, labels[:, None], 1)",
        "mean_squared_error": "keras.losses.MeanSquaredError()",
    }
    channels_last = True
    model = "archc.weights.keras_model"
    prover = "archc.proof.frameworks.keras_prover"
    tracer = "archc.proof.frameworks.keras_tracer"
    originals = (".keras",)
    effort = 2
    shown = ("makers", "steps")
    notes = NOTES
    float32: ClassVar[Mapping[str, str]] = {
        "leaky_relu": "TensorFlow keeps its slope as float32",
    }
    filters: ClassVar[dict[str, Callable[..., Any]]] = {
        "connected_initializer": connected_initializer,
        "depthwise": depthwise,
        "drawing_name": drawing_name,
        "initializer": initializer,
        "padding": padding.padding,
        "pads": padding.pads,
        "strides_apart": strides_apart,
        "pool_padding": padding.pool_padding,
        "shortest": padding.shortest,
    }

    def inexact(self, backend: str) -> Mapping[str, str]:
        return self.float32 if backend == "tensorflow" else {}

    def home(self, node: Node, weight: Weight) -> Home:
        variable = _VARIABLES.get((node.op.type, weight.name), weight.name)
        shape, axes = weight.shape, tuple(range(len(weight.shape)))
        if isinstance(node.op, Dense) and len(shape) == 2:
            axes = (1, 0)
        elif isinstance(node.op, Conv2d) and len(shape) == 4:
            axes = (2, 3, 1, 0)
            if depthwise(node):  # its first axis taken apart: (groups, filters of a group)
                shape = (node.op.groups, node.op.filters // node.op.groups, *shape[2:])
                axes = (2, 3, 0, 1)
        return Home(node.name, variable, shape, axes)

    def homes(self, node: Node, weight: Weight) -> tuple[Home, ...]:
        own = self.home(node, weight)
        if len(weight.shape) == 4 and own.shape != weight.shape:  # a Conv2D with groups, elsewhere
            return own, Home(own.module, own.variable, weight.shape, (2, 3, 1, 0))
        return (own,)

    def filed(self, node: Node, weight: Weight) -> str:
        return f"{node.name}/{node.weights.index(weight)}"

    def leaves(self, node: Node, weight: Weight) -> set[str]:
        return {str(node.weights.index(weight))}

    def context(self, graph: Graph, macros: "Macros") -> dict[str, Any]:
        held = variables(graph, "x", "inputs")
        alike: dict[str, list[Node]] = {}
        for node in graph.nodes:
            if made(node):
                alike.setdefault(node.op.type, []).append(node)
        helped = {kind: _maker(graph, nodes, macros) for kind, nodes in alike.items()}
        taken = {node.name for node in graph.nodes}
        steps = [
            step
            for node in graph.nodes
            for step in _steps(graph, node, macros, held, helped, taken)
        ]
        makers = [macros(kind, "maker", maker) for kind, maker in helped.items()]
        body = "\n".join([*(step.text for step in steps), *makers])
        definitions = macros.definitions(graph, body)
        deep = len(steps) > DEEP
        return {
            "calls": 1000 * (2 + len(steps) // 250) if deep else 0,
            "steps": steps,
            "first": f"{held[INPUT]} = inputs" if held[INPUT] != "inputs" else "inputs",
            "result": held[graph.output.name],
            "drawings": drawings(graph),
            "definitions": definitions,
            "makers": makers,
            "body": "\n".join([body, *definitions.values()]),
        }


def _maker(graph: Graph, nodes: list[Node], macros: "Macros") -> Maker:
    activations = [node.activation for node in nodes if node.activation]
    strings = all(macros.activation(op.type, op, "").startswith('"') for op in activations)
    return Maker(graph, nodes, strings)


def _steps(
    graph: Graph,
    node: Node,
    macros: "Macros",
    held: dict[str, str],
    helped: dict[str, Maker],
    taken: set[str],
) -> list[Statement]:
    """The statements of one layer, each of which makes one of Keras's."""
    values = [held[name] for name in node.inputs]
    out = held[node.name]
    lines = _own(graph, node, macros, values, out, helped.get(node.op.type))
    layer = node.name  # the last of Keras's layers
    if strides_apart(node) and node.geometry:
        layer = _fresh(f"{node.name}_strided", taken)
        strides = pair(node.geometry.stride)
        lines.append(f'layers.MaxPooling2D(1, strides={strides}, name="{layer}")({out})')
    if node.activation and not takes_activation(node):
        layer = _fresh(f"{node.name}_{node.activation.type}", taken)
        lines.append(f"{_activation(macros, node.activation, layer)}({out})")
    shape = noted_shape(node, channels_last=True)
    found = []
    for number, line in enumerate(lines, start=1):
        flat, _, comment = line.partition("  # ")
        last = number == len(lines)
        comment, value = (shape, layer) if last else (comment, "")
        found.append(Statement(node, f"{out} = {flat}", comment, 4, value, step=True))
    return found


def _own(
    graph: Graph,
    node: Node,
    macros: "Macros",
    values: list[str],
    out: str,
    maker: Maker | None,
) -> list[str]:
    """The right-hand sides of a layer's statements, its activation apart where it is a layer."""
    if isinstance(node.op, Activation):
        return [f"{_activation(macros, node.op, node.name)}({values[0]})"]
    activation = node.activation
    inside = activation is not None and takes_activation(node)
    text = macros(
        node.op.type,
        "steps",
        node,
        values,
        out,
        shape=graph.inputs(node)[0],
        activation=macros.activation(activation.type, activation, "")
        if activation and inside
        else "",
        starts=maker.starts(node) if maker and made(node) else "",
    )
    return [line.strip() for line in text.split("\n") if line.strip()]


def _activation(macros: "Macros", op: Activation, name: str) -> str:
    """An activation as a layer: of its own class where it has one, `layers.Activation` otherwise."""
    layer = macros.activation(op.type, op, f'name="{name}"')
    return layer if layer.endswith(")") else f'layers.Activation({layer}, name="{name}")'


def _fresh(name: str, taken: set[str]) -> str:
    """A name that no layer has, as close to `name` as can be."""
    numbered = (f"{name}_{number}" for number in count(2))
    found = next(each for each in chain([name], numbered) if each not in taken)
    taken.add(found)
    return found
