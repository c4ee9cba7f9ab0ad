"""SVG and TikZ set text as wide as it is measured, whatever fonts there are."""

import re
import subprocess
from pathlib import Path

import pytest
from support.chromium import launched
from support.ink import loose
from support.scenes import EVERY, STYLES

import archc
from archc.language.shipped import shipped
from archc.picture.picture import picture
from archc.picture.scene import Box, Scene
from archc.picture.svg import svg
from archc.picture.text import width
from archc.picture.tikz import label

SCENES = [picture(archc.load(name).graph, style) for name, style in EVERY]
FAMILIES = ("DejaVu Sans", "monospace", "serif")
BOXES = """() => [...document.querySelectorAll('text')].map(text => {
  const box = text.getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom];
})"""


@pytest.mark.parametrize("family", FAMILIES)
def test_a_browser_without_the_fonts_sets_text_as_wide(family: str) -> None:
    with launched() as browser:
        page = browser.new_page(device_scale_factor=1, viewport={"width": 2000, "height": 2000})
        for scene in SCENES:
            text = re.sub('font-family="[^"]*"', f'font-family="{family}"', svg(scene))
            page.set_content(f"<style>body {{margin: 0}}</style>{text}")
            boxes = [inside(scene, place, box) for place, box in enumerate(page.evaluate(BOXES))]
            assert loose(scene, boxes, slack=1) == []  # it aligns letters with dots


def inside(scene: Scene, place: int, box: list[float]) -> Box:
    """What a browser says that a text covers, but for its line, which is as high as its font's."""
    left, _, right, _ = box
    measured = scene.texts()[place].box
    return Box(left, measured.top, right, measured.bottom)


def test_latex_sets_text_no_wider(tmp_path: Path) -> None:
    """But for kerns between some pairs of letters, most of which bring them closer."""
    texts = {(text.text, text.bold) for scene in SCENES for text in scene.texts()}
    lines = [
        rf"\sbox0{{\fontsize{{10pt}}{{10pt}}\usefont{{T1}}{{phv}}{{{'b' if bold else 'm'}}}{{n}}{label(words)}}}"
        rf"\typeout{{W \the\wd0}}"
        for words, bold in sorted(texts)
    ]
    (tmp_path / "a.tex").write_text(
        "\\documentclass{article}\\usepackage[T1]{fontenc}\\begin{document}\n"
        + "\n".join(lines)
        + "\n\\end{document}\n"
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]
    found = [float(number) for number in re.findall(r"W ([\d.]+)pt", done.stdout)]
    for (words, bold), wide in zip(sorted(texts), found, strict=True):
        measured = width(words, 10, bold=bold)
        assert 0.9 * measured - 0.5 <= wide <= 1.01 * measured + 0.1, words
    assert len(shipped()) * len(STYLES) == len(SCENES)
