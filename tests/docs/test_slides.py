"""The slides of the page about pictures: compiled, and all of both within the page."""

import re
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from support.ink import outlines
from support.shell import ROOT, Shell

PAGE = (ROOT / "docs" / "drawing.md").read_text()
(RECIPE,) = re.findall(r"^```latex\n(.*?)^```", PAGE, re.M | re.S)
COMMANDS = re.findall(r"^\$ (.*)$", PAGE.partition("## A slide")[2].partition("```latex")[0], re.M)
MARGIN, TITLE = 25, 28
"""In points: what must stay free at the sides, and at the top but for the title."""


@pytest.fixture
def folder(tmp_path: Path, shell: Shell) -> Path:
    done = shell(COMMANDS)
    assert done.returncode == 0, done.stderr
    assert "wrote picture.tex (140.0 × 51.7 mm)" in done.stdout
    return tmp_path


def compiled(folder: Path, document: str) -> tuple[str, bytes]:
    (folder / "slides.tex").write_text(document)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "slides.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout[-2000:]
    return done.stdout, (folder / "slides.pdf").read_bytes()


def test_picture_and_table_are_within_their_slides(folder: Path) -> None:
    log, pdf = compiled(
        folder,
        RECIPE.replace(
            r"\begin{document}", r"\setbeamertemplate{navigation symbols}{}\begin{document}"
        ),
    )
    assert not re.search(r"Overfull|too large|Font Warning|undefined", log)
    pages = PdfReader(BytesIO(pdf)).pages
    assert len(pages) == 2
    for page in pages:
        wide, high = float(page.mediabox.width), float(page.mediabox.height)
        assert wide / high == pytest.approx(16 / 9, rel=0.01)
        drawn = [point for point in outlines(page) if point not in {(0, 0), (wide, high)}]
        title = [(x, y) for x, y in drawn if y > high - TITLE]
        assert len(title) == 1
        xs, ys = zip(*(point for point in drawn if point not in title), strict=True)
        assert len(xs) > 20
        assert min(xs) >= MARGIN
        assert max(xs) <= wide - MARGIN
        assert min(ys) >= 0


def test_both_are_as_large_as_they_were_asked_to_be(folder: Path) -> None:
    """Their boxes, as LaTeX has them, are no larger than what is left of a slide of 160 by 90 mm."""
    sizes = "".join(
        rf"\sbox0{{\input{{{name}.tex}}}}\typeout{{{name}: \the\wd0, \the\dimexpr\ht0+\dp0\relax}}"
        for name in ("picture", "table")
    )
    log, _ = compiled(folder, RECIPE.replace(r"\end{document}", f"{sizes}\\end{{document}}"))
    found = {
        name: (float(wide), float(high))
        for name, wide, high in re.findall(r"(\w+): ([\d.]+)pt, ([\d.]+)pt", log)
    }
    point = 25.4 / 72.27
    assert found["picture"][0] * point == pytest.approx(140, abs=0.05)
    for wide, high in found.values():
        assert wide * point <= 140.05
        assert high * point <= 74.05
    assert max(found["table"][0] * point / 140, found["table"][1] * point / 74) > 0.99
