"""Addition: value by value, of one shape."""

from support.single import output, whole


def test_values_are_added_place_by_place() -> None:
    x = whole(0, 2, 3, 4, 5)
    assert (output({"type": "add", "from": ["input", "input", "input"]}, x) == 3 * x).all()
