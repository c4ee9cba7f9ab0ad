"""No label overlaps another, none leaves the canvas, and no edge runs through one."""

import pytest
from hypothesis import given, settings
from support.networks import specs
from support.scenes import BRANCHES, EVERY, HEAD, STYLES, everywhere, outside, struck, touching

import archc
from archc.picture.picture import picture


@pytest.mark.parametrize(("name", "style"), EVERY)
def test_every_shipped_network_is_legible(name: str, style: str) -> None:
    scene = picture(archc.load(name).graph, style)
    assert touching(scene) == []
    assert outside(scene) == []
    assert struck(scene) == []


@settings(max_examples=100)
@given(specs())
def test_random_networks_are_legible(text: str) -> None:
    for style, scene in everywhere(archc.parse(text).graph):
        assert touching(scene) == [], style
        assert outside(scene) == [], style
        assert struck(scene) == [], style


@pytest.mark.parametrize("style", STYLES)
def test_branches_are_legible(style: str) -> None:
    scene = picture(archc.parse(BRANCHES).graph, style)
    assert (touching(scene), outside(scene), struck(scene)) == ([], [], [])


@pytest.mark.parametrize("style", STYLES)
def test_many_branches_beside_each_other_are_legible(style: str) -> None:
    names = [f"branch{i}" for i in range(9)]
    lines = [f"  - {n}: {{type: conv2d, filters: 2, kernel: 1, from: input}}" for n in names]
    text = HEAD + "\n".join(lines) + f"\n  - all: {{type: concat, from: [{', '.join(names)}]}}\n"
    scene = picture(archc.parse(text).graph, style)
    assert (touching(scene), outside(scene), struck(scene)) == ([], [], [])


@pytest.mark.parametrize("style", STYLES)
def test_long_names_are_legible(style: str) -> None:
    layers = "".join(
        f"  - {letter * 64}: {{type: conv2d, filters: 2, kernel: 1}}\n" for letter in "WMabc"
    )
    text = HEAD.replace("Net", "W" * 64) + layers
    scene = picture(archc.parse(text).graph, style)
    assert (touching(scene), outside(scene), struck(scene)) == ([], [], [])
