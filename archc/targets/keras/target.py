"""Keras: the functional API, channels last, the same file on TensorFlow, JAX and PyTorch.

Grouped convolutions run group by group. On a CPU the backward pass of one with `groups=` takes ten
times as long on TensorFlow and JAX, and all of AlexNet up to three times (bench/generated.py); the
numbers and the stored kernel are the same.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from archc.network.graph import INPUT, Graph, Node
from archc.ops.activation import Activation
from archc.ops.conv2d import Conv2d
from archc.ops.dense import Dense
from archc.ops.tensor import Weight
from archc.targets.base import Home, Target, drawing_name, drawings, noted_shape, variables
from archc.targets.formatting import statement
from archc.targets.keras import padding
from archc.targets.keras.declarations import NOTES
from archc.targets.keras.initializers import connected_initializer, initializer
from archc.targets.keras.layers import depthwise, takes_activation
from archc.targets.keras.makers import Conventions
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
    channels_last = True
    model = "archc.weights.keras_model"
    prover = "archc.proof.frameworks.keras_prover"
    effort = 2
    shown = ("makers", "steps")
    notes = NOTES
    float32: ClassVar[Mapping[str, str]] = {
        "leaky_relu": "TensorFlow keeps its slope as float32",
    }
    filters: ClassVar[dict[str, Callable[..., Any]]] = {
        "connected_initializer": connected_initializer,
        "declared": padding.declared,
        "depthwise": depthwise,
        "drawing_name": drawing_name,
        "extra": padding.extra,
        "initializer": initializer,
        "padding": padding.padding,
        "pads": padding.pads,
        "pool_padding": padding.pool_padding,
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
        return Home(layer_name(node), variable, shape, axes)

    def homes(self, node: Node, weight: Weight) -> tuple[Home, ...]:
        own = self.home(node, weight)
        if len(weight.shape) == 4 and own.shape != weight.shape:  # a Conv2D with groups, elsewhere
            return own, Home(own.module, own.variable, weight.shape, (2, 3, 1, 0))
        return (own,)

    def filed(self, node: Node, weight: Weight) -> str:
        return f"{layer_name(node)}/{node.weights.index(weight)}"

    def leaves(self, node: Node, weight: Weight) -> set[str]:
        return {str(node.weights.index(weight))}

    def context(self, graph: Graph, macros: "Macros") -> dict[str, Any]:
        held = variables(graph, "x", "inputs")
        conventions = {
            "conv2d": [n for n in graph.nodes if isinstance(n.op, Conv2d) and _helped(n)],
            "dense": [n for n in graph.nodes if isinstance(n.op, Dense)],
        }
        order = [*dict.fromkeys(node.op.type for node in graph.nodes)]
        helped = {
            kind: Conventions(conventions[kind])
            for kind in sorted(conventions, key=lambda kind: kind in order and order.index(kind))
            if conventions[kind]
        }
        steps = [
            statement
            for node in graph.nodes
            for statement in _steps(graph, node, macros, held, helped)
        ]
        makers = [
            "\n".join(
                statement(line) if line.startswith("def") else line for line in text.split("\n")
            )
            for kind, found in helped.items()
            for text in [macros(kind, "maker", found)]
        ]
        body = "\n".join([*(step.text for step in steps), *makers])
        definitions = macros.definitions(graph, body)
        return {
            "steps": steps,
            "first": f"{held[INPUT]} = inputs" if held[INPUT] != "inputs" else "inputs",
            "result": held[graph.output.name],
            "drawings": drawings(graph, ("conv2d", "rbf")),
            "definitions": definitions,
            "makers": makers,
            "body": "\n".join([body, *definitions.values()]),
        }


def layer_name(node: Node) -> str:
    """The Keras layer that holds a node's weights: its activation may be a layer of its own."""
    return f"{node.name}_pre" if node.activation and not takes_activation(node) else node.name


def _helped(node: Node) -> bool:
    """Whether a convolution or dense layer is made by the function above the model."""
    return not depthwise(node) and takes_activation(node)


def _steps(
    graph: Graph,
    node: Node,
    macros: "Macros",
    held: dict[str, str],
    helped: dict[str, Conventions],
) -> list[Statement]:
    """The statements of one layer; the last one makes the Keras layer that has its name."""
    values = [held[name] for name in node.inputs]
    out = held[node.name]
    lines = [(layer_name(node), line) for line in _own(graph, node, macros, values, out, helped)]
    if node.activation and not takes_activation(node):
        lines.append((node.name, f"{activation_layer(macros, node.activation, node.name)}({out})"))
    shape = noted_shape(node, channels_last=True)
    found = []
    for number, (layer, line) in enumerate(lines, start=1):
        flat, _, comment = line.partition("  # ")
        last = number == len(lines)
        comment = shape if last else comment
        value = layer if last else ""
        found.append(Statement(node, f"{out} = {flat}", comment, 4, value, step=True))
    return found


def _own(
    graph: Graph,
    node: Node,
    macros: "Macros",
    values: list[str],
    out: str,
    helped: dict[str, Conventions],
) -> list[str]:
    """The right-hand sides of a layer's statements, its activation apart where it is a layer."""
    if isinstance(node.op, Activation):
        return [f"{activation_layer(macros, node.op, node.name)}({values[0]})"]
    activation = node.activation
    inside = activation is not None and takes_activation(node)
    conventions = helped.get(node.op.type) if _helped(node) else None
    text = macros(
        node.op.type,
        "steps",
        node,
        values,
        out,
        layer_name(node),
        shape=graph.inputs(node)[0],
        activation=macros.activation(activation.type, activation, "")
        if activation and inside
        else "",
        options=conventions.arguments(node) if conventions else "",
    )
    return [line.strip() for line in text.split("\n") if line.strip()]


def activation_layer(macros: "Macros", op: Activation, name: str) -> str:
    """An activation as a layer: of its own class where it has one, `layers.Activation` otherwise."""
    layer = macros.activation(op.type, op, f'name="{name}"')
    return layer if layer.endswith(")") else f'layers.Activation({layer}, name="{name}")'
