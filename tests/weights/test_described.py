"""Operations that are described alike can be compared."""

from typing import Any

import pytest

from archc.weights.checkpoint import UNKNOWN, Operation
from archc.weights.described import folded

PAD = Operation("pad", "pad", ("",), {"padding": (1, 2, 3, 4)})


def reader(kind: str, name: str = "a", **fields: Any) -> Operation:
    return Operation(name, kind, ("pad",), {"stride": (2, 2), "padding": (0, 1, 0, 1)} | fields)


@pytest.mark.parametrize(
    ("kind", "fields", "count_padding"),
    [
        ("conv2d", {}, {}),
        ("avg_pool", {"count_padding": True}, {"count_padding": True}),
    ],
)
def test_zeros_before_a_window_are_a_part_of_its_padding(
    kind: str, fields: dict[str, Any], count_padding: dict[str, bool]
) -> None:
    (found,) = folded([PAD, reader(kind, **fields)])
    assert (found.kind, found.inputs) == (kind, ("",))
    assert found.fields == {"stride": (2, 2), "padding": (1, 3, 3, 5)} | count_padding


def test_an_average_counts_the_zeros_before_it() -> None:
    """So they are a part of its padding only if it has none of its own that it does not count."""
    (found,) = folded([PAD, reader("avg_pool", padding=(0, 0, 0, 0), count_padding=False)])
    assert found.fields == {"stride": (2, 2), "padding": (1, 2, 3, 4), "count_padding": True}
    own = reader("avg_pool", count_padding=False)
    assert folded([PAD, own]) == (Operation("pad", UNKNOWN, ("",), PAD.fields), own)


def test_zeros_that_are_no_part_of_one_window_stay_apart() -> None:
    pad = Operation("pad", UNKNOWN, ("",), PAD.fields)
    pool = reader("max_pool")  # its own padding never wins, zeros may
    assert folded([PAD, pool]) == (pad, pool)
    both = (reader("conv2d"), reader("conv2d", "b"))
    assert folded([PAD, *both]) == (pad, *both)
    same = reader("conv2d", padding="same_upper")
    assert folded([PAD, same]) == (pad, same)
