"""Where each weight stands: its layer, whether it is trained, and its place in every framework."""

from support.checkpoints import layers

from archc.targets import TARGETS
from archc.weights.placement import placements, read


def test_a_weight_belongs_to_a_layer() -> None:
    net = layers(
        "conv: {type: conv2d, filters: 4, kernel: 3, bias: false}\n"
        "norm: {type: batch_norm, epsilon: 1e-3, momentum: 0.9}"
    )
    found = placements(net.graph)
    assert [(place.name, place.layer, place.trainable) for place in found] == [
        ("conv.weight", "conv", True),
        ("norm.scale", "norm", True),
        ("norm.bias", "norm", True),
        ("norm.mean", "norm", False),
        ("norm.variance", "norm", False),
    ]
    assert all([*place.homes] == [*TARGETS] for place in found)
    assert [read(place.record()) for place in found] == [*found]
