"""Generated text that knows its structure: statements with their layers, and the file they form."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from archc.network.graph import Node
from archc.targets.formatting import statement


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a generated file, and the layer that it spells.

    `text` is on one line, to be broken at `indent` as a formatter would; with no `indent` it is laid
    out already. `value` is what the running file calls the layer's output once the statement is
    executed (a variable, a Keras layer, a tensor); empty where it computes none, or a part. A `step` is
    executed whenever the network is.
    """

    node: Node
    text: str
    comment: str = ""
    indent: int | None = None
    value: str = ""
    step: bool = False

    @property
    def lines(self) -> str:
        """The statement as it stands in the file, its comment behind or above it."""
        return self.text if self.indent is None else statement(self.text, self.indent, self.comment)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement stands in its file: first and last line, counted from 1."""

    statement: Statement
    first: int
    last: int


@dataclass(frozen=True)
class File:
    """A generated file and the statements in it, in their order."""

    name: str
    text: str
    places: tuple[Place, ...]

    @property
    def layers(self) -> dict[int, str]:
        """The layer of each line that belongs to one."""
        return {
            line: place.statement.node.name
            for place in self.places
            for line in range(place.first, place.last + 1)
        }

    @property
    def outputs(self) -> dict[str, Place]:
        """For each layer, by name, the statement after which its output is there."""
        return {p.statement.node.name: p for p in self.places if p.statement.value}


# Generated files are printable ASCII, so that these never stand in one.
_BEGIN, _END = "\x02", "\x03"
_MARK = re.compile(f"{_BEGIN}(\\d+){_END}")


def assemble(name: str, render: Callable[[Callable[[Statement], str]], str]) -> File:
    """The file that `render` writes, given what it must write a statement by.

    A template places each statement wherever it belongs; every line of one is marked until the whole
    text is there and lines can be counted.
    """
    placed: list[Statement] = []

    def write(statement: Statement) -> str:
        mark = f"{_BEGIN}{len(placed)}{_END}"
        placed.append(statement)
        return mark + statement.lines.replace("\n", f"\n{mark}")

    marked = render(write).split("\n")
    found = {number: [*lines] for number, lines in _numbered(marked)}
    places = (Place(placed[n], lines[0], lines[-1]) for n, lines in sorted(found.items()))
    return File(name, _MARK.sub("", "\n".join(marked)), tuple(places))


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, list[int]]]:
    """For each statement, the numbers of its lines."""
    found: dict[int, list[int]] = {}
    for number, line in enumerate(lines, start=1):
        for mark in _MARK.findall(line):
            found.setdefault(int(mark), []).append(number)
    yield from found.items()
