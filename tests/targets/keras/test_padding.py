"""When Keras's own words mean a padding: `valid` is none, `same` is TensorFlow's rule."""

import pytest

import archc
from archc.ops.window import Pads, Window
from archc.targets.keras.padding import padding, pads, pool_padding, shortest

SPEC = """
archc: 1
name: Net
input: {{channels: 1, height: {size}, width: {size}}}
layers:
  - a:
      type: conv2d
      filters: 1
      kernel: {kernel}
      stride: {stride}
      dilation: {dilation}
      padding: {{top: {top}, bottom: {bottom}, left: {top}, right: {bottom}}}
"""


def window(size: int, kernel: int, stride: int, dilation: int, top: int, bottom: int) -> Window:
    """The window of a convolution over size×size maps, padded alike along both axes."""
    text = SPEC.format(
        size=size, kernel=kernel, stride=stride, dilation=dilation, top=top, bottom=bottom
    )
    found = archc.parse(text).graph.output.geometry
    assert found is not None
    return found


# TensorFlow: ceil(size / stride) places; what they need beyond the size is halved, the odd row below.
@pytest.mark.parametrize(
    ("size", "kernel", "stride", "dilation", "top", "bottom", "word"),
    [
        (8, 3, 1, 1, 0, 0, "valid"),
        (8, 1, 3, 1, 0, 0, "valid"),
        (8, 3, 1, 1, 1, 1, "same"),
        (8, 2, 1, 1, 0, 1, "same"),
        (8, 2, 1, 1, 1, 0, "explicit"),
        (8, 3, 1, 2, 2, 2, "same"),
        (8, 3, 1, 2, 1, 1, "explicit"),
        (8, 3, 2, 1, 0, 1, "same"),
        (8, 3, 2, 1, 1, 1, "explicit"),
        (8, 3, 2, 1, 1, 0, "explicit"),
        (7, 3, 2, 1, 1, 1, "same"),
        (7, 3, 2, 1, 0, 1, "explicit"),
        (8, 5, 4, 1, 0, 1, "same"),
        (9, 5, 4, 1, 2, 2, "same"),
        (8, 3, 1, 1, 2, 2, "explicit"),
        (8, 1, 1, 1, 1, 1, "explicit"),
        (8, 1, 3, 1, 0, 1, "explicit"),
    ],
)
def test_a_word_stands_only_where_it_means_this_padding(
    size: int, kernel: int, stride: int, dilation: int, top: int, bottom: int, word: str
) -> None:
    found = window(size, kernel, stride, dilation, top, bottom)
    assert padding(found, (1, size, size)) == word
    uneven = word == "same" and top != bottom
    assert pool_padding(found, (1, size, size)) == ("explicit" if uneven else word)


@pytest.mark.parametrize(
    ("sides", "whole", "short"),
    [
        (Pads(1, 1, 1, 1), "((1, 1), (1, 1))", "1"),
        (Pads(1, 1, 2, 2), "((1, 1), (2, 2))", "(1, 2)"),
        (Pads(1, 2, 1, 2), "((1, 2), (1, 2))", "((1, 2), (1, 2))"),
        (Pads(1, 1, 1, 2), "((1, 1), (1, 2))", "((1, 1), (1, 2))"),
    ],
)
def test_sides_are_spelled_height_first(sides: Pads, whole: str, short: str) -> None:
    assert (pads(sides), shortest(sides)) == (whole, short)
