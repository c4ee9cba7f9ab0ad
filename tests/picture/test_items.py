"""What is drawn as a figure, what as a mark, and in how many towers."""

from support.scenes import HEAD

import archc
from archc.picture.items import items_with_marks, tower_pairs


def items(text: str):
    return {item.name: item for item in items_with_marks(archc.parse(text).graph)}


def test_layers_that_change_no_shape_are_marks() -> None:
    found = {item.name: item for item in items_with_marks(archc.load("alexnet").graph)}
    assert [node.name for node in found["conv1"].marks] == ["norm1"]
    assert [node.name for node in found["pool5"].marks] == ["flat"]
    assert [node.name for node in found["fc7"].marks] == ["drop7"]
    assert "norm1" not in found
    assert found["pool1"].reads == ("conv1",)


def test_one_of_several_readers_is_no_mark() -> None:
    found = items(
        HEAD
        + "  - a: {type: conv2d, filters: 4, kernel: 1}\n  - b: {type: relu}\n"
        + "  - c: {type: add, from: [a, b]}\n"
    )
    assert found["b"].reads == ("a",)
    assert found["a"].marks == ()


def test_alexnet_has_the_papers_towers() -> None:
    """Figure 2: all maps from the first layer to the fifth lie in two towers, the dense do not."""
    graph = archc.load("alexnet").graph
    found = {item.name: item for item in items_with_marks(graph)}
    convolutions = ("conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5")
    assert [found[name].towers for name in convolutions] == [2] * len(convolutions)
    assert [found[name].towers for name in ("input", "fc6", "fc7", "fc8")] == [1] * 4


def test_only_the_third_layer_links_across() -> None:
    found = {item.name: item for item in items_with_marks(archc.load("alexnet").graph)}
    across = [(0, 0), (0, 1), (1, 0), (1, 1)]
    straight = [(0, 0), (1, 1)]
    assert tower_pairs(found["pool2"], found["conv3"]) == across
    for one, other in (("conv1", "pool1"), ("pool1", "conv2"), ("conv3", "conv4")):
        assert tower_pairs(found[one], found[other]) == straight


def test_a_network_without_groups_has_one_tower() -> None:
    towers = {item.towers for item in items_with_marks(archc.load("alexnet-one-tower").graph)}
    assert towers == {1}


def test_many_groups_are_said_and_not_drawn() -> None:
    text = HEAD + "  - a: {type: conv2d, filters: 12, kernel: 1}\n"
    text += "  - b: {type: conv2d, filters: 12, kernel: 3, groups: 12}\n"
    assert items(text)["b"].towers == 1
    assert "3×3, 12 groups" in archc.parse(text).draw()


def test_towers_of_unlike_number_link_where_they_share_maps() -> None:
    text = HEAD + "  - a: {type: conv2d, filters: 12, kernel: 1, groups: 2}\n"
    text += "  - b: {type: conv2d, filters: 12, kernel: 1, groups: 3}\n"
    found = items(text)
    assert tower_pairs(found["a"], found["b"]) == [(0, 0), (0, 1), (1, 1), (1, 2)]
    assert tower_pairs(found["input"], found["a"]) == [(0, 0), (0, 1)]


def test_marks_of_the_input_are_told_as_well() -> None:
    text = HEAD + "  - a: {type: relu}\n  - b: {type: conv2d, filters: 4, kernel: 3}\n"
    assert "output 4×16×16\n\na: relu" in archc.parse(text).draw()
