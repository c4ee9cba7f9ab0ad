"""How wide a picture is: what it is given, or what it is for."""

import re
import subprocess
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
from support.scenes import BRANCHES, EVERY, HEAD, outside, struck, touching
from typer.testing import CliRunner

import archc
from archc.cli import app
from archc.errors import EnvironmentProblem
from archc.picture.lengths import length
from archc.picture.page import PAGE
from archc.picture.picture import picture
from archc.picture.tikz import tikz

ARTICLE = 345 * 96 / 72.27
"""LaTeX's \\textwidth of an article, in pixels."""
LONG = HEAD + "".join(f"  - c{i}: {{type: conv2d, filters: 4, kernel: 1}}\n" for i in range(60))
GIVEN = [ARTICLE, 600, PAGE, 1400]


@pytest.mark.parametrize("width", GIVEN)
@pytest.mark.parametrize(("name", "style"), EVERY)
def test_no_shipped_network_is_wider_than_it_may_be(name: str, style: str, width: float) -> None:
    scene = picture(archc.load(name).graph, style, width=width)
    assert scene.width <= width
    assert (touching(scene), outside(scene), struck(scene)) == ([], [], [])


@pytest.mark.parametrize("style", ["blocks", "lenet"])
@pytest.mark.parametrize("text", [LONG, BRANCHES], ids=["long", "branches"])
def test_rows_break_where_they_are_told_to(text: str, style: str) -> None:
    graph = archc.parse(text).graph
    scenes = [picture(graph, style, width=width) for width in GIVEN]
    for scene, width in zip(scenes, GIVEN, strict=True):
        assert scene.width <= width
        assert (touching(scene), outside(scene), struck(scene)) == ([], [], [])
    heights = [scene.height for scene in scenes]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] > heights[-1]


def test_edges_that_turn_are_within_the_width() -> None:
    """Sixteen values that are read at the end turn at the end of each row, in a lane each."""
    names = [f"b{i}" for i in range(16)]
    lines = [f"  - {name}: {{type: conv2d, filters: 4, kernel: 1}}" for name in names]
    text = HEAD + "\n".join(lines) + f"\n  - all: {{type: add, from: [{', '.join(names)}]}}\n"
    assert picture(archc.parse(text).graph, width=700).width <= 700


def test_left_alone_it_is_as_wide_as_ever() -> None:
    for style in ("blocks", "lenet", "flow"):
        graph = archc.load("alexnet").graph
        assert picture(graph, style) == picture(graph, style, width=PAGE)


def test_python_takes_a_width_too() -> None:
    net = archc.load("alexnet")
    assert net.draw(width=500) != net.draw()
    assert 'width="500"' not in net.draw(width=1000)  # at most, and not stretched
    assert net.draw(width=1000) == net.draw(width=820)

    assert net.draw(width="13.229166666cm") == net.draw(width=500)


LENGTHS = {
    "500": 500,
    "500px": 500,
    "345pt": ARTICLE,
    "72.27 pt": 96,
    "2.54cm": 96,
    ".5in": 48,
    500: 500,
    12.5: 12.5,
}


@pytest.mark.parametrize("given", LENGTHS)
def test_a_length_has_a_unit(given: object) -> None:
    assert length(given, "width").pixels == pytest.approx(LENGTHS[given])


NO_LENGTHS = {
    **dict.fromkeys(["", "wide", "3em", "1e3", "nan", True, (345,)], "a length such as 345pt"),
    **dict.fromkeys(["0", "0pt", "-3cm", 0, -5], "above 0"),
    **dict.fromkeys(["9" * 400, 10**400, inf, nan], "finite"),
}


@pytest.mark.parametrize("given", [text for text in NO_LENGTHS if isinstance(text, str)])
def test_what_is_no_length_is_refused(given: str, tmp_path: Path) -> None:
    path = tmp_path / "net.svg"
    done = CliRunner().invoke(app, ["draw", "lenet5", "-o", str(path), f"--width={given}"])
    assert done.exit_code == 2
    assert f"--width must be {NO_LENGTHS[given]}, not" in done.output
    assert not path.exists()


@pytest.mark.parametrize("given", NO_LENGTHS)
def test_and_in_python(given: Any) -> None:
    with pytest.raises(EnvironmentProblem, match=f"width must be {NO_LENGTHS[given]}, not"):
        archc.load("lenet5").draw(width=given)


def drawn(
    tmp_path: Path, ending: str, *options: str, spec: Path | str = "alexnet"
) -> tuple[str, str]:
    """The file that the command writes, and what it says beside it."""
    path = tmp_path / f"net{ending}"
    done = CliRunner().invoke(app, ["draw", str(spec), "-o", str(path), "--force", *options])
    assert done.exit_code == 0, done.output
    return path.read_text(), done.stderr


def test_tikz_fits_a_line_of_text_unless_told_otherwise(tmp_path: Path) -> None:
    graph = archc.load("alexnet").graph
    assert drawn(tmp_path, ".tex") == (tikz(picture(graph, width=ARTICLE)), "")
    assert drawn(tmp_path, ".tex", "--width", "820")[0] == tikz(picture(graph))
    assert drawn(tmp_path, ".svg")[0] == archc.load("alexnet").draw()


def test_a_width_that_nothing_can_keep_is_said(tmp_path: Path) -> None:
    """In the unit in which it was asked for."""
    wide = picture(archc.load("alexnet").graph, width=1).width
    for asked, unit in {"3cm": 96 / 2.54, "99pt": 96 / 72.27, "99.5px": 1, "90": 1}.items():
        said = drawn(tmp_path, ".svg", "--width", asked)[1]
        told = re.fullmatch(
            r"the picture is ([0-9.]+)([a-z]+) wide, not (.*): a column cannot be split; "
            r"--fit makes a picture smaller\n",
            said,
        )
        assert told and told[3] == (asked if asked != "90" else "90px")
        assert (float(told[1]), told[2]) == (pytest.approx(wide / unit, abs=0.05), told[3][-2:])
        assert drawn(tmp_path, ".svg", "--width", asked, "--quiet")[1] == ""


def test_tikz_says_where_it_is_larger_than_a_page_of_text(tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text(BRANCHES)
    points = 72.27 / 96
    wide = picture(archc.parse(BRANCHES).graph, "flow").width * points
    high = picture(archc.load("alexnet").graph, "flow").height * points
    options = ("--style", "flow")
    line = f"the picture is {wide:.1f}pt wide, not 345pt, the line of LaTeX's article"
    assert line in drawn(tmp_path, ".tex", *options, spec=spec)[1]
    said = drawn(tmp_path, ".tex", *options)[1]
    assert said.startswith(
        f"the picture is {high:.1f}pt high, but a page of LaTeX's article holds 550"
    )
    assert said.endswith(": --fit 345ptx550pt makes it fit, if its letters can be read then\n")
    assert said.count("\n") == 1
    assert drawn(tmp_path, ".svg", *options)[1] == ""
    assert drawn(tmp_path, ".tex", *options, "--quiet")[1] == ""


def test_latex_finds_room_for_it(tmp_path: Path) -> None:
    (tmp_path / "net.tex").write_text(drawn(tmp_path, ".tex")[0])
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{tikz}\\begin{document}\n"
        "\\noindent\\input{net.tex}\n\\end{document}\n"
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout
