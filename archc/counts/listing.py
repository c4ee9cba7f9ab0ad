"""The table of specs: what each describes, and how large it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from archc.compiler import Compiled
from archc.tables.terminal import render_table

COLUMNS = ("name", "title", "year", "parameters")
SIDES = ("left", "left", "right", "right")


@dataclass(frozen=True, slots=True)
class Listing:
    """The names of specs, with what each describes; `str` draws a line for each."""

    networks: Sequence[Compiled]

    def __iter__(self) -> Iterator[str]:
        return (network.stem for network in self.networks)

    def __len__(self) -> int:
        return len(self.networks)

    def __getitem__(self, index: int) -> str:
        return self.networks[index].stem

    def __repr__(self) -> str:
        return str(self)

    def rows(self) -> list[dict[str, Any]]:
        """A dictionary a spec: its name, what it is, and its size."""
        return self.record()

    def record(self) -> list[dict[str, Any]]:
        """The table as plain values: the JSON contract."""
        return [
            {
                "name": network.stem,
                "network": network.graph.name,
                "title": network.spec.title,
                "year": network.spec.year,
                "input": list(network.graph.input),
                "parameters": network.graph.totals.parameters,
                "fixed": network.graph.totals.fixed,
                "macs": network.graph.totals.macs,
            }
            for network in self.networks
        ]

    def __str__(self) -> str:
        rows = [
            (line["name"], line["title"] or "", str(line["year"] or ""), f"{line['parameters']:,}")
            for line in self.record()
        ]
        return render_table("Specs that ship with archc", COLUMNS, rows, SIDES)
