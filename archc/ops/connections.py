"""Connection tables: which feature maps each filter takes as input (LeCun et al. 1998, Table I)."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from archc.ops.bitmaps import Bitmap, rows
from archc.ops.tensor import Shape

Table = Bitmap
"""A row of X and . for each input map, a column for each filter."""


TableField = Annotated[
    Annotated[
        Table,
        BeforeValidator(rows),
        WithJsonSchema({"type": "string", "pattern": r"^[X.\s]+$"}),
    ]
    | None,
    Field(
        description="Which maps each filter reads: a row of X and . for each input map, a column "
        "for each filter; all of them by default."
    ),
]


def pairs(table: Table) -> list[tuple[int, int]]:
    """(filter, input map) of each stored kernel: by filter, then by map."""
    columns = range(len(table[0]))
    return [(o, i) for o in columns for i, row in enumerate(table) if row[o] == "X"]


def unread(table: Table) -> list[int]:
    """The filters without an input map, counted from 1."""
    return [o + 1 for o in range(len(table[0])) if all(row[o] == "." for row in table)]


def scatter(xp: Any, table: Table, kernels: Any) -> Any:
    """Stored kernels (K, H, W) as a dense kernel (O, I, H, W), zero where nothing is connected."""
    dense = xp.zeros((len(table[0]), len(table), *kernels.shape[1:]), kernels.dtype)
    filters, maps = zip(*pairs(table), strict=True)
    dense[xp.array(filters), xp.array(maps)] = kernels
    return dense


def fan_ins(table: Table, kernel: Shape) -> tuple[int, ...]:
    """The fan-in of the filter of each stored kernel."""
    read = [sum(row[o] == "X" for row in table) for o in range(len(table[0]))]
    return tuple(read[o] * kernel[0] * kernel[1] for o, _ in pairs(table))
