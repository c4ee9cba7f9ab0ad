"""The functions that make the convolutions and dense layers of a Keras file.

What all layers of a kind share is written in the function once; what differs is a parameter.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from archc.network.graph import Graph, Node
from archc.ops.conv2d import Conv2d
from archc.targets.keras.initializers import initializer, weight_named
from archc.targets.keras.layers import strides_apart
from archc.targets.keras.padding import padding
from archc.targets.lowering import lower

_SIZE = "int | tuple[int, int]"
_INITIALIZER = "str | initializers.Initializer"


@dataclass(frozen=True)
class Parameter:
    """A parameter of a function that makes layers, and what it hands to the layer's own."""

    name: str
    annotation: str
    default: str = ""
    """Nothing where every call gives it."""
    passed: str = ""
    """The argument of the layer that it becomes; of its own name if nothing."""

    @property
    def declaration(self) -> str:
        return f"{self.name}: {self.annotation}" + (f" = {self.default}" if self.default else "")

    @property
    def argument(self) -> str:
        return self.passed or f"{self.name}={self.name}"


class Maker:
    """The function that makes the layers `nodes`, which are of one kind."""

    def __init__(self, graph: Graph, nodes: Sequence[Node], strings: bool) -> None:
        """`strings`: every activation is a name that Keras knows."""
        self._nodes, self._graph = nodes, graph
        biased = [node for node in nodes if any(w.name == "bias" for w in node.weights)]
        weights = {initializer(node, "weight") for node in nodes}
        biases = [initializer(node, "bias") for node in biased]
        constants = [_constant(node) for node in biased]
        self._varied = len(weights) > 1
        self._weight = next(iter(weights))
        self._bias = biases[0] if len({*biases}) == 1 else ""
        self._numeric = bool(biased) and not self._bias and None not in constants
        self._usual = 0.0 if 0.0 in constants else Counter(constants).most_common(1)[0][0] if (
            constants) else None  # fmt: skip
        self._has_bias = bool(biased)
        self.groups = self._any(lambda op: op.groups > 1)
        self.parameters = (*self._sizes(), *self._starts(), *self._rest(strings))

    @property
    def signature(self) -> str:
        """The keyword parameters."""
        return ", ".join(["*", *(parameter.declaration for parameter in self.parameters)])

    @property
    def arguments(self) -> list[str]:
        """What the layer is given by keyword."""
        fixed = [] if self._varied else [f"kernel_initializer={self._weight}"]
        fixed += [f"bias_initializer={self._bias}"] if self._bias else []
        found = [parameter.argument for parameter in self.parameters]
        return [*found[:-1], *fixed, found[-1]]

    @property
    def kernel(self) -> str:
        """The type of the kernel's size."""
        return _SIZE if self._any(lambda op: op.kernel[0] != op.kernel[1]) else "int"

    def starts(self, node: Node) -> str:
        """What a call says of how its weights start, with a comma before each argument."""
        given = [f"kernel_initializer={initializer(node, 'weight')}"] if self._varied else []
        has_bias = any(w.name == "bias" for w in node.weights)
        if self._numeric and has_bias and _constant(node) != self._usual:
            given.append(f"bias_start={_constant(node)!r}")
        elif self._has_bias and not self._numeric and not self._bias:
            bias = initializer(node, "bias") if has_bias else '"zeros"'
            given.append(f"bias_initializer={bias}")
        return "".join(f", {argument}" for argument in given)

    def _any(self, holds: Callable[[Conv2d], bool]) -> bool:
        return any(isinstance(node.op, Conv2d) and holds(node.op) for node in self._nodes)

    def _sizes(self) -> Iterator[Parameter]:
        striding = [node.op for node in self._nodes if not strides_apart(node)]
        strides = {op.stride for op in striding if isinstance(op, Conv2d)}
        if strides - {(1, 1)}:
            uneven = any(height != width for height, width in strides)
            yield Parameter("strides", _SIZE if uneven else "int", "1")
        if any(
            isinstance(node.op, Conv2d)
            and not strides_apart(node)
            and node.geometry is not None
            and padding(node.geometry, self._graph.inputs(node)[0]) == "same"
            for node in self._nodes
        ):
            yield Parameter("padding", "str", '"valid"')
        if self._any(lambda op: op.dilation != (1, 1)):
            uneven = self._any(lambda op: op.dilation[0] != op.dilation[1])
            yield Parameter("dilation_rate", _SIZE if uneven else "int", "1")
        if self.groups:
            yield Parameter("groups", "int", "1")

    def _starts(self) -> Iterator[Parameter]:
        if any(not any(w.name == "bias" for w in node.weights) for node in self._nodes):
            yield Parameter("use_bias", "bool", "True")
        if self._varied:
            yield Parameter("kernel_initializer", _INITIALIZER)
        if self._numeric:
            start = "bias_initializer=initializers.Constant(bias_start)"
            yield Parameter("bias_start", "float", repr(self._usual), start)
        elif self._has_bias and not self._bias:
            yield Parameter("bias_initializer", _INITIALIZER)

    def _rest(self, strings: bool) -> Iterator[Parameter]:
        if any(node.activation for node in self._nodes):
            call = "" if strings else " | Callable[[KerasTensor], KerasTensor]"
            yield Parameter("activation", f"str{call} | None", "None")
        yield Parameter("name", "str")


def _constant(node: Node) -> float | None:
    """The number that a bias starts from; None where it is sampled."""
    start = lower(weight_named(node, "bias"))
    return start.scale if start.kind == "constant" else None
