"""How far an output may be off: exact limits, and nothing passes that was not compared."""

from math import inf, nextafter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import archc
from archc.proof import compare
from archc.proof.job import LOCAL32, LOCAL64, WHOLE32, WHOLE64, Job, Step

U, U64 = 2.0**-24, 2.0**-53
GRAPH = archc.parse(
    "archc: 1\nname: Net\ninput: {channels: 1, height: 2, width: 2}\n"
    "layers:\n  - a: {type: relu}\n  - b: {type: tanh}\n"
).graph
EXPECTED = np.array([[[[1.0, 2.0], [-4.0, 0.5]]]])
NOTHING = np.zeros_like(EXPECTED, np.float32)


def job(folder: Path, *phases: str, **off: Any) -> Job:
    """A target's answers to the network: EXPECTED but for its first number, which is off."""
    found = Job(
        folder=folder, class_name="Net", function_name="net", placements=(), outputs={},
        steps=(Step("a", (0,)), Step("b", (1,))), passes={"torch": phases},
    )  # fmt: skip
    for number, name in enumerate(("a", "b"), start=1):
        found.value(number).parent.mkdir(parents=True, exist_ok=True)
        np.save(found.value(number), EXPECTED)
        for phase in phases:
            output = EXPECTED.astype(np.float64 if phase in (LOCAL64, WHOLE64) else np.float32)
            output[0, 0, 0, 0] += off.get(name, 0.0)
            path = found.layer_output("torch", phase, number)
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, output)
    return found


def failed(made: Job, magnitude: Any = NOTHING, stored32: set[str] | None = None) -> dict[str, Any]:
    errors, problems = compare.compare(made, "torch", {1: magnitude, 2: magnitude}, stored32 or set())  # fmt: skip
    assert problems == []
    return {phase: found.failed for phase, found in errors.items()}


# Off by so much of the largest value, 4.
@pytest.mark.parametrize(
    ("phase", "limit"), [(LOCAL64, 1e-10), (WHOLE64, 1e-10), (WHOLE32, 5e-5)]
)  # fmt: skip
def test_the_largest_difference_over_the_largest_value(
    phase: str, limit: float, tmp_path: Path
) -> None:
    assert failed(job(tmp_path, phase, b=0.98 * limit * 4)) == {phase: []}
    assert failed(job(tmp_path, phase, b=1.02 * limit * 4)) == {phase: ["b"]}
    assert failed(job(tmp_path, phase, a=-1.02 * limit * 4)) == {phase: ["a"]}


def test_float32_by_layer_counts_units_of_the_terms(tmp_path: Path) -> None:
    """16 units of 2⁻²⁴, times the sum of the terms' sizes."""
    terms = np.full_like(EXPECTED, 2.0, np.float32)
    assert failed(job(tmp_path, LOCAL32, a=15.5 * U * 2), terms) == {LOCAL32: []}
    assert failed(job(tmp_path, LOCAL32, a=17 * U * 2), terms) == {LOCAL32: ["a"]}
    assert failed(job(tmp_path, LOCAL32, a=17 * U * 2), 2 * terms) == {LOCAL32: []}


def test_where_terms_cancel_their_own_rounding_is_nobodys_fault(tmp_path: Path) -> None:
    terms = np.full_like(EXPECTED, 1e9, np.float32)
    rounding = 16 * U64 * 1e9
    assert rounding > 1e-10 * 4
    assert failed(job(tmp_path, LOCAL64, a=rounding), terms) == {LOCAL64: []}
    assert failed(job(tmp_path, LOCAL64, a=rounding + 1.1e-10 * 4), terms) == {LOCAL64: ["a"]}


def test_an_attribute_kept_in_float32_widens_its_layer_and_what_follows(tmp_path: Path) -> None:
    made = job(tmp_path, LOCAL64, WHOLE64, a=0.9e-7 * 4, b=0.9e-7 * 4)
    assert failed(made) == {LOCAL64: ["a", "b"], WHOLE64: ["a", "b"]}
    assert failed(made, stored32={"a"}) == {LOCAL64: ["b"], WHOLE64: []}
    assert failed(made, stored32={"b"}) == {LOCAL64: ["a"], WHOLE64: ["a"]}
    limits = compare.accumulated_limits("abc", WHOLE64, {"a", "c"})
    assert limits == {"a": 1e-10 + 1e-7, "b": 1e-10 + 1e-7, "c": pytest.approx(2e-7, rel=1e-3)}
    many = [str(n) for n in range(20_000)]
    assert compare.accumulated_limits(many, WHOLE64, set(many))["19999"] == 1e-3


@pytest.mark.parametrize("phase", [LOCAL64, WHOLE64, LOCAL32, WHOLE32])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_passes_no_limit(phase: str, value: float, tmp_path: Path) -> None:
    assert failed(job(tmp_path, phase, b=value)) == {phase: ["b"]}
    terms = NOTHING.copy()
    terms[0, 0, 0, 0] = value
    assert failed(job(tmp_path, phase), terms) == {phase: ["a", "b"]}


def test_what_cannot_be_compared_is_said_and_fails(tmp_path: Path) -> None:
    made = job(tmp_path, LOCAL64, WHOLE32)
    made.layer_output("torch", LOCAL64, 1).unlink()
    np.save(made.layer_output("torch", LOCAL64, 2), EXPECTED[..., :1])
    np.save(made.layer_output("torch", WHOLE32, 1), EXPECTED)
    made.layer_output("torch", WHOLE32, 2).write_bytes(b"")
    errors, problems = compare.compare(made, "torch", {1: NOTHING, 2: NOTHING}, set())
    assert problems == [
        "'a' (local64) is missing",
        "'a' (whole32) is float64, not float32",
        "'b' (local64) has the shape (1, 1, 2, 1), not (1, 1, 2, 2)",
        "'b' (whole32) is missing",
    ]
    assert {phase: found.layers for phase, found in errors.items()} == {
        LOCAL64: {"a": inf, "b": inf},
        WHOLE32: {"a": inf, "b": inf},
    }
    assert all(found.failed == ["a", "b"] for found in errors.values())


def test_only_the_passes_of_a_target_are_compared(tmp_path: Path) -> None:
    assert [*failed(job(tmp_path, WHOLE64, LOCAL32))] == [WHOLE64, LOCAL32]


def test_the_first_layer_that_differs_is_told_with_its_values(tmp_path: Path) -> None:
    made = job(tmp_path, LOCAL64, WHOLE64, b=3.0)
    errors, _ = compare.compare(made, "torch", {1: NOTHING, 2: NOTHING}, set())
    found = compare.first(made, "torch", errors, GRAPH)
    assert found is not None
    assert (found.target, found.layer, found.quantity, found.what, found.comparison) == (
        "torch", "b", "values", "b.output", "float64",
    )  # fmt: skip
    assert (found.error, found.limit) == (0.75, 1e-10)
    assert found.samples == (((0, 0, 0, 0), 1.0, 4.0),)
    right = job(tmp_path, LOCAL64, WHOLE64)
    errors, _ = compare.compare(right, "torch", {1: NOTHING, 2: NOTHING}, set())
    assert compare.first(right, "torch", errors, GRAPH) is None


def test_five_values_are_shown_the_furthest_first() -> None:
    expected = np.zeros((2, 4))
    found = np.array([[0.0, 1.0, -7.0, 3.0], [np.nan, 5.0, 2.0, 0.5]], np.float32)
    shown = compare.apart(expected, found)
    assert [(index, value) for index, _, value in shown][1:] == [
        ((0, 2), -7.0), ((1, 1), 5.0), ((0, 3), 3.0), ((1, 2), 2.0),
    ]  # fmt: skip
    assert shown[0][0] == (1, 0)
    assert shown[0][2] != shown[0][2]
    assert compare.apart(expected, expected) == ()
    one = np.array([[0.0, nextafter(0.0, 1.0)]])
    assert compare.apart(np.zeros((1, 2)), one) == (((0, 1), 0.0, nextafter(0.0, 1.0)),)
