"""Every planted fault is found where it is, and the report says how."""

import pytest
from sharpness import found, table
from support.faults import Fault, faults
from support.stream import Stream

from archc.proof.job import full

MOST_TELLING = {
    "epsilon", "LRN's alpha", "LRN's k", "padding side", "ceil mode", "padding counted in averages",
    "zeros in max-pool padding", "flatten order", "swapped axes", "dropped bias", "group order",
    "connection table transposed", "softmax axis", "GELU form", "dropout active at inference",
    "permutation", "matrix transposed",
    "momentum convention", "dropout rate", "gradient cut",
}  # fmt: skip


@pytest.mark.parametrize("target", ["torch", "keras", "onnx"])
def test_every_planted_fault_is_found_where_it_is(target: str) -> None:
    planted = [fault for fault in faults() if fault.target == target]
    with Stream([target], passes=full()) as stream:
        for outcome in found(stream, planted):
            fault = outcome.fault
            assert outcome.caught, fault
            if fault.layer is not None:
                assert outcome.layer == fault.layer, (fault, outcome)
                assert not outcome.ratio <= 1  # a NaN is beyond any limit


def test_there_are_faults_of_every_kind() -> None:
    planted = faults()
    assert {fault.kind for fault in planted} >= MOST_TELLING
    assert len({(f.target, f.place, f.network, f.text, f.plant) for f in planted}) == len(planted)
    assert len(planted) > 180


def test_the_table_says_what_was_not_caught() -> None:
    silent = Fault("torch", "none", "generated", "branches", None, text=("import", "import"))
    with Stream(["torch"], passes=full()) as stream:
        outcomes = [*found(stream, [silent])]
    assert not outcomes[0].caught
    assert "NOT CAUGHT" in table(outcomes)
