"""What operations share that slide a window over maps."""

from abc import abstractmethod
from typing import Any, final

from archc.ops.base import Array, Arrays, Geometry, Op, Weights
from archc.ops.tensor import Shape
from archc.ops.window import Window


class WindowedOp(Op):
    """An operation that makes each output of one window on maps; its geometry is that window."""

    @abstractmethod
    def geometry(self, inputs: tuple[Shape, ...]) -> Window:
        """The window on maps of this size; raises Fault if none fits."""

    @abstractmethod
    def run_windows(self, xp: Any, x: Array, weights: Weights, win: Window) -> Array:
        """The output of maps `x`, (N, C, H, W), before `activation`."""

    def output_maps(self, channels: int) -> int:
        """The number of feature maps of the output, given the input's; the same by default."""
        return channels

    def meaning(self, geometry: Geometry) -> dict[str, object]:
        win = _known(geometry)
        dilation = tuple(d if k > 1 else 1 for d, k in zip(win.dilation, win.kernel, strict=True))
        return {
            "stride": win.stride,
            "padding": win.pads,
            "dilation": dilation,
            "ceil_mode": win.extra,
        }

    @final
    def shape(self, inputs: tuple[Shape, ...], geometry: Geometry) -> Shape:
        return (self.output_maps(inputs[0][0]), *_known(geometry).size)

    @final
    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return self.run_windows(xp, inputs[0], weights, _known(geometry))


def _known(geometry: Geometry) -> Window:
    assert geometry is not None
    return geometry
