"""What a picture is computed with: boxes and the lines through them."""

import pytest

from archc.picture.scene import Box, Point

BOX = Box(10, 20, 30, 40)


@pytest.mark.parametrize(
    ("one", "other", "cut"),
    [
        ((0, 30), (50, 30), True),  # from side to side
        ((20, 0), (20, 50), True),  # from top to bottom
        ((15, 25), (25, 35), True),  # wholly inside
        ((20, 30), (90, 90), True),  # out of it
        ((0, 30), (20, 50), False),  # past a corner
        ((0, 29), (20, 51), False),
        ((0, 31), (18, 15), True),  # through a corner
        ((0, 30), (9, 30), False),  # ends before it
        ((31, 30), (50, 30), False),  # begins behind it
        ((0, 10), (50, 10), False),  # above
        ((5, 0), (5, 50), False),  # to the left
        ((10, 0), (10, 50), False),  # along an edge
        ((0, 40), (50, 40), False),
    ],
)
def test_a_line_cuts_a_box_or_does_not(
    one: tuple[float, float], other: tuple[float, float], cut: bool
) -> None:
    assert BOX.cut(Point(*one), Point(*other)) is cut
    assert BOX.cut(Point(*other), Point(*one)) is cut
