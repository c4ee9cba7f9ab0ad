"""Radial basis functions: squared distances to codes that nothing trains."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.single import network, node, output, whole

import archc

CODES = "XX.  ...\n.X.  X.X\n\n.X.\n..X\n"  # three bitmaps of 2x3
NUMBERS = np.array(
    [[1, 1, -1, -1, 1, -1], [-1, -1, -1, 1, -1, 1], [-1, 1, -1, -1, -1, 1]], dtype=float
)
FIELDS = {"type": "rbf", "codes": CODES}


def test_codes_are_bitmaps_row_by_row() -> None:
    (weight,) = node(FIELDS, (6,)).weights
    assert weight.codes == tuple(map(tuple, NUMBERS))
    assert (weight.name, weight.shape, weight.trainable) == ("codes", (3, 6), False)


def test_it_is_equation_7() -> None:
    x = whole(0, 4, 6)
    y = output(FIELDS, x, codes=NUMBERS)
    assert y.shape == (4, 3)
    for n, i in np.ndindex(*y.shape):
        assert y[n, i] == sum((x[n, j] - NUMBERS[i, j]) ** 2 for j in range(6))


def test_a_code_is_at_no_distance_from_itself_and_4_for_each_dot_from_another() -> None:
    y = output(FIELDS, NUMBERS, codes=NUMBERS)
    apart = [[sum(a != b) for b in NUMBERS] for a in NUMBERS]
    assert (y == 4.0 * np.array(apart)).all()
    assert (np.diag(y) == 0).all()


def test_the_codes_are_drawings() -> None:
    op = node(FIELDS, (6,)).op
    assert op.drawings == (("XX.", ".X."), ("...", "X.X"), (".X.", "..X"))
    assert op.drawn_field == "codes"


@given(st.integers(1, 5), st.integers(1, 4), st.integers(1, 4))
def test_codes_are_fixed_numbers_each_used_once(count: int, height: int, width: int) -> None:
    drawing = "\n".join(["  ".join(["X" * width] * count)] * height)
    made = node({"type": "rbf", "codes": drawing}, (height * width,))
    size = count * height * width
    assert made.shape == (count,)
    cost = made.cost
    assert (cost.parameters, cost.fixed, cost.connections, cost.macs) == (0, size, size, 0)
    assert (cost.weights, cost.biases) == (0, 0)


def test_the_output_of_1998() -> None:
    """Ten bitmaps of 7x12: 840 numbers, none of them trained."""
    out = archc.load("lenet5-1998").graph.output
    assert (out.cost.parameters, out.cost.fixed, out.cost.connections) == (0, 840, 840)
    (codes,) = (weight.codes for weight in out.weights)
    seven = ["XXXXXXX", *[".....XX"] * 2, "....XX.", *["...XX.."] * 2, *["..XX..."] * 4]
    drawn = "".join([*seven, *["......."] * 2])
    assert "".join("X" if number == 1 else "." for number in codes[7]) == drawn
    assert {number for code in codes for number in code} == {1.0, -1.0}
    assert len(set(codes)) == 10


@pytest.mark.parametrize("size", [5, 7])
def test_a_code_of_another_size_than_the_input_does_not_fit(size: int) -> None:
    with pytest.raises(archc.ArchcError) as caught:
        network(FIELDS, (size,))
    assert [d.code for d in caught.value.diagnostics] == ["E317"]
