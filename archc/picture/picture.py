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
from archc.picture.styles import StyleName, ThemeName
from archc.picture.theme import THEMES


def picture(
    graph: Graph,
    style: StyleName = "blocks",
    theme: ThemeName = "light",
    width: float | None = None,
) -> Scene:
    """The network as boxes (`blocks`), labelled boxes in a flow (`flow`) or stacked maps (`lenet`).

    `width`, in pixels, is where columns go on in a further row. A picture is wider only where one
    column or the legend is, and `flow`, which runs downwards, goes by its words. Raises
    EnvironmentProblem if there is no such style or theme.
    """
    unknown = [
        *_unknown("style", style, get_args(StyleName)),
        *_unknown("theme", theme, get_args(ThemeName)),
    ]
    if unknown:
        raise EnvironmentProblem(unknown)
    colours = THEMES[theme]
    if style == "flow":
        return Flow(graph, all_items(graph), colours).scene()
    items = items_with_marks(graph)
    made = Blocks(items, colours) if style == "blocks" else Stacks(items, colours)
    return Columns(graph, items, made, width or PAGE).scene()


def _unknown(what: str, name: object, choices: Collection[str]) -> list[Diagnostic]:
    word = str(name)
    hint = did_you_mean(word, choices)
    known = name in choices
    return [] if known else [diagnostic("E205", what=what, value=word, suggestion=hint)]
