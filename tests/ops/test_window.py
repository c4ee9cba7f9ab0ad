"""The shape rules of convolution and pooling, against PyTorch's own on its meta device."""

from typing import Any

import pytest
import torch
from hypothesis import assume, example, given
from hypothesis import strategies as st
from torch import nn

import archc
from archc.errors import ArchcError

sizes = st.integers(1, 5)
pairs = st.tuples(sizes, sizes)
inputs = st.tuples(st.integers(1, 20), st.integers(1, 20))


def net(shape: tuple[int, int], fields: str, channels: int = 2) -> archc.Network:
    height, width = shape
    return archc.parse(
        f"archc: 1\nname: Net\ninput: {{channels: {channels}, height: {height}, width: {width}}}\n"
        f"layers:\n  - a: {{{fields}}}\n"
    )


def ours(shape: tuple[int, int], fields: str) -> tuple[int, ...] | None:
    """The output's shape; None if a kernel does not fit."""
    try:
        return net(shape, fields).graph.output.shape
    except ArchcError as error:
        return None if {d.code for d in error.diagnostics} == {"E304"} else (0,)


def theirs(module: nn.Module, shape: tuple[int, int]) -> tuple[int, ...] | None:
    """PyTorch's, on its meta device."""
    try:
        return tuple(module(torch.empty(1, 2, *shape, device="meta")).shape[1:])
    except RuntimeError:
        return None


@given(inputs, pairs, pairs, st.tuples(st.integers(0, 4), st.integers(0, 4)), pairs)
def test_convolution(shape: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> None:
    module = nn.Conv2d(2, 3, kernel, stride, padding, dilation, device="meta")
    fields = (
        f"type: conv2d, filters: 3, kernel: {list(kernel)}, stride: {list(stride)}, "
        f"padding: {list(padding)}, dilation: {list(dilation)}"
    )
    assert ours(shape, fields) == theirs(module, shape)


@given(inputs, pairs, pairs)
def test_same_at_stride_1_keeps_the_size(shape: Any, kernel: Any, dilation: Any) -> None:
    module = nn.Conv2d(2, 3, kernel, padding="same", dilation=dilation, device="meta")
    fields = f"type: conv2d, filters: 3, kernel: {list(kernel)}, dilation: {list(dilation)}"
    for word in ("same", "same_upper", "same_lower"):
        assert ours(shape, f"{fields}, padding: {word}") == theirs(module, shape) == (3, *shape)


@given(inputs, pairs, pairs, st.data(), st.booleans())
@example((3, 3), (2, 2), (3, 3), None, True)  # ONNX's own inference says 3x3 here
def test_pools(shape: Any, kernel: Any, stride: Any, data: Any, ceil_mode: bool) -> None:
    most = [k // 2 for k in kernel]
    padding = tuple(data.draw(st.integers(0, m)) for m in most) if data else (1, 1)
    module = nn.MaxPool2d(kernel, stride, padding, ceil_mode=ceil_mode)
    fields = (
        f"kernel: {list(kernel)}, stride: {list(stride)}, padding: {list(padding)}, "
        f"ceil_mode: {str(ceil_mode).lower()}"
    )
    for kind in ("max_pool", "avg_pool"):
        assert ours(shape, f"type: {kind}, {fields}") == theirs(module, shape)


@given(inputs, pairs, pairs, st.sampled_from(["same_upper", "same_lower"]))
def test_same_pads_as_little_as_gives_one_window_a_stride(
    shape: Any, kernel: Any, stride: Any, word: str
) -> None:
    fields = f"type: conv2d, filters: 1, kernel: {list(kernel)}, stride: {list(stride)}"
    window = net(shape, f"{fields}, padding: {word}").graph.output.geometry
    assert window is not None
    for n, k, s, size, (before, after) in zip(
        shape, kernel, stride, window.size, (window.pads[:2], window.pads[2:]), strict=True
    ):
        assert size == -(-n // s)
        assert before + after == max((size - 1) * s + k - n, 0)
        assert abs(before - after) <= 1
        assert after >= before if word == "same_upper" else before >= after


@given(inputs, pairs, pairs)
def test_ceil_mode_never_looks_beyond_what_it_adds(shape: Any, kernel: Any, stride: Any) -> None:
    fields = f"type: max_pool, kernel: {list(kernel)}, stride: {list(stride)}, ceil_mode: true"
    assume(ours(shape, fields))
    window = net(shape, fields).graph.output.geometry
    assert window is not None
    for n, k, s, size, extra in zip(shape, kernel, stride, window.size, window.extra, strict=True):
        last = (size - 1) * s
        assert last < n  # the last window starts inside the input
        assert extra == max(last + k - n, 0)


@pytest.mark.parametrize(
    ("padding", "pads"),
    [
        ("1", (1, 1, 1, 1)),
        ("[1, 2]", (1, 1, 2, 2)),
        ("{top: 1, right: 2}", (1, 0, 0, 2)),
        ("valid", (0, 0, 0, 0)),
        ("same", (1, 2, 1, 2)),
        ("same_upper", (1, 2, 1, 2)),
        ("same_lower", (2, 1, 2, 1)),
    ],
)
def test_every_form_of_padding_becomes_four_numbers(padding: str, pads: tuple[int, ...]) -> None:
    graph = net((9, 9), f"type: conv2d, filters: 1, kernel: 4, padding: {padding}").graph
    assert graph.output.geometry is not None
    assert graph.output.geometry.pads == pads


def test_the_total_is_the_padding_and_what_ceil_mode_adds() -> None:
    fields = "kernel: [3, 4], stride: 2, padding: {top: 1, right: 2}, ceil_mode: true"
    window = net((8, 9), f"type: max_pool, {fields}").graph.output.geometry
    assert window is not None
    assert (window.pads, window.extra) == ((1, 0, 0, 2), (0, 1))
    assert window.total == (1, 0, 0, 3)


@pytest.mark.parametrize(
    ("fields", "text", "pads"),
    [
        ("kernel: 3, stride: 2", "3×3/2", "0"),
        ("kernel: [3, 5], stride: [1, 2], padding: [1, 2]", "3×5/1×2", "1×2"),
        ("kernel: 3, padding: 1", "3×3/1", "1"),
        ("kernel: 3, padding: {top: 1, right: 2}", "3×3/1", "1,0,0,2"),
    ],
)
def test_a_window_and_its_padding_in_text(fields: str, text: str, pads: str) -> None:
    window = net((9, 9), f"type: conv2d, filters: 1, {fields}").graph.output.geometry
    assert window is not None
    assert window.show() == text
    assert window.pads.show() == pads
