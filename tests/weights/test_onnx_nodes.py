"""What the nodes of an ONNX file compute, in archc's words."""

from typing import Any

import numpy as np
import pytest
from onnx import helper, numpy_helper

from archc.weights import onnx_nodes
from archc.weights.checkpoint import UNKNOWN

ZEROS = np.array([0, 0, 1, 2, 0, 0, 3, 4])
"""Zeros at the top, left, bottom and right of maps, in ONNX's order."""


def kinds(*nodes: Any, **stored: np.ndarray) -> list[tuple[str, Any]]:
    """(kind, padding) of each operation of a graph from `x`."""
    constants = {name: numpy_helper.from_array(value, name) for name, value in stored.items()}
    found = onnx_nodes.operations(nodes, ["x"], constants, {})
    return [(each.kind, each.fields.get("padding")) for each in found]


@pytest.mark.parametrize(
    ("inputs", "fields", "pads"),
    [
        (["x", "pads"], {"mode": "reflect"}, ZEROS),
        (["x", "pads"], {}, ZEROS[:4]),
        (["x", "pads"], {}, np.roll(ZEROS, 1)),
        (["x", "pads"], {}, -ZEROS),
        (["x", "pads", "value"], {}, ZEROS),
        (["x", "elsewhere"], {}, ZEROS),
        (["x"], {"pads": ZEROS.tolist()}, ZEROS),  # an attribute before opset 11
    ],
)
def test_only_zeros_around_maps_are_a_padding(
    inputs: list[str], fields: dict[str, Any], pads: np.ndarray
) -> None:
    conv = helper.make_node("Conv", ["p", "w"], ["y"], pads=[0, 0, 0, 0])
    values = {"pads": pads, "value": np.array(7, "f"), "w": np.ones((4, 4, 3, 3), "f")}
    zeros = helper.make_node("Pad", ["x", "pads"], ["p"])
    assert kinds(zeros, conv, **values | {"pads": ZEROS}) == [("conv2d", (1, 3, 2, 4))]
    other = helper.make_node("Pad", inputs, ["p"], **fields)
    assert kinds(other, conv, **values) == [(UNKNOWN, None), ("conv2d", (0, 0, 0, 0))]
