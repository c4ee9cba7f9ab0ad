"""The arithmetic that convolution and pooling share: windows that slide over maps."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from archc.errors import Fault
from archc.ops.problem import Mismatch, OutOfRange, UnknownName
from archc.ops.tensor import Shape, show, show_pair

Pair = tuple[int, int]
"""(height, width)."""


class Pads(NamedTuple):
    """Pixels added at the four sides."""

    top: int
    bottom: int
    left: int
    right: int

    def show(self) -> str:
        """One number, down×across, or top,bottom,left,right where opposite sides differ."""
        same = (self.top, self.left) == (self.bottom, self.right)
        return show_pair((self.top, self.left)) if same else ",".join(map(str, self))


@dataclass(frozen=True, slots=True)
class Window:
    """A window on maps of one size: all that `same` and `ceil_mode` leave open, as numbers.

    `pads` is the padding that the author means, `extra` what the last window of `ceil_mode` needs
    beyond it (bottom, right), `size` the number of windows (down, across).
    """

    kernel: Pair
    stride: Pair
    dilation: Pair
    pads: Pads
    extra: Pair
    size: Pair

    @property
    def total(self) -> Pads:
        """All padding: the author's, and what `ceil_mode` adds at the bottom and on the right."""
        top, bottom, left, right = self.pads
        return Pads(top, bottom + self.extra[0], left, right + self.extra[1])

    @property
    def added(self) -> Pads:
        """What `ceil_mode` adds beyond the author's padding."""
        return Pads(0, self.extra[0], 0, self.extra[1])

    def show(self, slash: str = "/") -> str:
        """Kernel and stride as people write them: 3×3/2."""
        return f"{show(self.kernel)}{slash}{show_pair(self.stride)}"


def _pair(value: Any, least: int) -> Any:
    numbers = value if isinstance(value, tuple) else (value, value)
    whole = [n for n in numbers if isinstance(n, int) and not isinstance(n, bool)]
    if len(whole) == len(numbers) == 2 and min(whole) >= least:
        return numbers
    if any(n < least for n in whole):
        raise OutOfRange(f"at least {least}")
    raise Mismatch("an integer or [height, width]")


def _pair_schema(least: int) -> dict[str, Any]:
    number = {"type": "integer", "minimum": least}
    return {
        "anyOf": [
            number,
            {"type": "array", "items": [number, number], "minItems": 2, "maxItems": 2},
        ]
    }


Size = Annotated[
    Pair, BeforeValidator(lambda value: _pair(value, 1)), WithJsonSchema(_pair_schema(1))
]
"""An integer above 0, or [height, width]."""

Word = Literal["valid", "same", "same_upper", "same_lower"]
SIDES = Pads._fields


class Padding(BaseModel):
    """What the author wrote as `padding`: four numbers, or a name that the input's size resolves."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    word: Word | None = None
    pads: Pads = Pads(0, 0, 0, 0)


_FORMS = "a number, [height, width], {top, bottom, left, right}, valid, same_upper or same_lower"


def _padding(value: Any) -> Any:
    if isinstance(value, Padding):
        return value
    if isinstance(value, str):
        if not value[:1].isalpha():  # (1,1), 2x2
            raise Mismatch(_FORMS)
        if value not in get_args(Word):
            raise UnknownName("padding", get_args(Word))
        return Padding.model_validate({"word": value})
    if isinstance(value, dict):
        unknown = next((side for side in value if side not in SIDES), None)
        if unknown is not None:
            raise UnknownName("side", SIDES, key=unknown)
        for side, number in value.items():
            if not isinstance(number, int) or isinstance(number, bool):
                raise Mismatch("an integer", key=side)
            if number < 0:
                raise OutOfRange("at least 0", key=side)
        return Padding(pads=Pads(*(value.get(side, 0) for side in SIDES)))
    if isinstance(value, (int, tuple)) and not isinstance(value, bool):
        height, width = _pair(value, 0)
        return Padding(pads=Pads(height, height, width, width))
    raise Mismatch(_FORMS)


Pad = Annotated[
    Padding,
    BeforeValidator(_padding),
    WithJsonSchema(
        {
            "anyOf": [
                *_pair_schema(0)["anyOf"],
                {"type": "string", "enum": list(get_args(Word))},
                {
                    "type": "object",
                    "properties": {
                        side: {
                            "type": "integer",
                            "minimum": 0,
                            "default": 0,
                            "description": f"Pixels added at the {side}.",
                        }
                        for side in SIDES
                    },
                    "additionalProperties": False,
                },
            ]
        }
    ),
]

Kernel = Annotated[Size, Field(description="Height and width of the window, in pixels.")]
Stride = Annotated[Size, Field(description="Step from one window to the next, in pixels.")]
OwnStride = Annotated[
    Stride | None, Field(description="Step between windows, in pixels; the kernel by default.")
]
"""The stride of a pool."""
PaddingField = Annotated[
    Pad,
    Field(
        description="Pixels added around the input: a number, [height, width], "
        "{top, bottom, left, right}, valid (none), same (stride 1), same_upper or same_lower "
        "(the odd pixel at the end or at the start)."
    ),
]


def require_maps(kind: str, inputs: tuple[Shape, ...]) -> tuple[int, int, int]:
    """Channels, height and width of the only input; raises Fault if it is a vector."""
    (shape,) = inputs
    if len(shape) != 3:
        raise Fault("E310", "from", type=kind, shape=show(shape))
    return shape[0], shape[1], shape[2]


def window(
    shape: tuple[int, int, int],
    *,
    kernel: Pair,
    stride: Pair,
    padding: Padding,
    dilation: Pair = (1, 1),
    ceil_mode: bool = False,
) -> Window:
    """The window on maps of `shape`; raises Fault if not one fits."""
    extents = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    axes = [
        _axis(n, k, s, *pads, padding.word, ceil_mode)
        for n, k, s, pads in zip(
            shape[1:], extents, stride, (padding.pads[:2], padding.pads[2:]), strict=True
        )
    ]
    if any(count < 1 for _, _, count in axes):
        rooms = tuple(n + sum(pads) for n, (pads, _, _) in zip(shape[1:], axes, strict=True))
        fits = tuple((room - 1) // d + 1 for room, d in zip(rooms, dilation, strict=True))
        facts = {
            "kernel": show(kernel),
            "dilated": f", dilated to {show(extents)}," if dilation != (1, 1) else "",
            "size": show(shape[1:]),
            "padded": f", padded to {show(rooms)}" if rooms != shape[1:] else "",
            "room": f"a kernel of at most {show(fits)} fits, or pad the input",
        }
        raise Fault("E304", "kernel", **facts)
    (rows, extra_rows, height), (columns, extra_columns, width) = axes
    return Window(
        kernel,
        stride,
        dilation,
        Pads(*rows, *columns),
        (extra_rows, extra_columns),
        (height, width),
    )


def _axis(
    n: int, extent: int, stride: int, before: int, after: int, word: Word | None, ceil_mode: bool
) -> tuple[Pair, int, int]:
    """One axis: (padding before and after, extra of ceil_mode, number of windows)."""
    if word in ("same", "same_upper", "same_lower"):
        if word == "same" and stride > 1:
            raise Fault("E311", "padding")
        total = max((-(-n // stride) - 1) * stride + extent - n, 0)
        small, large = total // 2, total - total // 2
        before, after = (large, small) if word == "same_lower" else (small, large)
    room = n + before + after - extent
    count = (-(-room // stride) if ceil_mode else room // stride) + 1
    # The last window must start inside the input or the padding before it.
    count -= ceil_mode and (count - 1) * stride >= n + before
    extra = max((count - 1) * stride - room, 0)
    return (before, after), extra, count


def require_overlap(win: Window) -> None:
    """Reject pools in which a window would cover only padding; raises Fault."""
    for kernel, pads in zip(win.kernel, (win.pads[:2], win.pads[2:]), strict=True):
        if max(pads) >= kernel:
            raise Fault("E312", "padding", padding=max(pads), kernel=kernel)


def slide(xp: Any, x: Any, win: Window, fill: float) -> Any:
    """Every window of maps (N, C, H, W): (N, C, rows, columns, kernel height, kernel width)."""
    top, bottom, left, right = win.total
    x = xp.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=fill)
    (kh, kw), (dh, dw), (sh, sw) = win.kernel, win.dilation, win.stride
    views = xp.lib.stride_tricks.sliding_window_view(
        x, (dh * (kh - 1) + 1, dw * (kw - 1) + 1), axis=(2, 3)
    )
    return views[:, :, ::sh, ::sw, ::dh, ::dw][:, :, : win.size[0], : win.size[1]]
