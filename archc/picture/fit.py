"""A picture that fits a frame: its rows, the size of its figures and of its letters."""

from collections.abc import Callable
from functools import partial
from math import floor, sqrt
from typing import get_args

from archc.errors import EnvironmentProblem, diagnostic
from archc.network.graph import Graph
from archc.picture.lengths import PIXELS, Frame, Length
from archc.picture.picture import picture
from archc.picture.scene import MARGIN, Scene
from archc.picture.styles import WHOLE, StyleName, ThemeName, View

LEAST, GOOD = 5 * PIXELS["bp"], 6 * PIXELS["bp"]
"""The smallest letters that can be read in print, and those for which no figure need be smaller."""
SLIDES = {16 / 9: 160.0, 16 / 10: 160.0, 14 / 9: 140.0, 3 / 2: 135.0, 4 / 3: 128.0, 5 / 4: 125.0}
"""How wide beamer's slides of each ratio are, in millimetres; others are as wide as the widest."""
BESIDE, ABOVE = 20.0, 16.0
"""What its margins and its title take, in millimetres."""
SHARES = (1.0, 0.85, 0.7, 0.55, 0.4)
"""How large figures are tried, of their usual size; and by how much smaller ones must pay."""
PAYS = 1.03
PAPER = 6.0
"""Around a picture in a frame, which has margins of its own."""
SLACK = 1.15
"""What rows need beyond equal shares, since columns are not split."""
WIDE = 1e9
"""A width in which any picture is one row, in pixels."""
MOST = 40
"""How many rows or columns are tried: with more, letters are far too small."""
Draw = Callable[[float, float, int], Scene]
"""The picture by the share of figures, the width of rows and the number of columns."""


def fitted(
    graph: Graph,
    frame: Frame,
    style: StyleName = "blocks",
    theme: ThemeName = "light",
    view: View = WHOLE,
    *,
    natural: bool = False,
) -> Scene:
    """The picture as large as the frame allows, with figures as large as its letters allow.

    One that fits a ratio is as wide or as high as on a slide or, if `natural`, of its usual size.
    Raises EnvironmentProblem if its letters could not be read on paper, with what would fit.
    """

    def best(style: StyleName, view: View) -> Scene:
        return _best(partial(_draw, graph, theme, style, view), frame, style)

    found = best(style, view)
    if found.letters >= LEAST:
        usual = picture(graph, style, theme, None, view).letters
        return found.scaled(usual / found.letters) if natural and frame.ratio else found
    larger = on_slide(frame).grown(LEAST / found.letters)
    ways = [f"--fit {larger}"]
    ways += [
        f"--style {other}"
        for other in get_args(StyleName)
        if other != style and best(other, view).letters >= LEAST
    ]
    bare = View(view.first, view.last, title=False, legend=False)
    if view != bare and best(style, bare).letters >= LEAST:
        ways.append("--no-title with --no-legend")
    facts = {
        "name": graph.name,
        "frame": frame,
        "size": f"{floor(10 * found.letters / PIXELS['bp']) / 10:g}pt",
        "least": f"{LEAST / PIXELS['bp']:g}pt",
        "ways": ", ".join(ways),
    }
    raise EnvironmentProblem([diagnostic("E524", **facts)])


def on_slide(frame: Frame) -> Frame:
    """A ratio as the size that a picture has on a slide."""
    if not frame.ratio:
        return frame
    ratio = frame.width.number / frame.height.number
    wide = SLIDES.get(ratio, max(SLIDES.values()))
    high = wide / ratio - min(ABOVE, wide / ratio / 4)
    return Frame(Length(wide - BESIDE, "mm"), Length(high, "mm"))


def _draw(
    graph: Graph,
    theme: ThemeName,
    style: StyleName,
    view: View,
    share: float,
    width: float,
    columns: int,
) -> Scene:
    scene = picture(graph, style, theme, width, view, share=share, columns=columns)
    return scene.cropped(MARGIN - PAPER)


def _best(draw: Draw, frame: Frame, style: StyleName) -> Scene:
    """The picture of the largest figures whose letters are good, else of the largest letters."""
    size = on_slide(frame)
    if style == "flow":
        return _largest(lambda columns: draw(1, WIDE, columns), size, columns=True)
    best = _largest(_rows(draw, SHARES[0]), size)
    for share in SHARES[1:]:
        # Smaller figures make letters larger, but never many times.
        if best.letters >= GOOD or best.letters < LEAST / 3:
            break
        found = _largest(_rows(draw, share), size)
        best = found if found.letters > PAYS * best.letters else best
    return best


def _rows(draw: Draw, share: float) -> Callable[[int], Scene]:
    """The picture in a number of rows, or about that, with figures of a share of their size."""
    whole = draw(share, WIDE, 1)

    def rows(count: int) -> Scene:
        width = 2 * MARGIN + SLACK * (whole.width - 2 * PAPER) / count
        return draw(share, width, 1)

    return lambda count: whole if count == 1 else rows(count)


def _largest(parts: Callable[[int], Scene], size: Frame, *, columns: bool = False) -> Scene:
    """The picture in so many rows, or columns, that it is the largest within a size.

    The more rows, the less wide it is and the higher. In one it is limited by its width, if it gains
    from more at all; the largest is the last that still is, or the first that no longer is.
    """

    def limits(scene: Scene) -> tuple[float, float]:
        return size.width.pixels / scene.width, size.height.pixels / scene.height

    def still(scene: Scene) -> bool:
        """Whether it is limited as one that gains from more rows or columns."""
        across, down = limits(scene)
        return down < across if columns else across < down

    whole = parts(1)
    across, down = limits(whole)
    found = {1: whole}
    # Rows as high as the whole picture would be enough; without its title and legend, they are less.
    count = max(2, floor(sqrt(max(across, down) / min(across, down))))
    step = 0
    while still(whole) and 1 < count <= MOST:
        found[count] = parts(count)
        more = still(found[count])
        step = step or (1 if more else -1)
        if more != (step > 0):
            break
        count += step
    return max(
        (scene.scaled(min(limits(scene))) for scene in found.values()),
        key=lambda scene: scene.letters,
    )
