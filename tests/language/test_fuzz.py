"""Random specs, right and wrong: networks or findings at the right place, never a traceback.

`make fuzz` runs the same properties for longer (tests/fuzz.py).
"""

from hypothesis import given, settings
from support.mutants import Mutant, edited, mutants
from support.networks import specs
from support.properties import any_text, right, wrong


@settings(max_examples=60)
@given(specs())
def test_a_valid_spec_is_a_network_in_every_target(text: str) -> None:
    right(text)


@settings(max_examples=150)
@given(mutants())
def test_a_single_fault_is_found_where_it_is(mutant: Mutant) -> None:
    wrong(mutant)


@settings(max_examples=200)
@given(edited())
def test_any_text_is_a_network_or_has_findings(text: str) -> None:
    any_text(text)
