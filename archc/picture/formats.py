"""Scene → bytes of a file, by the file's ending."""

from collections.abc import Callable
from importlib.util import find_spec
from math import sqrt
from pathlib import Path

from archc.errors import EnvironmentProblem, diagnostic
from archc.picture.lengths import PIXELS, Length
from archc.picture.scene import Scene
from archc.picture.svg import svg
from archc.picture.tikz import tikz

DENSITY = 3.0
"""Dots of a PNG for one pixel of the picture: 288 an inch; fewer where it is large, but one at least."""
LONGEST, MOST = 32_767, 100_000_000
"""Cairo's limit for a side, in dots, and how many dots may take memory: four bytes each."""


def _svg(scene: Scene) -> bytes:
    return svg(scene).encode()


def _tex(scene: Scene) -> bytes:
    return tikz(scene).encode()


def _pdf(scene: Scene) -> bytes:
    """Raises EnvironmentProblem if cairo or fontTools is not installed."""
    _require()
    from archc.picture.canvas import pdf

    return pdf(scene)


def _png(scene: Scene) -> bytes:
    """Raises EnvironmentProblem if cairo or fontTools is not installed, or the picture is too large."""
    share = density(scene)
    _require()
    from archc.picture.canvas import png

    return png(scene, share)


def density(scene: Scene) -> float:
    """Dots of a PNG for one pixel of the picture. Raises EnvironmentProblem if fewer than one fit."""
    longest, area = max(scene.width, scene.height), scene.width * scene.height
    found = min(DENSITY, LONGEST / longest, sqrt(MOST / area))
    if found < 1:
        size = {"wide": f"{scene.width:,}", "high": f"{scene.height:,}"}
        raise EnvironmentProblem([diagnostic("E512", **size)])
    return found


FORMS: dict[str, Callable[[Scene], bytes]] = {
    ".svg": _svg,
    ".tex": _tex,
    ".pdf": _pdf,
    ".png": _png,
}
"""What a picture can be written as."""


def require_ending(path: Path) -> str:
    """The ending of a path. Raises EnvironmentProblem if no picture is written as that."""
    ending = path.suffix.lower()
    if ending not in FORMS:
        *others, last = FORMS
        listed = f"{', '.join(others)} or {last}"
        raise EnvironmentProblem([diagnostic("E523", path=path, endings=listed)])
    return ending


def size(scene: Scene, ending: str, unit: str | None = None) -> str:
    """How large a picture is written, in a unit or in what a format is measured in."""
    unit = unit or UNITS[ending]
    sides = (pixels / PIXELS[unit] for pixels in (scene.width, scene.height))
    places = 0 if unit == "px" else 1
    words = " × ".join(f"{side:.{places}f}" for side in sides) + f" {unit}"
    if ending != ".png":
        return words
    share = density(scene)
    return f"{words}, {int(scene.width * share)} × {int(scene.height * share)} dots"


UNITS = {".svg": "px", ".tex": "pt", ".pdf": "mm", ".png": "px"}
"""What pictures of each format are measured in."""
LINE, PAGE = Length(345, "pt"), Length(550, "pt")
"""How wide and how high the text on a page of LaTeX's own article is."""


def default_width(ending: str) -> Length | None:
    """The default maximum width of a format; None is unlimited. TikZ is \\input at natural size."""
    return LINE if ending == ".tex" else None


def overruns(scene: Scene, ending: str, asked: Length | None) -> list[str]:
    """Where a picture is larger than it was asked to be, or than a page that takes it in."""
    said = []
    width = asked or default_width(ending)
    if width and scene.width > width.pixels:
        why = "" if asked else ", the line of LaTeX's article"
        is_wide = f"the picture is {width.of(scene.width)} wide, not {width}{why}"
        said.append(f"{is_wide}: a column cannot be split; --fit makes a picture smaller")
    if ending == ".tex" and scene.height > PAGE.pixels:
        is_high = f"the picture is {PAGE.of(scene.height)} high"
        holds = f"a page of LaTeX's article holds {PAGE}"
        fits = f"--fit {LINE}x{PAGE} makes it fit, if its letters can be read then"
        said.append(f"{is_high}, but {holds} ('Float too large'): {fits}")
    return said


def _require() -> None:
    for package in ("cairocffi", "fontTools"):
        if find_spec(package) is None:
            install = f"pip install {package.lower()}"
            raise EnvironmentProblem([diagnostic("E504", what=package, install=install)])
    try:
        import cairocffi  # noqa: F401
    except OSError:  # it finds no cairo, which is not a Python package
        facts = {
            "what": "the library cairo",
            "install": "apt install libcairo2, or brew install cairo",
        }
        raise EnvironmentProblem([diagnostic("E504", **facts)]) from None
