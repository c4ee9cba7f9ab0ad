"""PNG and PDF, as they are written: every text has its ink where it is measured to be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ink import in_pdf, in_png, loose
from support.networks import specs
from support.scenes import EVERY, STYLES

import archc
from archc.picture import canvas
from archc.picture.formats import FORMS
from archc.picture.picture import picture
from archc.picture.scene import Group, Scene, Text

DENSITY = 2.0
"""Enough to tell letters apart, and quick."""


@pytest.mark.parametrize(("name", "style"), EVERY)
def test_letters_of_shipped_networks_fit(name: str, style: str) -> None:
    scene = picture(archc.load(name).graph, style)
    assert loose(scene, in_png(scene, FORMS[".png"])) == []
    assert loose(scene, in_pdf(scene, FORMS[".pdf"])) == []


@settings(max_examples=100)
@given(specs(), st.sampled_from(STYLES))
def test_letters_of_random_networks_fit(text: str, style: str) -> None:
    scene = picture(archc.parse(text).graph, style)
    assert loose(scene, in_png(scene, lambda drawn: canvas.png(drawn, DENSITY))) == []
    assert loose(scene, in_pdf(scene, FORMS[".pdf"])) == []


def test_no_font_of_the_machine_is_used(tmp_path: Path) -> None:
    """Where there is none, as where there are many, the same bytes."""
    bare = tmp_path / "fonts.conf"
    bare.write_text("<?xml version='1.0'?><fontconfig></fontconfig>")
    code = (
        "import archc, sys; from archc.picture.formats import FORMS\n"
        "from archc.picture.picture import picture\n"
        "scene = picture(archc.load('alexnet').graph)\n"
        "sys.stdout.buffer.write(FORMS['.png'](scene) + FORMS['.pdf'](scene))"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **settings},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for settings in ({}, {"FONTCONFIG_FILE": str(bare)})
    }
    assert len(made) == 1


@pytest.mark.parametrize("words", ["Réseau — Ünïcode Сеть Δίκτυο", "网络 🧠 한국"])
def test_other_letters_take_the_room_that_they_count(words: str) -> None:
    text = Text(20, 30, words, 15, "#000000", bold=True)
    scene = Scene(400, 60, "#ffffff", "Net", "", (Group((text,)),))
    (box,) = in_png(scene, FORMS[".png"])
    assert text.box.left - 0.5 <= box.left
    assert box.right <= text.box.right + 0.5
    assert box.right - box.left > 0.7 * text.width


def test_a_wide_character_of_another_font_is_made_to_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canvas, "WIDEST", 300)
    monkeypatch.setattr(canvas, "thousandths", lambda bold: {})
    scene = Scene(90, 30, "#ffffff", "", "", (Group((Text(10, 20, "WW", 10, "#000000"),)),))
    (box,) = in_png(scene, FORMS[".png"])
    assert box.right <= 10 + 2 * 3 + 0.5


def test_a_pdf_is_called_what_the_network_is() -> None:
    made = FORMS[".pdf"](picture(archc.load("lenet5").graph))
    assert b"/Title (LeNet-5)" in made
