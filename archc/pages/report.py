"""Network, picture and proof → one HTML page: no other file, no request, no tracker."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from math import ceil
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from archc.compiler import Compiled
from archc.counts.columns import COLUMNS, USUAL, Unit, Value, cell
from archc.counts.summary import Summary
from archc.files import header
from archc.files.locations import TEMPLATES
from archc.pages import listings
from archc.pages.listings import Listing, listing
from archc.pages.proven import FAILED, LEFT_OUT, PROVEN, SKIPPED, Proven
from archc.picture.picture import picture
from archc.picture.scene import Scene
from archc.picture.svg import svg
from archc.picture.theme import THEMES
from archc.targets import TARGETS
from archc.targets.render import rendered
from archc.version import VERSION

FOLDER = Path(TEMPLATES) / "page"
SHOWN = (*USUAL, "neurons", "receptive_field", "activation_bytes")
"""The columns of the table."""
LEGIBLE = 9
"""The smallest text of a picture, in pixels, on whatever screen."""


def page(network: Compiled, proof: Proven | None = None) -> str:
    """The page of a network.

    Nothing in it is fetched, and its own policy forbids that: it works from a file.
    """
    files, refused = _files(network)
    script = _read("script.js")
    digest = base64.b64encode(sha256(script.encode()).digest()).decode()
    template = _environment().get_template("page.html.jinja")
    return template.render(
        network=network,
        table=_table(Summary(network.graph, SHOWN)),
        pictures={theme: Picture.of(picture(network.graph, theme=theme)) for theme in THEMES},
        files=files,
        refused=refused,
        titles={name: target.title for name, target in TARGETS.items()},
        proof=proof,
        verdict=_verdict(proof, set(refused)) if proof else "",
        style=Markup(_read("style.css")),
        light=listings.styles(listings.LIGHT),
        dark=listings.styles(listings.DARK),
        script=Markup(script),
        digest=digest,
        version=VERSION,
        marker=Markup(header.XML),
    )


@dataclass(frozen=True)
class Picture:
    """A picture; `legible` is how wide it must be for its smallest text to be, in pixels."""

    svg: Markup
    legible: int

    @classmethod
    def of(cls, scene: Scene) -> "Picture":
        smallest = min((text.size for text in scene.texts()), default=LEGIBLE)
        return cls(Markup(svg(scene)), ceil(scene.width * LEGIBLE / smallest))


def _verdict(proof: Proven, refused: set[str]) -> str:
    """What was proven on which targets; those that have no file of this network are left out."""
    groups: dict[str, list[str]] = {}
    for target, state in proof.states.items():
        if state == SKIPPED or target not in refused:
            groups.setdefault(state, []).append(TARGETS[target].title)
    order = sorted(groups, key=(PROVEN, FAILED, SKIPPED, LEFT_OUT).index)
    return "; ".join(f"{state}: {', '.join(groups[state])}" for state in order)


@dataclass(frozen=True)
class Cell:
    """One figure or word; `value` is what it is sorted by, `unit` says how it is shown."""

    value: Value
    unit: Unit
    side: str

    @property
    def text(self) -> str:
        return cell(self.value, self.unit, "binary")


@dataclass(frozen=True)
class Table:
    """The table of layers."""

    headings: tuple[tuple[str, str], ...]
    """(column, side)."""
    rows: tuple[tuple[Cell, ...], ...]
    last: tuple[Cell, ...]


def _table(summary: Summary) -> Table:
    columns = [COLUMNS[name] for name in summary.columns]

    def row(values: Iterable[Value]) -> tuple[Cell, ...]:
        each = zip(values, columns, strict=True)
        return tuple(Cell(value, column.unit, column.side) for value, column in each)

    last = row(summary.totals.get(name, "") for name in summary.columns)
    headings = tuple((column.name.replace("_", " "), column.side) for column in columns)
    return Table(headings, tuple(map(row, summary.values)), last)


def _files(network: Compiled) -> tuple[list[Listing], dict[str, str]]:
    """The generated files, and why the other targets refuse."""
    files, refused = rendered(network.graph, network.stem)
    found = [listing(target, file) for target, file in files.items()]
    return found, {target: error.diagnostics[0].message for target, error in refused.items()}


def _read(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
