"""The table of specs: what each describes, and how large it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from archc.compiler import Compiled
from archc.tables.terminal import render_table

COLUMNS = ("name", "title", "year", "parameters")
SIDES = ("left", "left", "right", "right")


@dataclass(frozen=True, slots=True)
class Listing:
    """Networks by the names of their specs; `str` draws a line for each."""

    networks: Sequence[Compiled]

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
