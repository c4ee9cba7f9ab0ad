"""Other counters on the generated PyTorch code: what `--convention` says they report.

torchinfo, fvcore and PyTorch's own counter see modules or operators, so they cannot know what the
author meant. Where they report something else than their convention for the network, it is here,
with the reason and the exact difference.
"""

import logging
from pathlib import Path
from typing import Any

import pytest
from support.cases import CASES, network

import archc
from archc.counts.conventions import CONVENTIONS
from archc.language.shipped import shipped
from archc.ops import OPS

COUNTERS = ("torch", "fvcore", "torchinfo")
# A table of connections is scattered into a dense kernel at every step, and both counters of
# operators count the products with its zeros: of 96 pairs of maps 36, by 5·5 weights at 10·10 places.
ZEROS = (96 - 60) * 25 * 100
DIFFERENCES = {
    (name, counter): times * ZEROS
    for name in ("lenet5-1998", "lenet5-1998-dense")
    for counter, times in (("torch", 2), ("fvcore", 1))
}


def reported(net: archc.Network) -> dict[str, int]:
    """What each counter reports for the generated code, and the parameters that torchinfo counts."""
    import torch
    import torchinfo
    from torch.utils.flop_counter import FlopCounterMode

    x = torch.zeros(1, *net.graph.input)
    model = net.torch().eval()
    info = torchinfo.summary(model, input_data=x, verbose=0)
    with FlopCounterMode(display=False) as flops, torch.no_grad():
        model(x)
    return {
        "torch": flops.get_total_flops(),
        "fvcore": _fvcore(model, x),
        "torchinfo": info.total_mult_adds,
        "parameters": info.total_params,
    }


def _fvcore(model: Any, x: Any) -> int:
    from fvcore.nn import FlopCountAnalysis

    logging.getLogger("fvcore").setLevel(logging.ERROR)
    analysis = FlopCountAnalysis(model, x)
    return int(analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total())


def counted(net: archc.Network, convention: str) -> int:
    return net.summary(convention=convention).figures.total("flops")


@pytest.mark.parametrize("name", shipped())
def test_every_counter_reports_what_its_convention_says(name: str) -> None:
    net = archc.load(name)
    found = reported(net)
    for counter in COUNTERS:
        difference = DIFFERENCES.get((name, counter), 0)
        assert found[counter] - counted(net, counter) == difference, counter
        assert CONVENTIONS[counter].beyond(net.graph) == difference
    assert found["parameters"] == net.graph.totals.parameters
    assert counted(net, "torchvision") == net.graph.totals.macs == counted(net, "torch") // 2
    assert counted(net, "lecun-1998") == net.graph.totals.connections


@pytest.mark.parametrize("kind", OPS)
def test_so_does_every_operation_alone(kind: str) -> None:
    """A new operation that a counter counts, and its convention does not know, is found here."""
    net = archc.parse(network(kind, CASES[kind].fields))
    found = reported(net)
    assert {c: found[c] for c in COUNTERS} == {c: counted(net, c) for c in COUNTERS}


def test_torchinfo_is_short_of_the_connections_by_what_it_passes_over() -> None:
    """Its mult-adds are the connections of networks of convolutions and dense layers alone."""
    for name in ("alexnet", "alexnet-224", "lenet5"):
        net = archc.load(name)
        assert counted(net, "torchinfo") == net.graph.totals.connections
    net = archc.load("lenet5-1998")  # the two subsamplings and the codes
    assert net.graph.totals.connections - counted(net, "torchinfo") == 5_880 + 2_000 + 840
    net = archc.load("alexnet-bn")  # scale and shift once a map instead of once a value
    maps, values = 96 + 256 + 384 + 384 + 256, 650_080
    assert net.graph.totals.connections - counted(net, "torchinfo") == 2 * (values - maps)


def test_fvcore_counts_batch_norm_as_well() -> None:
    net = archc.load("alexnet-bn")
    assert counted(net, "fvcore") - net.graph.totals.macs == 2 * 650_080


def test_the_page_has_the_figures_of_each_convention(root: Path) -> None:
    page = (root / "docs" / "counting.md").read_text()
    for name in CONVENTIONS:
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}`")]
        cells = [cell.strip() for cell in row.strip("|").split("|")][2:]
        nets = [archc.load(name) for name in ("alexnet", "alexnet-bn", "lenet5-1998")]
        assert cells == [f"{counted(net, name):,}" for net in nets]
    assert f"{archc.load('alexnet').summary().figures.total('operations'):,}" in page


def test_every_convention_says_who_counts_so() -> None:
    for name, convention in CONVENTIONS.items():
        text = str(archc.load("lenet5").summary(convention=name))
        assert text.endswith(f"\n\nflops: {convention.says} ({convention.counter})")


def test_a_note_says_where_its_counter_reports_more() -> None:
    net = archc.load("lenet5-1998")
    for counter, more in (("torch", "180,000"), ("fvcore", "90,000")):
        words = f"it reports {more} more for the code of LeNet-5 of 1998"
        assert words in str(net.summary(convention=counter))
    for counter in ("torchvision", "torchinfo", "lecun-1998"):
        assert "more for the code" not in str(net.summary(convention=counter))


@pytest.mark.parametrize("kind", OPS)
def test_a_convention_names_what_it_passes_over(kind: str) -> None:
    net = archc.parse(network(kind, CASES[kind].fields))
    if net.graph.totals.connections and not counted(net, "torchinfo"):
        assert kind in CONVENTIONS["torchinfo"].says
    if kind in ("max_pool", "avg_pool", "lrn", "subsample"):
        found = {name for name in CONVENTIONS if counted(net, name)}
        assert found == ({"lecun-1998"} if kind == "subsample" else set())
