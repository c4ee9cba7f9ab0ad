"""Generated files as HTML: highlighted, each line marked with the layers that it speaks of."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

LIGHT, DARK = "default", "github-dark"
"""Pygments's styles of the two themes."""
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Line:
    """One line of a listing."""

    html: Markup
    layers: str
    """The names of the layers in it, space-separated as `data-layers` wants them."""


@dataclass(frozen=True)
class Listing:
    """One generated file."""

    target: str
    name: str
    lines: tuple[Line, ...]


def listing(target: str, name: str, text: str, layers: Collection[str]) -> Listing:
    """A generated file of a network with these layers."""
    html = highlight(text, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))
    marked = zip(html.splitlines(), text.splitlines(), strict=True)
    lines = (Line(Markup(line), _named(source, layers)) for line, source in marked)
    return Listing(target, name, tuple(lines))


def styles(style: str) -> Markup:
    """The colours of one of Pygments's styles, as CSS."""
    rules: str = HtmlFormatter(style=style).get_style_defs(".code")  # type: ignore[no-untyped-call]
    # Only the colours of tokens: the page has a background and line numbers of its own.
    kept = [rule for rule in rules.splitlines() if re.match(r"\.code \.\w+ \{", rule)]
    return Markup("\n".join(kept))


def _named(line: str, layers: Collection[str]) -> str:
    """The layers whose names, or names derived from them (`conv1_pre`), stand in a line."""
    found = {word: None for each in WORD.findall(line) if (word := _longest(each, layers))}
    return " ".join(found)


def _longest(word: str, layers: Collection[str]) -> str:
    """The longest of a word and all that stands before one of its underscores that is a layer."""
    ends = [match.start() for match in re.finditer(r"_|$", word)]
    return next((word[:end] for end in reversed(ends) if word[:end] in layers), "")
