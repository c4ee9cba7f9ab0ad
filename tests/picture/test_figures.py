"""Figures are to the stated scale, and show kernels, tables and towers."""

import re

import pytest
from support.scenes import BRANCHES, HEAD, STYLES, figures, links

import archc
from archc.language.shipped import shipped
from archc.picture.blocks import BAR, LEAST_DEPTH, RECEDING, Blocks
from archc.picture.items import items_with_marks
from archc.picture.lenet import MOST_MAPS, Stacks
from archc.picture.picture import picture
from archc.picture.scale import LARGEST_UNIT, Scale
from archc.picture.scene import Box, Path, Scene
from archc.picture.theme import THEMES

LIGHT = THEMES["light"]
WINDOWS = (
    HEAD
    + """\
  - a: {type: conv2d, filters: 8, kernel: 3, padding: 1}
  - b: {type: conv2d, filters: 8, kernel: 1, from: a}
  - c: {type: conv2d, filters: 8, kernel: 5, padding: 2, from: a}
  - d: {type: max_pool, kernel: 3, stride: 1, padding: 1, from: a}
  - all: {type: concat, from: [b, c, d]}
"""
)
"""Three windows on one map."""


@pytest.mark.parametrize("name", shipped())
def test_blocks_are_to_scale(name: str) -> None:
    graph = archc.load(name).graph
    items = items_with_marks(graph)
    style, drawn = Blocks(items, LIGHT), figures(picture(graph, "blocks"))
    for item in items:
        boxes = [path.box for path in drawn[item.name]]
        fronts = boxes[::3] if len(item.shape) == 3 else boxes
        assert len(fronts) == item.towers
        for front in fronts:
            long, high = front.right - front.left, front.bottom - front.top
            if len(item.shape) == 1:
                assert (long, high) == pytest.approx((BAR, style.units.length(item.shape[0])))
            else:
                assert long == pytest.approx(style.maps.length(item.shape[0] // item.towers))
                assert high == pytest.approx(style.pixels.length(item.shape[1]))
        for lid in boxes[1::3] if len(item.shape) == 3 else []:
            assert lid.bottom - lid.top == pytest.approx(
                max(LEAST_DEPTH, RECEDING * style.pixels.length(item.shape[2]))
            )


@pytest.mark.parametrize("name", shipped())
def test_stacked_maps_are_to_scale(name: str) -> None:
    graph = archc.load(name).graph
    items = items_with_marks(graph)
    style, drawn = Stacks(items, LIGHT), figures(picture(graph, "lenet"))
    for item in items:
        if len(item.shape) == 1:
            continue
        maps = drawn[item.name]
        assert len(maps) == item.towers * min(item.shape[0] // item.towers, MOST_MAPS)
        for path in maps:
            assert path.box.right - path.box.left == pytest.approx(
                style.pixels.length(item.shape[2])
            )
            assert path.box.bottom - path.box.top == pytest.approx(
                style.pixels.length(item.shape[1])
            )


def test_a_scale_is_in_proportion_where_all_can_be_seen() -> None:
    scale = Scale.fit([32, 28, 14, 10, 5, 1], 112, 7)
    assert not scale.root
    assert scale.length(28) == pytest.approx(28 * scale.unit)
    assert scale.length(32) == pytest.approx(112)


def test_else_it_is_one_of_square_roots() -> None:
    scale = Scale.fit([227, 55, 6], 112, 7)
    assert scale.root
    assert scale.length(16) == pytest.approx(2 * scale.length(4))
    assert scale.length(227) == pytest.approx(112)


def test_a_small_network_is_not_blown_up() -> None:
    assert Scale.fit([3], 112, 7).length(3) == pytest.approx(3 * LARGEST_UNIT)


@pytest.mark.parametrize("style", STYLES[::2])
@pytest.mark.parametrize(
    "size", ["{channels: 3, height: 1, width: 4000}", "{channels: 3, height: 4000, width: 1}"]
)
def test_the_maps_of_a_signal_are_no_hairlines(size: str, style: str) -> None:
    text = HEAD.replace("{channels: 4, height: 16, width: 16}", size)
    graph = archc.parse(text + "  - a: {type: conv2d, filters: 600, kernel: 1}\n").graph
    for outlines in figures(picture(graph, style)).values():
        for path in outlines:
            across, down = (max(n) - min(n) for n in zip(*path.points, strict=True))
            assert min(across, down) >= 3


def test_the_legend_states_the_scales() -> None:
    words = [text.text for text in picture(archc.load("alexnet").graph, "blocks").texts()]
    assert "200 pixels (square-root scale)" in words
    assert "2,000 units" in words
    foot = picture(archc.load("alexnet").graph, "blocks").groups[-1].parts
    lines = [part for part in foot if isinstance(part, Path) and not part.closed]
    style = Blocks(items_with_marks(archc.load("alexnet").graph), LIGHT)
    expected = [style.pixels.length(200), style.maps.length(100), style.units.length(2000)]
    assert [line.box.right - line.box.left for line in lines] == pytest.approx(expected)


def test_each_kernel_is_a_patch_of_its_size() -> None:
    graph = archc.load("lenet5").graph
    style = Stacks(items_with_marks(graph), LIGHT)
    patches = [
        part.box for group in links(picture(graph, "lenet")) for part in group.parts if patch(part)
    ]
    sizes = [5, 2, 5, 2, 5]
    assert [box.right - box.left for box in patches] == pytest.approx(
        [style.pixels.length(n) for n in sizes]
    )


@pytest.mark.parametrize("style", ["blocks", "lenet"])
@pytest.mark.parametrize("width", [1, 820])
@pytest.mark.parametrize("name", ["alexnet", "branches", "windows"])
def test_a_kernel_is_a_patch_wherever_its_layer_stands(name: str, style: str, width: int) -> None:
    """Beyond the end of a row, at a fork, and at another height too."""
    net = {"branches": BRANCHES, "windows": WINDOWS}
    graph = (archc.parse(net[name]) if name in net else archc.load(name)).graph
    towers = {item.name: item.towers for item in items_with_marks(graph)}
    windows = {node.name for node in graph.nodes if node.geometry}
    reads = {item.name: item.reads for item in items_with_marks(graph)}
    for group in links(picture(graph, style, width=width)):
        reader = group.layers[0]
        drawn = [part for part in group.parts if patch(part)]
        many = towers[reads[reader][0]] if reader in windows else 0
        assert len(drawn) == many, reader


def test_of_several_kernels_on_one_map_the_smallest_is_on_top() -> None:
    scene = picture(archc.parse(WINDOWS).graph, "lenet")
    order = [group.layers[0] for group in links(scene) if group.layers[0] in "bcd"]
    assert order == ["c", "d", "b"]


def patch(part: object) -> bool:
    """Whether it is a kernel: an area with an edge, which the head of an arrow has not."""
    return isinstance(part, Path) and part.closed and bool(part.fill and part.stroke)


def test_a_kernel_is_drawn_no_larger_than_its_map() -> None:
    text = HEAD.replace("16", "2") + "  - a: {type: conv2d, filters: 2, kernel: 5, padding: 2}\n"
    graph = archc.parse(text).graph
    (map_,) = {path.box for path in figures(picture(graph, "lenet"))["input"][-1:]}
    (link,) = links(picture(graph, "lenet"))
    assert link.parts[-1].box == map_


def test_towers_are_cross_linked_as_in_the_paper() -> None:
    """Each patch sends its four corners to every tower that reads it."""
    scene = picture(archc.load("alexnet").graph, "blocks")
    lines = [
        sum(isinstance(part, Path) and not part.closed for part in group.parts)
        for group in links(scene)
    ]
    #        conv1 pool1 conv2 pool2 conv3 conv4 conv5 pool5 and the dense layers
    assert lines == [8, 8, 8, 8, 16, 8, 8, 8, 2, 2, 2]


@pytest.mark.parametrize("style", ["blocks", "lenet"])
def test_the_connection_table_is_drawn(style: str) -> None:
    scene = picture(archc.load("lenet5-1998").graph, style)
    dots = [box for box in drawings(scene, "c3") if box.right - box.left < 4]
    assert len(dots) == 60
    assert len({round(box.top) for box in dots}) == 6
    assert len({round(box.left) for box in dots}) == 16


@pytest.mark.parametrize("style", ["blocks", "lenet"])
def test_the_fixed_codes_are_drawn(style: str) -> None:
    """As much ink as there are pixels X, in two rows of five bitmaps of 7 by 12, 2 apart."""
    graph = archc.load("lenet5-1998").graph
    boxes = drawings(picture(graph, style), "out")
    cell = boxes[0].bottom - boxes[0].top
    ink = sum(round((box.right - box.left) / cell) for box in boxes)
    assert ink == sum(line.count("X") for code in graph.output.op.codes for line in code)
    wide = max(box.right for box in boxes) - min(box.left for box in boxes)
    high = max(box.bottom for box in boxes) - min(box.top for box in boxes)
    assert wide / cell == pytest.approx(5 * 7 + 4 * 2)
    assert high / cell == pytest.approx(12 + 2 + 10)  # no code inks its last two lines


def test_a_table_too_large_to_be_seen_is_said() -> None:
    rows = "\n".join(["        " + "X." * 40] * 80)
    text = HEAD.replace("channels: 4", "channels: 80") + "  - a:\n      type: conv2d\n"
    text += "      filters: 80\n      kernel: 3\n      init: {weight: 0.1}\n"
    text += "      connections: |\n" + rows.replace("X.", "XX") + "\n"
    graph = archc.parse(text).graph
    assert drawings(picture(graph, "blocks"), "a") == []
    assert "6,400 of 6,400 pairs" in archc.parse(text).draw("flow")


def drawings(scene: Scene, name: str) -> list[Box]:
    """The boxes of ink among the words of an item, but for the icons of marks."""
    words = next(group for group in reversed(scene.groups) if group.name == name)
    ink = LIGHT.ink
    return [part.box for part in words.parts if isinstance(part, Path) and part.fill == ink]


def test_marks_are_quiet_words() -> None:
    texts = picture(archc.load("alexnet").graph, "blocks").texts()
    inks = {text.text: text.ink for text in texts}
    for word in ("ReLU", "LRN", "dropout 0.5", "flatten 9216"):
        assert inks[word] == LIGHT.quiet


@pytest.mark.parametrize("style", ["blocks", "lenet", "flow"])
def test_tips_carry_the_counts(style: str) -> None:
    text = archc.load("alexnet").draw(style)
    tips = re.findall(r"<title>([^<]*)</title>", text)
    (conv1,) = {tip for tip in tips if tip.startswith("conv1:")}
    assert "output 96×55×55" in conv1
    assert "kernel 11×11, stride 4, padding 0, groups 1" in conv1
    assert "34,944 parameters, 105,705,600 connections, 105,415,200 macs" in conv1
    assert any("norm1: lrn" in tip for tip in tips)


def test_a_kernel_tells_what_its_layer_does() -> None:
    tips = [group.tip for group in links(picture(archc.load("alexnet").graph, "blocks"))]
    assert tips[0].startswith("conv1: conv2d + relu\noutput 96×55×55\nkernel 11×11, stride 4")
    assert all(tips)


@pytest.mark.parametrize("style", ["blocks", "lenet", "flow"])
def test_sizes_and_counts_are_text(style: str) -> None:
    words = {text.text for text in picture(archc.load("alexnet").graph, style).texts()}
    assert {"conv1", "34,944", "37,752,832", "4096" if style != "lenet" else "96@55×55"} <= words


@pytest.mark.parametrize("style", ["blocks", "lenet", "flow"])
def test_every_layer_is_drawn_and_every_edge(style: str) -> None:
    graph = archc.parse(BRANCHES).graph
    scene = picture(graph, style)
    assert {node.name for node in graph.nodes} <= figures(scene).keys()
    assert len(links(scene)) == sum(len(node.inputs) for node in graph.nodes)
