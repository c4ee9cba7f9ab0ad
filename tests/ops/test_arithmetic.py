"""The arithmetic of each layer: worked out by hand in the case of its operation, and added up again."""

import pytest
from hypothesis import given
from support.cases import CASES, Fields, network
from support.networks import specs

import archc
from archc.counts.figures import Figures
from archc.language.shipped import shipped
from archc.network.graph import Node
from archc.ops import OPS
from archc.ops.arithmetic import KINDS, PURPOSES, Arithmetic, Work

BY_HAND = [(kind, fields, work) for kind, case in CASES.items() for fields, work in case.arithmetic]


@pytest.mark.parametrize(("kind", "fields", "expected"), BY_HAND, ids=lambda v: str(v)[:20])
def test_every_operation_does_what_its_formula_says(
    kind: str, fields: Fields, expected: Work
) -> None:
    figures = Figures(archc.parse(network(kind, fields)).graph)
    node = figures.graph.output
    for purpose in PURPOSES:
        assert (
            figures.of(node, f"{purpose}_operations") == expected.get(purpose, Arithmetic()).total
        )
    assert figures.operations(node) == sum(expected.values(), start=Arithmetic())


def test_every_operation_is_worked_out_and_states_its_traits() -> None:
    assert set(CASES) == set(OPS)
    assert all(case.arithmetic for case in CASES.values())
    for op in OPS.values():
        assert op.traits.shares in ("never", "inference", "always")
    assert {kind for kind, op in OPS.items() if op.traits.neurons} == {
        "conv2d", "dense", "rbf", "subsample",
    }  # fmt: skip


def _adds_up(figures: Figures, node: Node) -> None:
    total = figures.of(node, "operations")
    assert total == sum(figures.of(node, kind) for kind in KINDS)
    assert total == sum(figures.of(node, f"{purpose}_operations") for purpose in PURPOSES)
    assert figures.of(node, "products_operations") == 2 * node.cost.macs
    if node.op.type in ("conv2d", "dense"):
        assert figures.of(node, "bias_operations") == node.cost.connections - node.cost.macs


@pytest.mark.parametrize("name", shipped())
def test_kinds_and_purposes_add_up_to_all_operations(name: str) -> None:
    figures = Figures(archc.load(name).graph)
    for node in figures.graph.nodes:
        _adds_up(figures, node)


@given(specs())
def test_so_they_do_in_random_networks(text: str) -> None:
    figures = Figures(archc.parse(text).graph)
    for node in figures.graph.nodes:
        _adds_up(figures, node)
