"""Text of a spec means nothing to TeX but itself."""

import re
import subprocess
from pathlib import Path

import pytest

from archc.tables.documents import render_documents
from archc.tables.sheet import Sheet
from archc.tables.tex import SIGNS, escape_tex

ASCII = "".join(map(chr, range(32, 127)))
HOSTILE = [
    ASCII,
    r"\input{/etc/passwd} $x^2$ % #1 & ~ _ ^",
    "a--b---c ''d'' ``e`` <<f>> ?`g !`h ,,i",
    '"a "o "` |',
]


def test_signs_become_commands() -> None:
    assert escape_tex("a_b") == r"a\_b"
    assert escape_tex(r"\x{}") == r"\textbackslash{}x\{\}"
    assert escape_tex("50% & $5 #1 ~^") == r"50\% \& \$5 \#1 \textasciitilde{}\textasciicircum{}"
    assert escape_tex('<|>"') == r"\textless{}\textbar{}\textgreater{}\symbol{34}"
    assert escape_tex("a--b 3×3 é") == r"a-{}-b 3\texttimes{}3 é"
    assert escape_tex("conv1: 11x11 (4), the author's") == "conv1: 11x11 (4), the author's"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_sign_keeps_its_meaning(text: str) -> None:
    left = escape_tex(text)
    for command in sorted(SIGNS.values(), key=len, reverse=True):
        left = left.replace(command, "")
    left = re.sub(r"([-',])\{\}(?=\1)", r"\1.", left)
    assert not set(left) & set(SIGNS)
    assert not re.search("--|''|,,", left)


def test_tables_and_pictures_agree() -> None:
    sheet = Sheet('A <b> | "c"', ["n"], ["left"], [["1"]], None, ["x > y -- z"])
    text = render_documents([sheet], "latex", named=True)
    assert f"\\caption{{{escape_tex(sheet.title)}}}" in text
    assert escape_tex(sheet.notes[0]) in text


@pytest.mark.parametrize("encoding", ["", "\\usepackage[T1]{fontenc}"])
def test_latex_takes_it(encoding: str, tmp_path: Path) -> None:
    lines = "\n\n".join(escape_tex(text + "×·…≤") for text in HOSTILE)
    (tmp_path / "a.tex").write_text(
        f"\\documentclass{{article}}{encoding}\\begin{{document}}\n{lines}\n\\end{{document}}\n"
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]
