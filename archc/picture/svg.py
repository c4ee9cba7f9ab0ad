"""Scene → SVG: one self-contained file, its text selectable, its tips in <title>."""

from xml.etree import ElementTree as ET

from archc.errors import printable
from archc.files.header import SENTENCE
from archc.picture.scene import Group, Part, Path, Scene, Text
from archc.picture.text import FAMILY

WIDEST = 1000
"""A picture that is no wider shrinks with the page or the cell that it stands in; in one that is,
words would become too small: its reader scrolls."""


def svg(scene: Scene) -> str:
    """The scene as a document, the same bytes every time."""
    # Not `height`: programs that read styles as attributes take an automatic height as none.
    fluid = {"style": "max-width:100%;block-size:auto"} if scene.width <= WIDEST else {}
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": number(scene.width),
            "height": number(scene.height),
            "viewBox": f"0 0 {number(scene.width)} {number(scene.height)}",
            **fluid,
            "role": "img",
            "font-family": FAMILY,
            "stroke-linejoin": "round",
        },
    )
    root.append(ET.Comment(f" {SENTENCE} "))
    ET.SubElement(root, "title").text = printable(scene.name)
    ET.SubElement(root, "desc").text = printable(scene.about)
    ET.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": scene.paper})
    for group in scene.groups:
        _group(root, group)
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode") + "\n"


def number(value: float) -> str:
    """A length to a hundredth of a pixel."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _group(root: ET.Element, group: Group) -> None:
    if not group.parts:
        return
    node = ET.SubElement(root, "g")
    if group.layers:  # names of layers hold no spaces
        node.set("data-layers", " ".join(map(printable, group.layers)))
    if group.tip:
        lines = group.tip.split("\n")
        ET.SubElement(node, "title").text = "\n".join(map(printable, lines))
    for part in group.parts:
        _part(node, part)


def _part(node: ET.Element, part: Part) -> None:
    if isinstance(part, Text):
        _text(node, part)
    else:
        _path(node, part)


def _path(node: ET.Element, path: Path) -> None:
    corners = "L".join(f"{number(x)} {number(y)}" for x, y in path.points)
    given = {"d": f"M{corners}{'Z' * path.closed}", "fill": path.fill or "none"}
    if path.stroke:
        given |= {"stroke": path.stroke, "stroke-width": number(path.thick)}
    if path.opacity != 1:
        given["opacity"] = number(path.opacity)
    ET.SubElement(node, "path", given)


def _text(node: ET.Element, text: Text) -> None:
    words = printable(text.text)
    given = {
        "x": number(text.x),
        "y": number(text.y),
        "font-size": number(text.size),
        "fill": text.ink,
    }
    if text.bold:
        given["font-weight"] = "bold"
    if text.anchor != "start":
        given["text-anchor"] = text.anchor
    # A reader without these fonts sees another, set as wide as this one.
    given["textLength"] = number(text.width)
    given["lengthAdjust"] = "spacingAndGlyphs"
    ET.SubElement(node, "text", given).text = words
