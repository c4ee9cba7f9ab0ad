"""Counts in words."""

import pytest

import archc
from archc.tables.words import count_noun

ONE = """\
archc: 1
name: One
input: {channels: 1, height: 1, width: 1}
layers:
  - a: {type: conv2d, filters: 1, kernel: 1, bias: false}
"""


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 maps"), (1, "1 map"), (2, "2 maps"), (1000, "1,000 maps")]
)
def test_one_is_not_many(number: int, words: str) -> None:
    assert count_noun(number, "map") == words


def test_a_network_of_one_layer_is_described_as_such() -> None:
    net = archc.parse(ONE)
    assert repr(net) == "<Network One: 1 layer, 1 parameter>"
    assert repr(net.summary(["macs"])) == "<Summary of One: 1 layer, 2 columns>"
    assert "\n1 parameter, 1 multiply-accumulate per image\n" in net.compile("torch")
