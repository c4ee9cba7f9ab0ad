"""A network's picture as people hold it: composed as they asked, shown, and written to a file."""

from pathlib import Path
from typing import NamedTuple, Self

from archc.errors import EnvironmentProblem, diagnostic
from archc.files import writing
from archc.network.graph import Graph
from archc.picture.fit import fitted
from archc.picture.formats import FORMS, default_width, require_ending
from archc.picture.lengths import Length, frame, length
from archc.picture.picture import picture
from archc.picture.scene import Scene
from archc.picture.styles import WHOLE, StyleName, ThemeName, View
from archc.picture.svg import svg


class Drawing(str):
    """A picture as the text of an SVG, which a notebook shows as the picture.

    `save` writes it as its path ends.
    """

    scene: Scene

    def __new__(cls, scene: Scene) -> Self:
        made = super().__new__(cls, svg(scene))
        made.scene = scene
        return made

    def save(self, path: str | Path) -> Path:
        """Write the picture as .svg, .tex (TikZ), .pdf or .png, over what is there.

        Raises EnvironmentProblem for another ending, or if it cannot be written.
        """
        return save(self.scene, path)

    def _repr_svg_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return f"<Drawing of {self.scene.name}: {self.scene.width:g} × {self.scene.height:g} px>"


class Asked(NamedTuple):
    """How large a picture was asked to be: in a width, or in both."""

    scene: Scene
    width: Length | None
    unit: str | None


def compose(
    graph: Graph,
    ending: str = ".svg",
    style: StyleName = "blocks",
    theme: ThemeName = "light",
    *,
    width: object = None,
    fit: object = None,
    view: View = WHOLE,
    flag: str = "",
) -> Asked:
    """The picture for a file of that ending; messages call options `flag` and their names.

    Raises EnvironmentProblem for a width or a frame that is none, and if the picture does not fit.
    """
    if width is not None and fit is not None:
        raise EnvironmentProblem([diagnostic("E522", one=f"{flag}width", other=f"{flag}fit")])
    line = default_width(ending)
    if fit is not None:
        found = frame(fit, f"{flag}fit")
        scene = fitted(graph, found, style, theme, view, natural=line is None)
        unit = found.width.unit if not found.ratio else "mm" if line else None
        return Asked(scene, None, unit)
    asked = None if width is None else length(width, f"{flag}width")
    most = asked or line
    scene = picture(graph, style, theme, most.pixels if most else None, view)
    return Asked(scene, asked, asked.unit if asked else None)


def save(scene: Scene, path: str | Path) -> Path:
    """Write a picture as its path ends, over what is there."""
    path = Path(path)
    made = FORMS[require_ending(path)](scene)
    with writing.replace_file(path, force=True) as staged:
        staged.write_bytes(made)
    return path
