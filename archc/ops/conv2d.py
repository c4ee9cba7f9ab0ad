"""Convolution."""

from math import gcd, prod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PositiveInt

from archc.errors import Fault
from archc.ops.activations import ActivationField
from archc.ops.arithmetic import Arithmetic, Purpose, Work, products
from archc.ops.base import Array, Arrays, Family, Geometry, Output, Traits, Weights, run_on_sizes
from archc.ops.bitmaps import Bitmap
from archc.ops.connections import TableField, fan_ins, pairs, scatter, unread
from archc.ops.initializers import Inits
from archc.ops.tensor import Cost, Shape, Weight
from archc.ops.window import (
    Kernel,
    Padding,
    PaddingField,
    Stride,
    Window,
    require_maps,
    slide,
    window,
)
from archc.ops.windowed import WindowedOp


class Conv2d(WindowedOp):
    """Two-dimensional convolution, as a cross-correlation, with groups and dilation.

    Filters of one kernel size over maps; with groups, each sees its own share of the maps.

    With a table of connections each sees the maps that its column marks, and no other kernel exists.
    """

    label: ClassVar[str] = "convolution"
    family: ClassVar[Family] = "convolution"
    aliases: ClassVar[tuple[str, ...]] = ("conv", "convolution", "convolution2d", "depthwiseconv2d")
    drawn_field: ClassVar[str] = "connections"
    traits: ClassVar[Traits] = Traits(neurons=True, mixes=True, shares="never")
    output: ClassVar[Output] = "logits"

    type: Literal["conv2d"] = "conv2d"
    filters: Annotated[PositiveInt, Field(description="Number of output maps.")]
    kernel: Kernel
    stride: Stride = (1, 1)
    padding: PaddingField = Padding()
    dilation: Annotated[
        Stride, Field(description="Distance between the pixels of a window; 1 is dense.")
    ] = (1, 1)
    groups: Annotated[
        PositiveInt, Field(description="Number of groups that maps and filters are split into.")
    ] = 1
    connections: TableField = None
    bias: Annotated[bool, Field(description="Whether each filter adds a trained number.")] = True
    activation: ActivationField = None
    init: Annotated[Inits, Field(description="How weights and biases are initialised.")] = Inits()

    def geometry(self, inputs: tuple[Shape, ...]) -> Window:
        shape = require_maps(self.type, inputs)
        for count, what in ((shape[0], "input maps"), (self.filters, "filters")):
            if count % self.groups:
                facts = {"groups": self.groups, "count": count, "what": what}
                divisors = _common_divisors(shape[0], self.filters)
                raise Fault("E305", "groups", divisors=", ".join(map(str, divisors)), **facts)
        self._check_connections(shape[0])
        return window(
            shape,
            kernel=self.kernel,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
        )

    def _check_connections(self, maps: int) -> None:
        """Refuse a table that does not fit; raises Fault."""
        table = self.connections
        if table is None:
            return
        if self.groups > 1:
            raise Fault("E316", "groups")
        for what, found, count in (
            ("row for each of the input maps", len(table), maps),
            ("column for each of the filters", len(table[0]), self.filters),
        ):
            if found != count:
                raise Fault("E314", "connections", what=what, count=count, found=found)
        if unread(table):
            raise Fault("E315", "connections", filter=unread(table)[0])
        if self.init.weight.kind.startswith("glorot"):
            raise Fault("E318", "init")

    @property
    def drawings(self) -> tuple[Bitmap, ...]:
        return (self.connections,) if self.connections is not None else ()

    def meaning(self, geometry: Geometry) -> dict[str, object]:
        init = self.init if self.bias else Inits(weight=self.init.weight)
        return {**super().meaning(geometry), "init": init}

    @property
    def pair_counts(self) -> tuple[int, int] | None:
        """How many pairs of an input map and a filter a connection table connects, and how many
        there are; None without a table."""
        table = self.connections
        return (len(pairs(table)), len(table) * len(table[0])) if table is not None else None

    def output_maps(self, channels: int) -> int:
        return self.filters

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        kernel = self._kernel(inputs[0][0] // self.groups)
        bias = Weight.bias(self.filters, self.init.bias)
        return (kernel, bias) if self.bias else (kernel,)

    def _kernel(self, maps: int) -> Weight:
        window, init = prod(self.kernel), self.init.weight
        if self.connections is None:
            shape = (self.filters, maps, *self.kernel)
            fans = (maps * window, self.filters * window)
            return Weight("weight", "OIHW", shape, init, fans=fans)
        each = fan_ins(self.connections, self.kernel)
        fans = (max(each), self.filters * window)
        return Weight("weight", "KHW", (len(each), *self.kernel), init, fans=fans, fan_ins=each)

    def cost(self, inputs: tuple[Shape, ...], shape: Shape, weights: tuple[Weight, ...]) -> Cost:
        places = prod(shape[1:])
        return Cost.of(
            weights,
            connections=sum(w.size for w in weights) * places,
            macs=weights[0].size * places,
        )

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        places = prod(shape[1:])
        found: dict[Purpose, Arithmetic] = {
            "products": products(self._kernel(inputs[0][0] // self.groups).size * places)
        }
        if self.bias:
            found["bias"] = Arithmetic(additions=prod(shape))
        return found

    def run_windows(self, xp: Any, x: Array, weights: Weights, win: Window) -> Array:
        windows = slide(xp, x, win, 0.0)
        shares = xp.split(windows, self.groups, axis=1)
        weight = weights["weight"]
        if self.connections is not None:
            weight = scatter(xp, self.connections, weight)
        kernels = xp.split(weight, self.groups, axis=0)
        y = xp.concatenate(
            [
                xp.moveaxis(xp.tensordot(share, kernel, axes=([1, 4, 5], [1, 2, 3])), 3, 1)
                for share, kernel in zip(shares, kernels, strict=True)
            ],
            axis=1,
        )
        return y + weights["bias"][:, None, None] if self.bias else y

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return run_on_sizes(self, xp, inputs, weights, geometry)


def _common_divisors(one: int, other: int) -> list[int]:
    """The common divisors of two numbers, up to 4096."""
    both = gcd(one, other)
    return [d for d in range(1, min(both, 4096) + 1) if both % d == 0]
