"""Scene → bytes of a file, by the file's ending."""

from collections.abc import Callable
from importlib.util import find_spec

from archc.errors import EnvironmentProblem, diagnostic
from archc.picture.scene import Scene
from archc.picture.svg import svg
from archc.picture.tikz import tikz

DENSITY = 3.0
"""Dots of a PNG for one pixel of the picture: 288 an inch."""


def _svg(scene: Scene) -> bytes:
    return svg(scene).encode()


def _tex(scene: Scene) -> bytes:
    return tikz(scene).encode()


def _pdf(scene: Scene) -> bytes:
    """Raises EnvironmentProblem if CairoSVG is not installed."""
    _require()
    import cairosvg

    made: bytes = cairosvg.svg2pdf(bytestring=_svg(scene))
    return made


def _png(scene: Scene) -> bytes:
    """Raises EnvironmentProblem if CairoSVG is not installed."""
    _require()
    import cairosvg

    made: bytes = cairosvg.svg2png(bytestring=_svg(scene), scale=DENSITY)
    return made


FORMS: dict[str, Callable[[Scene], bytes]] = {
    ".svg": _svg,
    ".tex": _tex,
    ".pdf": _pdf,
    ".png": _png,
}
"""What a picture can be written as."""


def _require() -> None:
    if find_spec("cairosvg") is None:
        missing = diagnostic("E504", what="cairosvg", install="pip install cairosvg")
        raise EnvironmentProblem([missing])
    try:
        import cairosvg  # noqa: F401
    except OSError:  # it finds no cairo, which is not a Python package
        facts = {
            "what": "the library cairo",
            "install": "apt install libcairo2, or brew install cairo",
        }
        raise EnvironmentProblem([diagnostic("E504", **facts)]) from None
