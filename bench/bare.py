"""The parts of `archc summary` and nothing else: the floor that bench/summary.py measures against.

An empty Typer command, one pydantic model, the YAML file's events by PyYAML's C loader, one Rich
table.

    python bench/bare.py specs/alexnet.yaml
"""

from collections import Counter
from pathlib import Path

import typer
import yaml
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table


class Row(BaseModel):
    """One row of the table."""

    event: str
    count: int


def main(spec: Path) -> None:
    """Print how many events of each kind a YAML file has."""
    text = spec.read_text(encoding="utf-8")
    counts = Counter(type(event).__name__ for event in yaml.parse(text, Loader=yaml.CSafeLoader))
    table = Table("event", "count")
    for name, count in counts.items():
        row = Row(event=name, count=count)
        table.add_row(row.event, str(row.count))
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
