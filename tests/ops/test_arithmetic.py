"""The arithmetic of each layer: worked out by hand for every operation, and added up again."""

import pytest
from hypothesis import given
from support.cases import CASES, network
from support.networks import specs

import archc
from archc.counts.figures import Figures
from archc.language.shipped import shipped
from archc.network.graph import Node
from archc.ops import OPS
from archc.ops.arithmetic import KINDS, PURPOSES, Arithmetic

# Of `network(kind, …)`: two maps of 6×9 = 54 pixels, or 108 values as a vector.
WINDOWS = {"kernel": 3, "stride": 2, "padding": 1}  # 3×5 = 15 windows of 9 pixels
BY_HAND: list[tuple[str, dict[str, object], dict[str, Arithmetic]]] = [
    (
        "conv2d",
        {**WINDOWS, "filters": 4, "activation": "relu"},
        {
            "products": Arithmetic(additions=1080, multiplications=1080),  # 4·15·2·9
            "bias": Arithmetic(additions=60),
            "activation": Arithmetic(comparisons=60),
        },
    ),
    (
        "conv2d",
        {**WINDOWS, "filters": 4, "groups": 2, "bias": False},
        {"products": Arithmetic(additions=540, multiplications=540)},
    ),
    (
        "conv2d",
        {**WINDOWS, "filters": 2, "connections": "X.\nXX", "init": {"weight": {"normal": 1}}},
        {
            "products": Arithmetic(additions=405, multiplications=405),  # 3 of 4 pairs
            "bias": Arithmetic(additions=30),
        },
    ),
    (
        "dense",
        {"units": 3},
        {
            "products": Arithmetic(additions=324, multiplications=324),
            "bias": Arithmetic(additions=3),
        },
    ),
    ("max_pool", WINDOWS, {"pooling": Arithmetic(comparisons=8 * 30)}),
    ("avg_pool", WINDOWS, {"pooling": Arithmetic(additions=8 * 30, divisions=30)}),
    (
        "subsample",
        {"kernel": 3},  # 2 maps of 2×3
        {
            "pooling": Arithmetic(additions=8 * 12, multiplications=12),
            "bias": Arithmetic(additions=12),
        },
    ),
    # Two codes of six signs: six differences, squares and sums each.
    ("rbf", {"codes": "X.X  ...\n.XX  X.."}, {"other": Arithmetic(24, 12)}),
    (
        "batch_norm",
        {"epsilon": 1e-5, "momentum": 0.9},
        {
            "normalisation": Arithmetic(
                additions=108 + 2, multiplications=108, divisions=108, functions=2
            ),
            "bias": Arithmetic(additions=108),
        },
    ),
    (
        "lrn",
        {"size": 5, "k": 1, "alpha": 0.5, "beta": 0.75, "over": "sum"},
        {
            "normalisation": Arithmetic(
                additions=5 * 108, multiplications=2 * 108, divisions=108, functions=108
            )
        },
    ),
    (
        "add",
        {"from": ["input", "input", "input"], "activation": "tanh"},
        {"other": Arithmetic(additions=2 * 108), "activation": Arithmetic(functions=108)},
    ),
    ("concat", {"from": ["input", "input"]}, {}),
    ("flatten", {}, {}),
    ("dropout", {"rate": 0.5}, {}),
    ("relu", {}, {"activation": Arithmetic(comparisons=108)}),
    (
        "leaky_relu",
        {"slope": 0.1},
        {"activation": Arithmetic(comparisons=108, multiplications=108)},
    ),
    ("tanh", {}, {"activation": Arithmetic(functions=108)}),
    ("scaled_tanh", {}, {"activation": Arithmetic(multiplications=216, functions=108)}),
    (
        "sigmoid",
        {},
        {"activation": Arithmetic(additions=108, divisions=108, functions=108)},
    ),
    (
        "gelu",
        {"form": "exact"},
        {"activation": Arithmetic(108, 108, divisions=216, functions=108)},
    ),
    (
        "gelu",
        {"form": "tanh"},
        {"activation": Arithmetic(216, 540, divisions=108, functions=108)},
    ),
    # At each of 54 pixels two channels: one comparison, two differences and a sum.
    (
        "softmax",
        {},
        {"activation": Arithmetic(54 * 3, comparisons=54, divisions=108, functions=108)},
    ),
]


@pytest.mark.parametrize(("kind", "fields", "expected"), BY_HAND, ids=lambda v: str(v)[:20])
def test_every_operation_does_what_its_formula_says(
    kind: str, fields: dict[str, object], expected: dict[str, Arithmetic]
) -> None:
    figures = Figures(archc.parse(network(kind, fields)).graph)
    node = figures.graph.output
    for purpose in PURPOSES:
        assert (
            figures.of(node, f"{purpose}_operations") == expected.get(purpose, Arithmetic()).total
        )
    assert figures.operations(node) == sum(expected.values(), start=Arithmetic())


def test_every_operation_is_worked_out_and_states_its_traits() -> None:
    assert {kind for kind, *_ in BY_HAND} == set(OPS) == set(CASES)
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
