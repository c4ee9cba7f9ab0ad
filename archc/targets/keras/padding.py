"""Windows as Keras takes their padding."""

from archc.ops.tensor import Shape
from archc.ops.window import Pads, Window


def pads(sides: Pads) -> str:
    """Padding as `ops.pad` takes it: ((top, bottom), (left, right))."""
    return f"(({sides.top}, {sides.bottom}), ({sides.left}, {sides.right}))"


def shortest(sides: Pads) -> str:
    """The same in the shortest form that ZeroPadding2D takes."""
    top, bottom, left, right = sides
    if (top, left) == (bottom, right):
        return str(top) if top == left else f"({top}, {left})"
    return pads(sides)


def pool_padding(window: Window, shape: Shape) -> str:
    """As `padding`, for a pool: uneven padding is explicit, as Keras on PyTorch repeats pixels for it."""
    top, bottom, left, right = window.total
    return padding(window, shape) if (top, left) == (bottom, right) else "explicit"


def padding(window: Window, shape: Shape) -> str:
    """`valid` or `same` where one of the words means this padding, else `explicit`."""
    around = window.total
    if around == (0, 0, 0, 0):
        return "valid"
    axes = zip(shape[1:], window.kernel, window.stride, window.dilation, window.size,
               (around[:2], around[2:]), strict=True)  # fmt: skip
    for n, kernel, stride, dilation, size, pair in axes:
        total = max((-(-n // stride) - 1) * stride + dilation * (kernel - 1) + 1 - n, 0)
        if size != -(-n // stride) or pair != (total // 2, total - total // 2):
            return "explicit"
    return "same"
