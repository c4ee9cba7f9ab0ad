"""Generated files as HTML: highlighted, each line marked with the layer that it belongs to."""

import re
from dataclasses import dataclass

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from archc.targets.statements import File

LIGHT, DARK = "default", "github-dark"
"""Pygments's styles of the two themes."""


@dataclass(frozen=True)
class Line:
    """One line of a listing."""

    html: Markup
    layer: str
    """The layer that it belongs to, or nothing."""


@dataclass(frozen=True)
class Listing:
    """One generated file."""

    target: str
    name: str
    lines: tuple[Line, ...]


def listing(target: str, file: File) -> Listing:
    """The generated file of a network."""
    html = highlight(file.text, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))
    layers = file.layers
    lines = (
        Line(Markup(line), layers.get(number, ""))
        for number, line in enumerate(html.splitlines(), start=1)
    )
    return Listing(target, file.name, tuple(lines))


def styles(style: str) -> Markup:
    """The colours of one of Pygments's styles, as CSS."""
    rules: str = HtmlFormatter(style=style).get_style_defs(".code")  # type: ignore[no-untyped-call]
    # Only the colours of tokens: the page has a background and line numbers of its own.
    kept = [rule for rule in rules.splitlines() if re.match(r"\.code \.\w+ \{", rule)]
    return Markup("\n".join(kept))
