"""What the two kinds of pooling share: their fields and the shape rule."""

from typing import Annotated, ClassVar

from pydantic import Field

from archc.ops.activations import ActivationField
from archc.ops.base import Geometry, Stateless, Traits
from archc.ops.tensor import Shape
from archc.ops.window import (
    Kernel,
    Padding,
    PaddingField,
    Stride,
    Window,
    maps,
    require_overlap,
    window,
)


class Pool(Stateless):
    """One number for each window of each map."""

    traits: ClassVar[Traits] = Traits(neurons=False, mixes=False, shares="never")

    kernel: Kernel
    stride: Annotated[
        Stride | None, Field(description="Step between windows, in pixels; the kernel by default.")
    ] = None
    padding: PaddingField = Padding()
    ceil_mode: Annotated[
        bool, Field(description="Keep a last window that only partly covers the input.")
    ] = False
    activation: ActivationField = None

    def geometry(self, inputs: tuple[Shape, ...]) -> Window:
        win = window(
            maps(self.type, inputs),
            kernel=self.kernel,
            stride=self.stride or self.kernel,
            padding=self.padding,
            ceil_mode=self.ceil_mode,
        )
        require_overlap(win)
        return win

    def shape(self, inputs: tuple[Shape, ...], geometry: Geometry) -> Shape:
        assert geometry is not None
        return (inputs[0][0], *geometry.size)
