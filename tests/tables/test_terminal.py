"""Tables for terminals: columns that do not fit stand below, and nothing is cut."""

import pytest

from archc.tables.sheet import Sheet
from archc.tables.terminal import render_sheet

SHEET = Sheet(
    title="Figures",
    headings=("layer", "kind", "macs", "bytes"),
    sides=("left", "left", "right", "right"),
    cells=[("a", "conv", "1,000", "8"), ("bb", "relu", "0", "16")],
    last=("total", "", "1,000", ""),
    notes=("macs: multiply-accumulates of one image",),
)
WHOLE = """\
            Figures

  layer   kind    macs   bytes
 ──────────────────────────────
  a       conv   1,000       8
  bb      relu       0      16

  total          1,000

macs: multiply-accumulates of one image"""
PARTS = """\
    Figures

  layer   kind
 ──────────────
  a       conv
  bb      relu

  layer    macs
 ───────────────
  a       1,000
  bb          0

  total   1,000

  layer   bytes
 ───────────────
  a           8
  bb         16

macs:
  multiply-accumulates
  of one image"""


def test_a_sheet_is_as_wide_as_it_needs_to_be() -> None:
    assert render_sheet(SHEET) == WHOLE
    assert render_sheet(SHEET, 31).startswith(WHOLE.partition("macs:")[0])


def test_columns_that_do_not_fit_stand_below_with_their_own_totals() -> None:
    assert render_sheet(SHEET, 22) == PARTS


@pytest.mark.parametrize("width", [1, 10, 16])
def test_a_part_has_a_column_beside_the_first_however_narrow_the_terminal(width: int) -> None:
    tables = render_sheet(SHEET, width).partition("macs:")[0].split("layer")[1:]
    assert [table.split()[0] for table in tables] == ["kind", "macs", "bytes"]


def test_a_sheet_may_have_no_rows_no_totals_and_one_column() -> None:
    sheet = Sheet("Empty", ("layer",), ("left",), [], None)
    assert render_sheet(sheet, 80) == " Empty\n\n  layer\n ───────"
