"""An operation that states nothing it need not is drawn, reported and shown like any other."""

from math import prod
from typing import Any, ClassVar, Literal

import pytest
from support.scenes import HEAD, STYLES

import archc
from archc.ops import OPS
from archc.ops.activations import Elementwise
from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array, Arrays, Geometry, Stateless, Traits, Weights
from archc.ops.tensor import Shape
from archc.picture.picture import picture


class HardTanh(Elementwise):
    """x between -1 and 1."""

    type: Literal["hard_tanh"] = "hard_tanh"
    each: ClassVar[Arithmetic] = Arithmetic(comparisons=2)

    def apply(self, xp: Any, x: Array) -> Array:
        return xp.clip(x, -1, 1)


class GlobalMean(Stateless):
    """The mean of each map."""

    traits: ClassVar[Traits] = Traits(neurons=False, mixes=False, shares="never")

    type: Literal["global_mean"] = "global_mean"

    def shape(self, inputs: tuple[Shape, ...], geometry: Geometry) -> Shape:
        return inputs[0][:1]

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        each = Arithmetic(additions=prod(inputs[0][1:]) - 1, divisions=1)
        return {"pooling": each * shape[0]}

    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return inputs[0].mean(axis=(2, 3))

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return xp.abs(inputs[0]).mean(axis=(2, 3))


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> archc.Network:
    """A network with an activation and another operation that no table knows."""
    for op in (HardTanh, GlobalMean):
        monkeypatch.setitem(OPS, op.model_fields["type"].default, op)
    return archc.parse(
        HEAD
        + "  - a: {type: conv2d, filters: 8, kernel: 3}\n"
        + "  - b: {type: hard_tanh}\n"
        + "  - c: {type: global_mean}\n"
    )


@pytest.mark.parametrize("style", STYLES)
def test_it_is_drawn_under_its_type_in_words(network: archc.Network, style: str) -> None:
    texts = [text.text for text in picture(network.graph, style).texts()]
    assert {"hard tanh", "global mean"} <= {*texts}
    if style == "flow":  # there an activation is a layer, not a mark on one
        assert {"activation", "global mean"} <= {*texts}


def test_a_notebook_shows_it(network: archc.Network) -> None:
    assert "global mean" in network._repr_svg_()
    assert "global mean" in network._repr_html_()
    assert "hard_tanh" in str(network)


def test_a_report_shows_it(network: archc.Network, monkeypatch: pytest.MonkeyPatch) -> None:
    # Files of it need templates, which are each target's own.
    monkeypatch.setattr("archc.pages.report.rendered", lambda *_: ({}, {}))
    assert "global mean" in network.report()
