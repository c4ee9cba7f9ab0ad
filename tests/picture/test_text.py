"""Widths are those of the fonts that ship, which are Helvetica's."""

import subprocess
import sys
from pathlib import Path

import pytest

from archc.picture.text import FONTS, WIDEST, shorten, thousandths, width

# Adobe's metrics of the standard PostScript fonts, from the space to the tilde.
HELVETICA = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
HELVETICA_BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
)  # fmt: skip


@pytest.mark.parametrize(("bold", "widths"), [(False, HELVETICA), (True, HELVETICA_BOLD)])
def test_letters_are_as_wide_as_those_of_helvetica(bold: bool, widths: tuple[int, ...]) -> None:
    """So LaTeX's own Helvetica, and those of most machines, set text as wide as it is measured."""
    assert tuple(thousandths(bold)[chr(32 + place)] for place in range(len(widths))) == widths


def test_the_widths_are_those_of_the_fonts(root: Path) -> None:
    script = root / "docs" / "widths.py"
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True, timeout=60
    )
    kept = (FONTS["bold"].parent / "widths.json").read_text()
    assert done.stdout == kept, "widths.json is stale: run `make goldens`"


def test_a_letter_with_an_accent_is_as_wide_as_it_is_drawn() -> None:
    assert width("é", 1000) == width("e", 1000) == 556
    assert width("Ω", 1000) == 748


def test_a_character_that_the_fonts_lack_has_room_for_another_font() -> None:
    assert width("網", 1000) == WIDEST
    assert width("\x1b", 1000) == width(r"\x1b", 1000)


def test_a_text_is_shortened_to_its_room() -> None:
    assert shorten("AlexNet", 10, 100) == "AlexNet"
    short = shorten("AlexNet", 10, 30)
    assert short == "Alex…"
    assert width(short, 10) <= 30 < width("AlexN…", 10)


def test_the_licence_stands_beside_the_fonts() -> None:
    text = (FONTS["bold"].parent / "LICENSE").read_text()
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "Reserved Font Name Liberation" in text
