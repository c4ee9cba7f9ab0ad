"""Layers with scopes, `layer1.0.conv1`, have nothing in their way: files, weights and proof."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.faults import BRANCHES, STORED
from support.networks import scoped

import archc
from archc.compiler import Compiled
from archc.proof.verify import verify
from archc.targets import TARGETS
from archc.targets.render import render
from archc.weights import live

pytestmark = pytest.mark.usefixtures("warm")


def in_stages(net: archc.Network) -> Compiled:
    """The network with every layer in a scope of two levels."""
    scopes = {node.name: (f"stage{n % 3}", str(n)) for n, node in enumerate(net.graph.nodes)}
    return replace(net.compiled, graph=scoped(net.graph, scopes))


@pytest.mark.parametrize("text", [BRANCHES, STORED], ids=["branches", "stored"])
def test_a_network_with_scopes_is_proven_with_its_gradients(text: str) -> None:
    network = in_stages(archc.parse(text))
    (proof,) = verify([network], with_gradients=True)
    assert proof.passed, str(proof)
    assert set(proof.targets) == {*TARGETS}
    assert proof.layers == tuple(node.name for node in network.graph.nodes)


@pytest.mark.parametrize("target", TARGETS)
def test_the_lines_of_a_scoped_layer_are_its_own(target: str) -> None:
    network = in_stages(archc.parse(STORED))
    file = render(network.graph, target, network.stem)
    assert [*file.outputs] == [node.name for node in network.graph.nodes]


def test_live_models_take_the_weights_of_scoped_layers(tmp_path: Path) -> None:
    network = in_stages(archc.parse(STORED))
    weights = live.initial_weights(network, 0)
    x = np.random.default_rng(0).normal(size=(2, *network.graph.input)).astype(np.float32)
    import torch

    model = live.model(network, "torch", weights).eval()
    first = model(torch.from_numpy(x)).detach().numpy()
    second = live.model(network, "keras", weights)(x.transpose(0, 2, 3, 1), training=False)
    assert np.allclose(first, np.asarray(second), rtol=1e-4, atol=1e-4)
