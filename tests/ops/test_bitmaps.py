"""Drawings: how lines of X and . become rows and bitmaps, and which do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archc.ops.bitmaps import FORM, bitmaps, rows
from archc.ops.problem import Mismatch, UnevenDrawing

sizes = st.integers(1, 4)


@st.composite
def drawings(draw: st.DrawFn) -> list[tuple[str, ...]]:
    """Some bitmaps of one size."""
    height, width, count = draw(sizes), draw(sizes), draw(st.integers(1, 7))
    line = st.text("X.", min_size=width, max_size=width)
    return [tuple(draw(line) for _ in range(height)) for _ in range(count)]


def side_by_side(found: list[tuple[str, ...]], across: int, gap: str) -> str:
    """The bitmaps drawn as a person would, `across` in each row of them."""
    rows_of = [found[start : start + across] for start in range(0, len(found), across)]
    return "\n\n".join("\n".join(map(gap.join, zip(*row))) for row in rows_of)


def test_rows_are_the_lines_without_their_spaces() -> None:
    assert rows("X . X\n. X  X\n") == ("X.X", ".XX")
    assert rows("  X.X\n\n\n .XX  ") == ("X.X", ".XX")


def test_bitmaps_stand_side_by_side_and_row_below_row() -> None:
    text = "XX  ..  X.\nX.  ..  .X\n\n.X  XX\nX.  XX\n"
    assert bitmaps(text) == (("XX", "X."), ("..", ".."), ("X.", ".X"), (".X", "X."), ("XX", "XX"))


@given(drawings(), st.integers(1, 7), st.sampled_from([" ", "  ", "     "]))
def test_what_is_drawn_is_what_is_read(found: list[tuple[str, ...]], across: int, gap: str) -> None:
    text = side_by_side(found, across, gap)
    assert bitmaps(text) == tuple(found)
    assert bitmaps(f"\n \n  {text.replace(chr(10), chr(10) + '  ')}\n\n\n") == tuple(found)


@given(drawings())
def test_one_drawing_reads_the_same_as_rows_and_as_a_bitmap(found: list[tuple[str, ...]]) -> None:
    text = "\n".join(found[0])
    assert rows(text) == found[0] == bitmaps(text)[0]


@pytest.mark.parametrize("read", [rows, bitmaps])
@pytest.mark.parametrize(
    "value", [None, 3, True, 1.5, {"X": 1}, ["X"], "", " \n ", "XO", "x", "X\t."]
)
def test_what_is_no_drawing_is_refused(read: object, value: object) -> None:
    with pytest.raises(Mismatch) as caught:
        read(value)  # type: ignore[operator]
    assert (caught.value.code, caught.value.expected) == ("E203", FORM)


@pytest.mark.parametrize("text", ["X.\nX", "X\nX."])
def test_uneven_lines_are_refused(text: str) -> None:
    for read in (rows, bitmaps):
        with pytest.raises(
            UnevenDrawing, match=r"^line 2 of drawing 1 is . wide, its first line .$"
        ):
            read(text)


@pytest.mark.parametrize("text", ["X X\nX", "X\nX X", "X.\n\nX", "X.\n\nX.\nX.", "XX X\nXX X"])
def test_uneven_bitmaps_are_refused(text: str) -> None:
    with pytest.raises(UnevenDrawing):
        bitmaps(text)
