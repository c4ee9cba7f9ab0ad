"""Towers across the end of a row: apart where they stay apart, merged where they mix."""

from itertools import combinations, pairwise

import pytest
from support.scenes import HEAD, links

import archc
from archc.network.graph import Graph
from archc.picture.picture import picture
from archc.picture.scene import Path, Point

GROUPED = HEAD + "".join(
    f"  - c{i}: {{type: conv2d, filters: 32, kernel: 1, groups: {groups}}}\n"
    for i, groups in enumerate([1, 2, 2, 2, 1, 2, 2, 2, 4, 4, 4, 4])
)
Corners = tuple[Point, ...]


def turning(graph: Graph, style: str, width: float) -> dict[str, list[Corners]]:
    """The lines that go on in a further row, by the layer that they reach."""
    found: dict[str, list[Corners]] = {}
    for group in links(picture(graph, style, width=width)):
        lines = [part.points for part in group.parts if isinstance(part, Path) and not part.closed]
        turned = [line for line in lines if len(line) > 4]
        if turned:
            found[group.layers[0]] = turned
    return found


def shared(one: Corners, other: Corners) -> bool:
    """Whether two lines have a stretch in common."""
    return bool({*pairwise(one)} & {*pairwise(other)})


def crossing(one: Corners, other: Corners) -> bool:
    """Whether two lines that run across and down have a point in common."""
    boxes = [[Path(step).box for step in pairwise(line)] for line in (one, other)]
    return any(
        a.left <= b.right and b.left <= a.right and a.top <= b.bottom and b.top <= a.bottom
        for a in boxes[0]
        for b in boxes[1]
    )


@pytest.mark.parametrize("style", ["blocks", "lenet"])
def test_towers_stay_apart_across_rows_unless_they_mix(style: str) -> None:
    """Each row holds one layer, so that every edge turns."""
    lines = turning(archc.parse(GROUPED).graph, style, 1)
    apart = {"c1": 2, "c2": 2, "c3": 2, "c5": 2, "c9": 4, "c11": 4}
    for reader, towers in apart.items():
        assert len(lines[reader]) == towers
        assert not any(crossing(*two) for two in combinations(lines[reader], 2)), reader
    for reader in ("c0", "c4"):  # of all towers that there are
        assert len(lines[reader]) == 2
        assert shared(*lines[reader]), reader


@pytest.mark.parametrize("style", ["blocks", "lenet"])
def test_each_of_two_towers_forks_into_two_of_four(style: str) -> None:
    ways = turning(archc.parse(GROUPED).graph, style, 1)["c8"]
    assert [shared(ways[0], way) for way in ways] == [True, True, False, False]
    assert shared(ways[2], ways[3])
    assert not any(crossing(one, other) for one in ways[:2] for other in ways[2:])


@pytest.mark.parametrize(
    ("style", "width", "apart", "mixed"),
    [
        ("blocks", 458, {"conv4"}, set()),
        ("lenet", 458, {"conv2", "conv5"}, set()),
        ("lenet", 820, set(), {"conv3"}),
    ],
)
def test_the_towers_of_alexnet_mix_before_conv3_alone(
    style: str, width: float, apart: set[str], mixed: set[str]
) -> None:
    lines = turning(archc.load("alexnet").graph, style, width)
    assert {name for name, ways in lines.items() if not crossing(*ways)} == apart
    assert {name for name, ways in lines.items() if shared(*ways)} == mixed


@pytest.mark.parametrize("style", ["blocks", "lenet"])
def test_a_branch_that_turns_with_a_layer_does_not_cross_it(style: str) -> None:
    text = HEAD + "  - a: {type: conv2d, filters: 16, kernel: 3, padding: 1}\n"
    text += "".join(
        f"  - r{i}: {{type: conv2d, filters: 16, kernel: 3, padding: 1}}\n" for i in range(9)
    )
    lines = turning(archc.parse(text + "  - res: {type: add, from: [a, r8]}\n").graph, style, 458)
    (past,) = lines.pop("res")
    others = [way for (way,) in lines.values() if way[0] != past[0]]  # of the same value, it is one
    assert others
    assert not any(crossing(past, way) for way in others)


@pytest.mark.parametrize("style", ["blocks", "lenet"])
def test_a_row_is_as_high_as_its_own_layers_need(style: str) -> None:
    """Four branches stand as close under a residual block, which is higher, as without one."""
    head = HEAD.replace("16", "64")
    block = "".join(
        f"  - {name}: {{type: conv2d, filters: 8, kernel: 3, padding: 1}}\n" for name in "ar"
    )
    block += "  - s: {type: add, from: [a, r]}\n"
    branches = "  - pool: {type: max_pool, kernel: 2, stride: 2}\n"
    branches += "".join(
        f"  - b{i}: {{type: conv2d, filters: 8, kernel: 1, from: pool}}\n" for i in range(4)
    )
    branches += "  - all: {type: concat, from: [b0, b1, b2, b3]}\n"
    alone, under = (
        sorted(
            text.y
            for text in picture(archc.parse(network).graph, style, width=458).texts()
            if text.text in {"b0", "b1", "b2", "b3"}
        )
        for network in (head + branches, head + block + branches)
    )
    for i in range(3):
        assert under[i + 1] - under[i] == pytest.approx(alone[i + 1] - alone[i])
