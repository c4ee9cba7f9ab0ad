"""A picture fits what it was asked to fit, with letters that can be read, or is refused."""

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.ink import in_pdf, loose
from support.networks import specs
from support.scenes import BRANCHES, HEAD, STYLES, inside, links, outside, struck, touching

import archc
from archc.errors import EnvironmentProblem
from archc.picture.fit import GOOD, LEAST, fitted, on_slide
from archc.picture.formats import FORMS
from archc.picture.lengths import frame
from archc.picture.picture import picture
from archc.picture.styles import View

MM = 96 / 25.4
LONG = HEAD + "".join(f"  - c{i}: {{type: conv2d, filters: 4, kernel: 1}}\n" for i in range(60))
FRAMES = ["400mmx120mm", "200mmx200mm", "9cmx30cm", "16:9", "4:3"]


@pytest.mark.parametrize("size", FRAMES)
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["alexnet", "lenet5-1998"])
def test_it_fits_or_is_refused(name: str, style: Any, size: str) -> None:
    wanted = frame(size, "fit")
    room = on_slide(wanted)
    try:
        scene = fitted(archc.load(name).graph, wanted, style)
    except EnvironmentProblem:
        return
    across, down = scene.width / room.width.pixels, scene.height / room.height.pixels
    assert max(across, down) == pytest.approx(1)  # as large as it can be
    assert scene.letters >= LEAST
    assert (touching(scene), outside(scene), struck(scene)) == ([], [], [])


@settings(max_examples=25)
@given(specs(), st.sampled_from(STYLES), st.integers(40, 400), st.integers(40, 400))
def test_random_networks_fit_or_are_refused(text: str, style: Any, wide: int, high: int) -> None:
    wanted = frame(f"{wide}mmx{high}mm", "fit")
    try:
        scene = fitted(archc.parse(text).graph, wanted, style)
    except EnvironmentProblem:
        assume(False)
    assert scene.width <= wide * MM * (1 + 1e-9)
    assert scene.height <= high * MM * (1 + 1e-9)
    assert touching(scene) == []
    assert loose(scene, in_pdf(scene, FORMS[".pdf"])) == []


def test_the_first_figure_of_a_paper_fits_its_slide() -> None:
    """AlexNet in one row, as in the paper, on a slide of beamer's 16:9."""
    scene = fitted(archc.load("alexnet").graph, frame("16:9", "fit"))
    assert scene.width == pytest.approx(140 * MM)
    assert scene.height < 74 * MM
    names = [t for t in scene.texts() if t.bold and t.text.startswith(("conv", "pool", "fc"))]
    assert len({text.y for text in names}) == 1


def test_figures_are_smaller_only_where_letters_need_it() -> None:
    graph = archc.load("lenet5").graph
    large = fitted(graph, frame("300mmx200mm", "fit"))
    assert large.letters > GOOD
    usual = picture(graph, width=1e9).cropped(12)
    assert large.width / large.letters == pytest.approx(usual.width / usual.letters)


def test_a_long_flow_goes_on_in_columns() -> None:
    graph = archc.parse(LONG).graph
    scene = fitted(graph, frame("600mmx300mm", "fit"), "flow")
    tall = picture(graph, "flow")
    assert tall.height / tall.width > 8
    assert scene.height / scene.width < 1
    assert scene.letters >= LEAST


@pytest.mark.parametrize("columns", range(1, 8))
@pytest.mark.parametrize("text", [LONG, BRANCHES], ids=["chain", "branches"])
def test_a_flow_in_columns_is_legible(text: str, columns: int) -> None:
    scene = picture(archc.parse(text).graph, "flow", columns=columns)
    assert (touching(scene), outside(scene)) == ([], [])
    boxes = [group.parts[0].box for group in scene.groups if group.name]
    assert len({round(box.left) for box in boxes}) >= min(columns, 2)


RESIDUAL = HEAD + "".join(
    f"  - p{i}: {{type: conv2d, filters: 4, kernel: 1}}\n  - a{i}: {{type: relu}}\n"
    f"  - b{i}: {{type: relu, from: p{i}}}\n  - c{i}: {{type: relu}}\n"
    f"  - s{i}: {{type: add, from: [a{i}, c{i}]}}\n"
    for i in range(4)
)


@pytest.mark.parametrize("columns", range(1, 8))
def test_no_edge_of_a_flow_in_columns_runs_through_a_box(columns: int) -> None:
    scene = picture(archc.parse(RESIDUAL).graph, "flow", columns=columns)
    boxes = {group.name: inside(group.parts[0].box) for group in scene.groups if group.name}
    through = [
        name
        for name, box in boxes.items()
        for link in links(scene)
        for part in link.parts
        for one, other in pairwise(part.points)
        if box.cut(one, other)
    ]
    assert through == []
    assert outside(scene) == []


def test_a_flow_is_broken_only_where_one_value_goes_on() -> None:
    """Of a residual block, both values do; of BRANCHES, one goes on after `sum` and one after `a`."""
    block = "  - a{i}: {{type: conv2d, filters: 4, kernel: 1}}\n  - b{i}: {{type: relu}}\n"
    block += "  - s{i}: {{type: add, from: [a{i}, b{i}]}}\n"
    graph = archc.parse(HEAD + "".join(block.format(i=i) for i in range(4))).graph
    scene = picture(graph, "flow", columns=3)
    lefts = {g.name: g.parts[0].box.left for g in scene.groups if g.name}
    tops = {g.name: g.parts[0].box.top for g in scene.groups if g.name}
    first = min(tops.values())
    begin = {name for name, top in tops.items() if top == first}
    assert len({lefts[name] for name in begin}) == len(begin) > 1
    assert begin <= {"input", *(f"{kind}{i}" for kind in "ab" for i in range(4))}
    assert not {name for name in begin if name.startswith("s")}


def test_a_ratio_keeps_letters_at_their_size_where_the_format_has_no_page() -> None:
    graph = archc.load("lenet5").graph
    wanted = frame("16:9", "fit")
    natural = fitted(graph, wanted, natural=True)
    assert natural.letters == pytest.approx(picture(graph).letters)
    assert natural.width / natural.height == pytest.approx(
        fitted(graph, wanted).width / fitted(graph, wanted).height
    )


SLIDES = {"16:9": (140, 74), "16:10": (140, 84), "4:3": (108, 80), "1:1": (140, 144)}


@pytest.mark.parametrize("ratio", SLIDES)
def test_a_ratio_is_a_slide_without_margins_and_title(ratio: str) -> None:
    room = on_slide(frame(ratio, "fit"))
    assert (room.width.pixels / MM, room.height.pixels / MM) == pytest.approx(SLIDES[ratio])


def test_what_does_not_fit_says_what_would() -> None:
    graph = archc.load("alexnet").graph
    with pytest.raises(EnvironmentProblem) as problem:
        fitted(graph, frame("120mmx80mm", "fit"))
    said = str(problem.value)
    assert said == (
        "error E524 [picture-does-not-fit]: AlexNet does not fit 120mmx80mm: its smallest letters "
        "would be 4.3pt, and less than 5pt cannot be read\n"
        "  help: use --fit 138mmx92mm, --no-title with --no-legend, or draw a part of it with --from "
        "and --to"
    )
    larger = re.search(r"--fit (\S+),", said)
    assert larger
    assert fitted(graph, frame(larger[1], "fit")).letters >= LEAST
    bare = View(title=False, legend=False)
    assert fitted(graph, frame("120mmx80mm", "fit"), view=bare).letters >= LEAST


def test_another_style_is_named_only_if_it_fits() -> None:
    graph = archc.load("alexnet").graph
    with pytest.raises(EnvironmentProblem, match="--style blocks") as problem:
        fitted(graph, frame("16:9", "fit"), "lenet")
    assert "--style flow" not in str(problem.value)
    with pytest.raises(EnvironmentProblem):
        fitted(graph, frame("16:9", "fit"), "flow")


def test_a_huge_network_is_refused_soon() -> None:
    layers = "".join(f"  - c{i}: {{type: conv2d, filters: 4, kernel: 1}}\n" for i in range(400))
    graph = archc.parse(HEAD + layers).graph
    with pytest.raises(EnvironmentProblem, match="E524"):
        fitted(graph, frame("60mmx60mm", "fit"))


SIZES = {
    "120mmx60mm": (120 * MM, 60 * MM),
    "120x60mm": (120 * MM, 60 * MM),
    " 12 cm × 6 cm ": (120 * MM, 60 * MM),
    "5inx300px": (480, 300),
    "800x450": (800, 450),
}


@pytest.mark.parametrize("given", SIZES)
def test_a_size_has_two_sides(given: str) -> None:
    found = frame(given, "fit")
    assert (found.width.pixels, found.height.pixels) == pytest.approx(SIZES[given])
    assert not found.ratio


@pytest.mark.parametrize("given", ["", "16", "16:", "a:b", "3cm", "3cmx", "1x2x3", "-4x3", 3, None])
def test_what_is_no_size_is_refused(given: Any) -> None:
    with pytest.raises(EnvironmentProblem, match="fit must be a ratio or a size, not"):
        frame(given, "fit")


@pytest.mark.parametrize(
    ("given", "said"), [("0:9", "above 0"), ("0x60mm", "above 0"), ("9" * 400 + "x1", "finite")]
)
def test_a_size_is_above_nothing_and_finite(given: str, said: str) -> None:
    with pytest.raises(EnvironmentProblem, match=f"fit must be {said}, not"):
        frame(given, "fit")
