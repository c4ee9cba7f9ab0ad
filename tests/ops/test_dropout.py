"""Dropout: nothing at inference."""

from support.single import output, whole


def test_it_does_nothing_at_inference() -> None:
    x = whole(0, 2, 3, 4, 5)
    assert (output({"type": "dropout", "rate": 0.9}, x) == x).all()
