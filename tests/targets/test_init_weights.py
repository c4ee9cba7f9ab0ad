"""Modules that are made on the meta device start as the spec says, as FSDP and large models do it."""

from itertools import chain
from pathlib import Path

import pytest
import torch
from support.faults import STORED
from support.modules import module

import archc
from archc.language import names

NETWORKS = {
    "alexnet": archc.load("alexnet", {"fc6.units": 64, "fc7.units": 64}),
    "alexnet-bn": archc.load("alexnet-bn", {"fc6.units": 64, "fc7.units": 64}),
    "lenet5-1998": archc.load("lenet5-1998"),
    "stored": archc.parse(STORED),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_model_from_the_meta_device_has_the_numbers_of_one_made_at_once(
    name: str, tmp_path: Path
) -> None:
    net = NETWORKS[name]
    build = getattr(module(net, "torch", tmp_path), names.class_name(net.name))
    with torch.device("meta"):
        model = build()
    model.to_empty(device="cpu")
    for tensor in chain(model.parameters(), model.buffers()):
        tensor.data.fill_(7)  # what lies in fresh memory
    # FSDP's protocol: modules that own parameters or buffers reset them, and no other is asked.
    for inner in model.modules():
        owned = [*inner.parameters(recurse=False), *inner.buffers(recurse=False)]
        if owned and hasattr(inner, "reset_parameters"):
            inner.reset_parameters()
    torch.manual_seed(3)
    model.init_weights()
    whole = build()
    torch.manual_seed(3)
    whole.init_weights()
    expected = dict(chain(whole.named_parameters(), whole.named_buffers()))
    found = dict(chain(model.named_parameters(), model.named_buffers()))
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        assert torch.equal(found[key], value), key


def test_the_root_owns_nothing_so_that_no_protocol_asks_it(tmp_path: Path) -> None:
    net = NETWORKS["alexnet"]
    model = getattr(module(net, "torch", tmp_path), "AlexNet")()
    assert not [*model.parameters(recurse=False), *model.buffers(recurse=False)]
    assert not hasattr(model, "reset_parameters")
    weights = {name: p.detach() for name, p in model.named_parameters()}
    assert weights["conv1.weight"].std().item() == pytest.approx(0.01, rel=0.02)
    ones = {name for name, p in weights.items() if bool((p == 1).all())}
    assert ones == {"conv2.bias", "conv4.bias", "conv5.bias", "fc6.bias", "fc7.bias"}
    zeros = {name for name, p in weights.items() if bool((p == 0).all())}
    assert zeros == {"conv1.bias", "conv3.bias", "fc8.bias"}
