"""archc draw: what it writes, and what it refuses."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

import archc
from archc.cli import app
from archc.errors import EnvironmentProblem
from archc.picture.formats import FORMS

SIZES = {
    ".svg": "506 × 383 px",
    ".tex": "275.5 × 468.2 pt",
    ".pdf": "133.9 × 101.3 mm",
    ".png": "506 × 383 px, 1518 × 1149 dots",
}
BEGINNINGS = {".svg": b"<svg ", ".tex": b"% ", ".pdf": b"%PDF-", ".png": b"\x89PNG"}


def draw(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["draw", *arguments])


@pytest.mark.parametrize("ending", FORMS)
def test_the_ending_says_what_is_written(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"net{ending}"
    done = draw("lenet5", "-o", str(path))
    assert (done.exit_code, done.output) == (0, f"wrote {path} ({SIZES[ending]})\n")
    assert path.read_bytes().startswith(BEGINNINGS[ending])


def test_it_writes_what_python_draws(tmp_path: Path) -> None:
    path = tmp_path / "net.svg"
    options = ("--style", "lenet", "--theme", "dark", "--set", "out.units=7", "--quiet")
    done = draw("lenet5", "-o", str(path), *options)
    assert (done.exit_code, done.output) == (0, "")
    assert path.read_text() == archc.load("lenet5", {"out.units": 7}).draw("lenet", "dark")


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    done = draw("lenet5", "-o", str(tmp_path / "net.gif"))
    assert done.exit_code == 2
    assert ".svg, .tex, .pdf or .png" in " ".join(done.output.replace("│", "").split())
    assert not any(tmp_path.iterdir())


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "net.svg"
    path.write_text("mine")
    done = draw("lenet5", "-o", str(path))
    assert done.exit_code == 2
    assert "error E701" in done.output
    assert path.read_text() == "mine"
    assert draw("lenet5", "-o", str(path), "--force").exit_code == 0
    assert path.read_text().startswith("<svg")


@pytest.mark.parametrize("package", ["cairocffi", "fontTools"])
@pytest.mark.parametrize("ending", [".pdf", ".png"])
def test_without_its_packages_it_says_what_to_install(
    ending: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {package: None}
    monkeypatch.setattr("archc.picture.formats.find_spec", lambda name: found.get(name, True))
    done = draw("lenet5", "-o", str(tmp_path / f"net{ending}"))
    assert done.exit_code == 2
    assert f"error E504 [missing-package]: {package} is not installed" in done.output
    assert f"pip install {package.lower()}" in done.output
    assert not any(tmp_path.iterdir())


def test_without_the_library_cairo_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Importing cairocffi raises OSError where it finds no cairo."""

    def find(*_: object) -> None:
        raise OSError("no library called cairo")

    monkeypatch.setattr("archc.picture.formats.find_spec", lambda name: SimpleNamespace())
    monkeypatch.delitem(sys.modules, "cairocffi", raising=False)
    monkeypatch.setattr(sys, "meta_path", [SimpleNamespace(find_spec=find), *sys.meta_path])
    done = draw("lenet5", "-o", str(tmp_path / "net.png"))
    assert done.exit_code == 2
    assert "the library cairo is not installed" in done.output


def test_a_wrong_spec_is_exit_1(tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text("archc: 1\n")
    assert draw(str(spec), "-o", str(tmp_path / "net.svg")).exit_code == 1
    assert not (tmp_path / "net.svg").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"style": "block"}, "unknown style 'block'\n  help: did you mean 'blocks'?"),
        ({"style": "Flow"}, "unknown style 'Flow'\n  help: did you mean 'flow'?"),
        ({"style": None}, "unknown style 'None'\n  help: known: blocks, flow, lenet"),
        ({"theme": "Dark"}, "unknown theme 'Dark'\n  help: did you mean 'dark'?"),
    ],
)
def test_python_refuses_what_no_picture_is_like(options: dict[str, Any], said: str) -> None:
    with pytest.raises(EnvironmentProblem) as problem:
        archc.load("lenet5").draw(**options)
    assert f"error E205 [unknown-name]: {said}" in str(problem.value)


SPOKEN = {
    ("net.tex", "--fit", "120mmx90mm"): "120.0 × 87.0 mm",
    ("net.svg", "--fit", "12cmx9cm"): "12.0 × 8.7 cm",
    ("net.png", "--fit", "16:9"): "442 × 293 px, 1326 × 879 dots",
    ("net.tex", "--fit", "16:9"): "111.6 × 74.0 mm",
    ("net.pdf", "--width", "400pt"): "380.9 × 288.3 pt",
    ("net.pdf", "--fit", "16:9"): "116.9 × 77.5 mm",
}


@pytest.mark.parametrize("given", SPOKEN)
def test_it_says_how_large_the_picture_is(given: tuple[str, ...], tmp_path: Path) -> None:
    name, *options = given
    done = draw("lenet5", "-o", str(tmp_path / name), *options)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"wrote {tmp_path / name} ({SPOKEN[given]})\n"


@pytest.mark.parametrize(
    ("options", "beginning"),
    [
        ([], b"<svg "),
        (["--format", "svg"], b"<svg "),
        (["--format", "tikz"], b"% Generated"),
        (["--format", "png"], b"\x89PNG"),
        (["--format", "pdf"], b"%PDF-"),
    ],
)
def test_a_dash_is_standard_output(options: list[str], beginning: bytes, tmp_path: Path) -> None:
    done = draw("lenet5", "-o", "-", *options)
    assert done.exit_code == 0
    assert done.stdout_bytes.startswith(beginning)
    assert done.stderr.startswith("wrote to standard output (")
    quiet = draw("lenet5", "-o", "-", "--quiet", *options)
    assert (quiet.stdout_bytes, quiet.stderr) == (done.stdout_bytes, "")


def test_a_terminal_is_given_no_bytes_of_a_bitmap() -> None:
    terminal, other = os.openpty()
    command = [sys.executable, "-m", "archc", "draw", "lenet5", "-o", "-", "--format", "png"]
    with os.fdopen(terminal), os.fdopen(other, "wb") as screen:
        done = subprocess.run(command, stdout=screen, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 2
    words = " ".join(done.stderr.decode().replace("│", "").split())
    assert "a PNG is not text for a terminal: name a file with -o" in words


def test_standard_output_is_what_a_file_would_be(tmp_path: Path) -> None:
    for form, ending in (("svg", ".svg"), ("tikz", ".tex"), ("png", ".png")):
        path = tmp_path / f"net{ending}"
        draw("alexnet", "-o", str(path))
        assert draw("alexnet", "-o", "-", "--format", form).stdout_bytes == path.read_bytes()


def test_a_format_is_stronger_than_an_ending(tmp_path: Path) -> None:
    path = tmp_path / "figure.tikz"
    assert draw("lenet5", "-o", str(path), "--format", "tikz").exit_code == 0
    assert path.read_bytes().startswith(b"% ")


def test_what_a_picture_shows_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "net.svg"
    options = ("--from", "c3", "--to", "f6", "--no-title", "--no-legend", "--fit", "16:9")
    assert draw("lenet5", "-o", str(path), *options).exit_code == 0
    net = archc.load("lenet5")
    view = {"first": "c3", "last": "f6", "title": False, "legend": False}
    assert path.read_text() == net.draw(fit="16:9", **view)


def test_a_name_that_is_a_command_to_a_terminal_is_spelled_out(tmp_path: Path) -> None:
    done = draw("lenet5", "-o", str(tmp_path / "a\n::error::b\x1b[31m.svg"))
    assert done.exit_code == 0
    assert "a\\n::error::b\\x1b[31m.svg (" in done.stdout
    assert done.stdout.count("\n") == 1
