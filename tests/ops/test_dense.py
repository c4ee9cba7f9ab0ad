"""The dense layer: W·x + b."""

import numpy as np
import pytest
from support.single import network, node, output

import archc


def test_every_unit_weighs_every_input() -> None:
    weight, bias = np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]]), np.array([0.5, -0.5])
    y = output(
        {"type": "dense", "units": 2}, np.array([[1.0, 0.0, -1.0]]), weight=weight, bias=bias
    )
    assert y.tolist() == [[-1.5, -20.5]]


def test_without_a_bias_there_is_none() -> None:
    made = node({"type": "dense", "units": 2, "bias": False}, (3,))
    assert [weight.name for weight in made.weights] == ["weight"]
    assert (made.cost.parameters, made.cost.connections, made.cost.macs) == (6, 6, 6)


def test_maps_are_to_be_flattened_first() -> None:
    with pytest.raises(archc.ArchcError) as caught:
        network({"type": "dense", "units": 2}, (3, 2, 2))
    assert [finding.code for finding in caught.value.diagnostics] == ["E306"]
