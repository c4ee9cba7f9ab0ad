"""PNG and PDF: as many dots as fit, opaque to the edge, and no date."""

import struct
import zlib

import pytest
from support.scenes import EVERY, HEAD, STYLES

import archc
from archc.errors import EnvironmentProblem
from archc.picture.formats import DENSITY, FORMS, LONGEST, MOST, density
from archc.picture.picture import picture
from archc.picture.scene import Scene

OPAQUE = 2  # the colour type of a PNG without transparency


def blank(width: float, height: float) -> Scene:
    return Scene(width, height, "#ffffff", "Net", "", ())


def png(scene: Scene) -> tuple[int, int, int, bytes]:
    """Width, height, colour type and unpacked rows of what a scene is written as."""
    data = FORMS[".png"](scene)
    width, height, _, colour = struct.unpack(">IIBB", data[16:26])
    packed, place = b"", 8
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        if data[place + 4 : place + 8] == b"IDAT":
            packed += data[place + 8 : place + 8 + length]
        place += 12 + length
    return width, height, colour, zlib.decompress(packed)


@pytest.mark.parametrize(("name", "style"), EVERY)
def test_a_picture_is_whole_pixels(name: str, style: str) -> None:
    scene = picture(archc.load(name).graph, style)
    assert (scene.width, scene.height) == (int(scene.width), int(scene.height))


@pytest.mark.parametrize("style", STYLES)
def test_a_png_is_the_picture_and_opaque_to_its_edges(style: str) -> None:
    scene = picture(archc.load("lenet5").graph, style)
    width, height, colour, rows = png(scene)
    assert (width, height) == (DENSITY * scene.width, DENSITY * scene.height)
    assert colour == OPAQUE
    assert len(set(rows)) > 50  # not blank paper


def test_a_long_picture_has_fewer_dots() -> None:
    layers = (
        f"  - c{i}: {{type: conv2d, filters: 8, kernel: 3, padding: 1}}\n" for i in range(216)
    )
    scene = picture(archc.parse(HEAD + "".join(layers)).graph, "flow")
    assert scene.height * DENSITY > LONGEST
    width, height, colour, _ = png(scene)
    assert scene.height < height <= LONGEST
    assert width / scene.width == pytest.approx(height / scene.height, rel=0.01)
    assert colour == OPAQUE


@pytest.mark.parametrize("size", [(800, 400), (400, 20_000), (20_000, 400), (9_000, 9_000)])
def test_dots_fit_into_a_png(size: tuple[int, int]) -> None:
    found = density(blank(*size))
    assert 1 <= found <= DENSITY
    assert max(size) * found <= LONGEST
    assert size[0] * size[1] * found**2 <= MOST * (1 + 1e-9)


@pytest.mark.parametrize("size", [(400, 32_768), (32_768, 400), (20_000, 20_000)])
def test_a_picture_that_no_png_can_hold_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(EnvironmentProblem, match=r"E512 .*: a picture of [0-9,]+ by (.|\n)*\.svg"):
        FORMS[".png"](blank(*size))


def test_a_pdf_bears_no_date() -> None:
    scene = picture(archc.load("lenet5").graph)
    made = FORMS[".pdf"](scene)
    assert b"CreationDate" not in made
    assert made == FORMS[".pdf"](scene)
    assert f"/MediaBox [ 0 0 {scene.width * 0.75:g}".encode() in made
