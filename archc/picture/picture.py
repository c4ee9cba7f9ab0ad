"""Graph → picture: what a network looks like, as a scene of outlines and texts."""

from collections.abc import Collection
from typing import get_args

from archc.errors import Diagnostic, EnvironmentProblem, diagnostic, did_you_mean
from archc.network.graph import Graph
from archc.picture.blocks import Blocks
from archc.picture.columns import Columns
from archc.picture.flow import Flow
from archc.picture.items import all_items, items_with_marks
from archc.picture.lenet import Stacks
from archc.picture.page import PAGE
from archc.picture.scene import Scene
from archc.picture.section import section_of
from archc.picture.styles import WHOLE, StyleName, ThemeName, View
from archc.picture.theme import THEMES


def picture(
    graph: Graph,
    style: StyleName = "blocks",
    theme: ThemeName = "light",
    width: float | None = None,
    view: View = WHOLE,
    *,
    share: float = 1,
    columns: int = 1,
) -> Scene:
    """The network as boxes (`blocks`), labelled boxes in a flow (`flow`) or stacked maps (`lenet`).

    `width`, in pixels, is where columns go on in a further row. A picture is wider only where one
    column or the legend is, and `flow`, which runs downwards, goes by its words and is in as many
    `columns` as it is given. `view` says what is drawn, and `share` how large figures are, of their
    usual size. Raises EnvironmentProblem if there is no such style, theme or layer.
    """
    unknown = [
        *_unknown("style", style, get_args(StyleName)),
        *_unknown("theme", theme, get_args(ThemeName)),
    ]
    if unknown:
        raise EnvironmentProblem(unknown)
    colours, section = THEMES[theme], section_of(graph, view)
    if style == "flow":
        return Flow(graph, section, colours, all_items(section), columns, view).scene()
    items = items_with_marks(section)
    kind = Blocks if style == "blocks" else Stacks
    made = kind(items, colours, share)
    return Columns(graph, section, made, items, width or PAGE, view).scene()


def _unknown(what: str, name: object, choices: Collection[str]) -> list[Diagnostic]:
    word = str(name)
    hint = did_you_mean(word, choices)
    known = name in choices
    return [] if known else [diagnostic("E205", what=what, value=word, suggestion=hint)]
