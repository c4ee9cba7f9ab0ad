"""Scene → PNG and PDF through cairo: letters are outlines of the font that text is measured with."""

import io
from typing import Any

import cairocffi as cairo

from archc.errors import printable
from archc.picture.outlines import trace, units_per_em
from archc.picture.scene import Path, Scene, Text
from archc.picture.text import WIDEST, thousandths

POINT = 0.75
"""A CSS pixel in PDF's points."""


def png(scene: Scene, density: float) -> bytes:
    """The picture with `density` dots for each of its pixels, opaque to its edges."""
    wide, high = int(scene.width * density), int(scene.height * density)
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, wide, high)
    _paint(surface, scene, wide / scene.width, high / scene.height)
    made: bytes = surface.write_to_png()
    return made


def pdf(scene: Scene) -> bytes:
    """The picture as one page without a date, so that one picture is one file."""
    out = io.BytesIO()
    surface = cairo.PDFSurface(out, scene.width * POINT, scene.height * POINT)
    if cairo.cairo_version() >= 11600:  # an older one writes no date, and no title either
        surface.set_metadata(cairo.PDF_METADATA_TITLE, printable(scene.name))
        surface.set_metadata(cairo.PDF_METADATA_CREATE_DATE, "")
    _paint(surface, scene, POINT, POINT)
    surface.finish()
    return out.getvalue()


def _paint(surface: Any, scene: Scene, across: float, down: float) -> None:
    context = cairo.Context(surface)
    context.set_source_rgb(*_rgb(scene.paper))
    context.paint()
    context.scale(across, down)
    context.set_line_join(cairo.LINE_JOIN_ROUND)
    for part in scene.parts():
        if isinstance(part, Text):
            _text(context, part)
        else:
            _path(context, part)


def _path(context: Any, path: Path) -> None:
    context.move_to(*path.points[0])
    for point in path.points[1:]:
        context.line_to(*point)
    if path.closed:
        context.close_path()
    if path.fill:
        context.set_source_rgba(*_rgb(path.fill), path.opacity)
        context.fill_preserve()
    if path.stroke:
        context.set_source_rgba(*_rgb(path.stroke), path.opacity)
        context.set_line_width(path.thick)
        context.stroke_preserve()
    context.new_path()


def _text(context: Any, text: Text) -> None:
    """Letter by letter, each as wide as it is measured."""
    context.set_source_rgb(*_rgb(text.ink))
    known, x = thousandths(text.bold), text.box.left
    share = text.size / units_per_em(text.bold)
    for character in printable(text.text):
        context.save()
        context.translate(x, text.y)
        if character in known:
            context.scale(share, -share)
            trace(context, character, text.bold)
            context.fill()
        else:
            _foreign(context, character, text.size)
        context.restore()
        x += known.get(character, WIDEST) * text.size / 1000


def _foreign(context: Any, character: str, size: float) -> None:
    """A character that the font lacks, in one of the machine's, within the room that it counts."""
    context.select_font_face("sans-serif")
    context.set_font_size(size)
    _, _, _, _, advance, _ = context.text_extents(character)
    room = WIDEST * size / 1000
    if advance > room:
        context.scale(room / advance, 1)
    context.show_text(character)


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue
