"""The head and the foot of a picture: what it shows, in which colours, at which scale."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from archc.errors import count
from archc.picture.captions import SMALL
from archc.picture.items import Item
from archc.picture.scale import Scale
from archc.picture.scene import (
    MARGIN,
    Group,
    Parts,
    Path,
    Point,
    Scene,
    Text,
    move_parts,
    rectangle,
)
from archc.picture.section import Section
from archc.picture.styles import View
from archc.picture.text import shorten, width
from archc.picture.theme import HUES, Kind, Theme
from archc.picture.words import label

TITLE = 15.0
LONGEST_TITLE = 420.0
HEAD = 44.0
"""Height of the head."""
APART, LINE = 16.0, 15.0
"""From one entry of the foot to the next, and from one of its lines to the next."""


def head(section: Section, theme: Theme) -> tuple[Text, Text]:
    """The network's name and its totals, from the left upper corner at 0."""
    name = shorten(section.title, TITLE, LONGEST_TITLE, bold=True)
    total = section.totals
    facts = [_layers(section), count(total.parameters, "parameter")]
    facts += [f"{total.fixed:,} fixed"] if total.fixed else []
    facts += [count(total.macs, "multiply-accumulate")]
    return (
        Text(0, TITLE, name, TITLE, theme.ink, bold=True),
        Text(0, TITLE + 14, " · ".join(facts), SMALL + 0.5, theme.quiet),
    )


def _layers(section: Section) -> str:
    """How many layers a part has as papers count, and as the spec does."""
    every, weighted = len(section.nodes), section.weighted
    some = f", {weighted:,} with weights" if 0 < weighted < every else ""
    return count(every, "layer") + some


def top(view: View) -> float:
    """Where what is drawn begins: below the head, if there is one."""
    return MARGIN + HEAD * view.title


def frame(
    section: Section,
    theme: Theme,
    view: View,
    groups: Iterable[Group],
    *,
    right: float,
    bottom: float,
    apart: float,
    entries: Iterable[Sequence["Entry"]],
) -> Scene:
    """The whole picture: what is drawn, which reaches to `right` and `bottom`, under the head and,
    `apart` from it, above a foot of these entries."""
    title = head(section, theme)
    if view.title:
        right = max(right, *(text.box.right + MARGIN for text in title))
    bottom += apart * view.legend
    below, wide, high = foot(entries if view.legend else (), right - MARGIN)
    return Scene(
        # Of part of a pixel, a viewer would make a transparent edge.
        width=ceil(max(right, MARGIN + wide) + MARGIN),
        height=ceil(bottom + high + MARGIN),
        paper=theme.paper,
        name=section.title,
        about=f"{title[1].text}.",
        groups=(
            Group(move_parts(title, MARGIN, MARGIN) if view.title else ()),
            *groups,
            Group(move_parts(below, MARGIN, bottom)),
        ),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the foot, its left edge and its middle height at 0."""

    width: float
    parts: Parts


def swatches(items: Iterable[Item], theme: Theme) -> list[Entry]:
    """The colours of these items and what they mean."""
    shown = [*items]
    kinds = {item.kind for item in shown}
    others = dict.fromkeys(
        label(item.node.op) for item in shown if item.node and item.kind == "other"
    )
    words: dict[Kind, str] = {kind: kind for kind in HUES} | {"other": ", ".join(others)}
    return [_swatch(kind, words[kind], theme) for kind in HUES if kind in kinds]


def _swatch(kind: Kind, words: str, theme: Theme) -> Entry:
    box = rectangle(0, -4, 8, 8, fill=theme.face(kind), stroke=theme.edge(kind))
    return _worded((box,), 12, words, theme)


def ruler(scale: Scale, what: str, theme: Theme) -> Entry:
    """A length and how many of `what`, a noun, it stands for."""
    number = scale.round_number()
    long = scale.length(number)
    points = (
        Point(0, -3),
        Point(0, 3),
        Point(0, 0),
        Point(long, 0),
        Point(long, -3),
        Point(long, 3),
    )
    line = Path(points, None, theme.ink, 0.8, closed=False)
    root = " (square-root scale)" if scale.root else ""
    return _worded((line,), long + 5, count(number, what) + root, theme)


def note(text: str, theme: Theme) -> Entry:
    return _worded((), 0, text, theme)


def _worded(parts: Parts, left: float, text: str, theme: Theme) -> Entry:
    words = Text(left, SMALL * 0.33, text, SMALL, theme.quiet)
    return Entry(left + width(text, SMALL), (*parts, words))


def foot(blocks: Iterable[Sequence[Entry]], room: float) -> tuple[Parts, float, float]:
    """Entries set like words, each block on new lines: their parts, width and height."""
    parts: list[Path | Text] = []
    x = widest = 0.0
    y = LINE / 2
    for entries in blocks:
        for entry in entries:
            if x and x + entry.width > room:
                x, y = 0, y + LINE
            parts += (part.moved(x, y) for part in entry.parts)
            widest = max(widest, x + entry.width)
            x += entry.width + APART
        x, y = 0, y + LINE * bool(entries)
    return tuple(parts), widest, y - LINE / 2
