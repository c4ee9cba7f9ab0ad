"""A picture in Python: a string that shows itself, and a file."""

from pathlib import Path

import pytest

import archc
from archc.errors import EnvironmentProblem
from archc.picture.formats import FORMS
from archc.picture.picture import picture
from archc.picture.tikz import tikz


def test_a_drawing_is_a_string_that_a_notebook_shows() -> None:
    drawn = archc.load("lenet5").draw()
    assert isinstance(drawn, str)
    assert drawn.startswith("<svg ")
    assert drawn._repr_svg_() == drawn
    assert type(drawn._repr_svg_()) is str
    assert repr(drawn) == "<Drawing of LeNet-5: 506 × 383 px>"


@pytest.mark.parametrize("ending", FORMS)
def test_its_path_decides_what_is_written(ending: str, tmp_path: Path) -> None:
    net, path = archc.load("lenet5"), tmp_path / f"net{ending}"
    assert net.draw().save(path) == path
    assert path.read_bytes() == FORMS[ending](picture(net.graph))
    assert net.save(str(path), width=820) == path  # over what is there
    assert path.read_bytes() == FORMS[ending](picture(net.graph))


def test_saved_tikz_fits_a_line_as_the_command_writes_it(tmp_path: Path) -> None:
    net, path = archc.load("alexnet"), tmp_path / "net.tex"
    net.save(path)
    assert path.read_text() == tikz(picture(net.graph, width=345 * 96 / 72.27))


def test_all_that_the_command_can_ask_python_can() -> None:
    net = archc.load("alexnet")
    drawn = net.draw("flow", "dark", fit="16:9", first="conv3", last="fc6", title=False)
    assert "AlexNet: conv3 to fc6" not in drawn.partition("</desc>")[2]
    assert ">conv2<" not in drawn
    assert "trainable parameters" not in net.draw(legend=False)


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    net = archc.load("alexnet")
    with pytest.raises(EnvironmentProblem, match=r"E522 .*width and fit are mutually exclusive"):
        net.draw(width=300, fit="16:9")
    with pytest.raises(EnvironmentProblem, match=r"E523 .*: no picture can be written") as no:
        net.save(tmp_path / "net.gif")
    assert "let its name end in .svg, .tex, .pdf or .png" in str(no.value)
    (tmp_path / "a.svg").mkdir()
    with pytest.raises(EnvironmentProblem, match=r"E507 .*: cannot write .*it is not a file"):
        net.save(tmp_path / "a.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["a.svg"]
