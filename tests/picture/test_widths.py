"""How wide a picture is: what it is given, or what it is for."""

import shutil
import subprocess
from pathlib import Path

import pytest
from scenes import BRANCHES, EVERY, HEAD, outside, struck, touching
from typer.testing import CliRunner

import archc
from archc.cli import app
from archc.picture import picture
from archc.picture.lengths import pixels
from archc.picture.rows import PAGE
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


LENGTHS = {"500": 500, "500px": 500, "345pt": ARTICLE, "72.27 pt": 96, "2.54cm": 96, "1in": 96}


@pytest.mark.parametrize("text", LENGTHS)
def test_a_length_has_a_unit(text: str) -> None:
    assert pixels(text) == pytest.approx(LENGTHS[text])


@pytest.mark.parametrize("text", ["", "wide", "3em", "0", "0pt", "-3cm", "1e3", "nan", "9" * 400])
def test_what_is_no_length_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "net.svg"
    done = CliRunner().invoke(app, ["draw", "lenet5", "-o", str(path), f"--width={text}"])
    assert done.exit_code == 2
    assert "--width" in done.output
    assert not path.exists()


def drawn(tmp_path: Path, ending: str, *options: str) -> tuple[str, str]:
    """The file that the command writes, and what it says beside it."""
    path = tmp_path / f"net{ending}"
    done = CliRunner().invoke(app, ["draw", "alexnet", "-o", str(path), "--force", *options])
    assert done.exit_code == 0, done.output
    return path.read_text(), done.stderr


def test_tikz_fits_a_line_of_text_unless_told_otherwise(tmp_path: Path) -> None:
    graph = archc.load("alexnet").graph
    assert drawn(tmp_path, ".tex") == (tikz(picture(graph, width=ARTICLE)), "")
    assert drawn(tmp_path, ".tex", "--width", "820")[0] == tikz(picture(graph))
    assert drawn(tmp_path, ".svg")[0] == archc.load("alexnet").draw()


def test_a_width_that_nothing_can_keep_is_said(tmp_path: Path) -> None:
    text, said = drawn(tmp_path, ".svg", "--width", "3cm")
    (wide,) = (line for line in text.splitlines() if line.startswith("<svg"))
    assert f'width="{said.split()[0]}"' in wide
    assert drawn(tmp_path, ".svg", "--width", "3cm", "--quiet")[1] == ""


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs LaTeX")
def test_latex_finds_room_for_it(tmp_path: Path) -> None:
    (tmp_path / "net.tex").write_text(drawn(tmp_path, ".tex")[0])
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{tikz}\\begin{document}\n"
        "\\noindent\\input{net.tex}\n\\end{document}\n"
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    if "not found" in done.stdout:
        pytest.skip("LaTeX without TikZ")
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout
