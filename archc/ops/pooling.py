"""Max and average pooling."""

from dataclasses import replace
from math import prod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from archc.ops.activations import ActivationField
from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array, Arrays, Family, Geometry, Stateless, Traits, Weights
from archc.ops.tensor import Shape
from archc.ops.window import (
    Kernel,
    OwnStride,
    Padding,
    PaddingField,
    Pads,
    Window,
    require_maps,
    require_overlap,
    slide,
    window,
)
from archc.ops.windowed import WindowedOp


class Pool(WindowedOp, Stateless):
    """One number for each window of each map."""

    family: ClassVar[Family] = "pooling"
    traits: ClassVar[Traits] = Traits(neurons=False, mixes=False, shares="never")

    kernel: Kernel
    stride: OwnStride = None
    padding: PaddingField = Padding()
    ceil_mode: Annotated[
        bool, Field(description="Keep a last window that only partly covers the input.")
    ] = False
    activation: ActivationField = None

    def geometry(self, inputs: tuple[Shape, ...]) -> Window:
        win = window(
            require_maps(self.type, inputs),
            kernel=self.kernel,
            stride=self.stride or self.kernel,
            padding=self.padding,
            ceil_mode=self.ceil_mode,
        )
        require_overlap(win)
        return win


class MaxPool(Pool):
    """Max pooling.

    The largest value of each window; padding counts as minus infinity, so it never wins.
    """

    label: ClassVar[str] = "max pooling"
    aliases: ClassVar[tuple[str, ...]] = ("maxpool", "maxpool2d", "maxpooling2d")

    type: Literal["max_pool"] = "max_pool"

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        return {"pooling": Arithmetic(comparisons=prod(self.kernel) - 1) * prod(shape)}

    def run_windows(self, xp: Any, x: Array, weights: Weights, win: Window) -> Array:
        return slide(xp, x, win, -xp.inf).max(axis=(4, 5))

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return xp.abs(self.run(xp, inputs, weights, geometry))


class AvgPool(Pool):
    """Average pooling.

    The mean of each window, over its pixels inside the input or, if asked, its padding too.

    What `ceil_mode` adds beyond the padding is never counted.
    """

    label: ClassVar[str] = "average pooling"
    aliases: ClassVar[tuple[str, ...]] = ("averagepool", "averagepooling2d", "avgpool2d")

    type: Literal["avg_pool"] = "avg_pool"
    count_padding: Annotated[
        bool, Field(description="Whether the zeros of the padding count in the mean.")
    ] = False

    def meaning(self, geometry: Geometry) -> dict[str, object]:
        padded = geometry is not None and any(geometry.pads)
        return {**super().meaning(geometry), "count_padding": self.count_padding and padded}

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        each = Arithmetic(additions=prod(self.kernel) - 1, divisions=1)
        return {"pooling": each * prod(shape)}

    def run_windows(self, xp: Any, x: Array, weights: Weights, win: Window) -> Array:
        if self.count_padding:
            top, bottom, left, right = win.pads
            x = xp.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
            win = replace(win, pads=Pads(0, 0, 0, 0))
        # What is left to pad does not count: nanmean passes over it.
        return xp.nanmean(slide(xp, x, win, xp.nan), axis=(4, 5))

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        # A window is often added pixel by pixel: its partial sums grow with it, and their roundings
        # with the root of its size.
        growth = 1 + xp.sqrt(prod(self.kernel)) / 4
        return growth * self.run(xp, (xp.abs(inputs[0]),), weights, geometry)
