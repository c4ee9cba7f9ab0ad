"""A part of a network: the layers between two, what comes in, and the rest left out."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.networks import specs
from support.scenes import BRANCHES, HEAD, STYLES, figures, outside, struck, touching

import archc
from archc.errors import EnvironmentProblem
from archc.picture.picture import picture
from archc.picture.section import section_of
from archc.picture.styles import View

BRANCHED = (
    HEAD
    + """\
  - a: {type: conv2d, filters: 4, kernel: 1}
  - b: {type: conv2d, filters: 4, kernel: 1, from: a}
  - c: {type: conv2d, filters: 4, kernel: 1, from: a}
  - d: {type: relu, from: c}
  - sum: {type: add, from: [b, d]}
  - last: {type: conv2d, filters: 2, kernel: 1}
"""
)
PARTS = {
    ("a", "last"): (["input"], ["a", "b", "c", "d", "sum", "last"]),
    ("c", "sum"): (["a", "b"], ["c", "d", "sum"]),
    ("sum", None): (["b", "d"], ["sum", "last"]),
    (None, "d"): (["input"], ["a", "c", "d"]),
    ("d", "d"): (["c"], ["d"]),
    (None, None): (["input"], ["a", "b", "c", "d", "sum", "last"]),
}


@pytest.mark.parametrize("ends", PARTS)
def test_a_part_is_every_layer_on_a_path_and_what_comes_in(
    ends: tuple[str | None, str | None],
) -> None:
    section = section_of(archc.parse(BRANCHED).graph, View(*ends))
    sources, names = PARTS[ends]
    assert (sorted(section.sources), [node.name for node in section.nodes]) == (sources, names)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("ends", PARTS)
def test_a_part_is_drawn_and_legible(ends: tuple[str | None, str | None], style: str) -> None:
    scene = picture(archc.parse(BRANCHED).graph, style, view=View(*ends))
    drawn = {layer for group in scene.groups for layer in group.layers}
    sources, names = PARTS[ends]
    assert drawn == {*sources, *names}
    assert (touching(scene), outside(scene)) == ([], [])
    assert style == "flow" or struck(scene) == []


@settings(max_examples=40)
@given(specs(), st.sampled_from(STYLES), st.data())
def test_parts_of_random_networks_are_legible(text: str, style: str, data: st.DataObject) -> None:
    graph = archc.parse(text).graph
    names = [node.name for node in graph.nodes]
    first, last = (data.draw(st.sampled_from([None, *names])) for _ in range(2))
    try:
        scene = picture(graph, style, view=View(first, last))
    except EnvironmentProblem:
        assume(False)
    assert (touching(scene), outside(scene)) == ([], [])
    drawn = {layer for group in scene.groups for layer in group.layers}
    section = section_of(graph, View(first, last))
    assert drawn == {*section.sources, *(node.name for node in section.nodes)}


def test_its_title_and_totals_are_its_own() -> None:
    scene = picture(archc.load("alexnet").graph, view=View("conv3", "fc6"))
    title, totals = (text.text for text in scene.texts()[:2])
    assert title == "AlexNet: conv3 to fc6"
    assert totals == (
        "6 layers, 4 with weights · 39,744,512 parameters · 374,169,600 multiply-accumulates"
    )
    assert scene.name == title


def test_what_comes_in_keeps_its_name_and_has_no_operation() -> None:
    scene = picture(archc.load("alexnet").graph, view=View("conv3", "conv4"))
    assert list(figures(scene))[::-1] == ["pool2", "conv3", "conv4"]
    words = [text.text for text in scene.texts()]
    assert "max pooling" not in words
    assert words[words.index("pool2") + 1] == "256×13×13"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("conv9", None, "unknown layer 'conv9'\n  help: did you mean 'conv"),
        (3, None, "unknown layer '3'"),
        (None, "pool", "unknown layer 'pool'\n  help: did you mean 'pool"),
        ("conv5", "conv1", "no path leads from 'conv5' to 'conv1'\n  help: swap the two"),
    ],
)
def test_layers_that_bound_nothing_are_refused(
    first: str | None, last: str | None, said: str
) -> None:
    with pytest.raises(EnvironmentProblem) as problem:
        section_of(archc.load("alexnet").graph, View(first, last))
    assert said in str(problem.value)


def test_layers_of_two_branches_have_no_path() -> None:
    with pytest.raises(EnvironmentProblem) as problem:
        section_of(archc.parse(BRANCHED).graph, View("b", "d"))
    assert str(problem.value) == (
        "error E521 [empty-section]: no path leads from 'b' to 'd'\n"
        "  help: 'b' is on another branch; draw from an earlier layer"
    )


WEIGHTED = {
    "alexnet": "16 layers, 8 with weights",
    "alexnet-bn": "19 layers, 8 with weights",
    "lenet5": "8 layers, 5 with weights",
    "lenet5-1998": "8 layers, 7 with weights",
}


@pytest.mark.parametrize("name", WEIGHTED)
def test_layers_are_counted_as_papers_do_and_as_the_spec_does(name: str) -> None:
    """A batch normalisation is no layer of a paper's count; Krizhevsky et al. 2012 say eight."""
    totals = picture(archc.load(name).graph).texts()[1].text
    assert totals.startswith(f"{WEIGHTED[name]} · ")


def test_where_all_layers_have_weights_or_none_has_they_are_counted_once() -> None:
    dense = HEAD + "  - a: {type: conv2d, filters: 1, kernel: 1}\n"
    for text in (dense, HEAD + "  - a: {type: relu}\n"):
        assert picture(archc.parse(text).graph).texts()[1].text.startswith("1 layer · ")


@pytest.mark.parametrize("style", STYLES)
def test_title_and_legend_can_be_left_out(style: str) -> None:
    graph = archc.parse(BRANCHES).graph
    whole = picture(graph, style)
    untitled = picture(graph, style, view=View(title=False))
    bare = picture(graph, style, view=View(title=False, legend=False))
    assert whole.height > untitled.height > bare.height
    words = [text.text for text in bare.texts()]
    assert not {"Net", "convolution 3×3"} & {*words[:1]}
    legend = {text.text for text in picture(graph, style).texts()} - {*words}
    assert any("multiply-accumulate" in text for text in legend)
    assert any("trainable parameters" in text for text in legend)
    for scene in (untitled, bare):
        assert (touching(scene), outside(scene)) == ([], [])
        assert min(part.box.top for part in scene.parts()) >= 0
