"""Random specs, right and wrong: networks or findings at the right place, never a traceback.

`make fuzz` runs the same properties for longer (tests/fuzz.py).
"""

import ast
import time
from contextlib import suppress

from hypothesis import given, settings
from mutants import Mutant, edited, mutants
from networks import specs

import archc
from archc.errors import ArchcError, Diagnostic, Source
from archc.source import parse
from archc.targets import TARGETS

SLOW = 2.0
"""Seconds in which any small spec is read."""


def right(text: str) -> None:
    """A valid spec is a network that every target writes as Python."""
    net = archc.parse(text)
    assert net.check() == []
    assert archc.parse(text).summary().record() == net.summary().record()
    for target in TARGETS:
        ast.parse(net.compile(target))


def wrong(mutant: Mutant) -> None:
    """A single fault is the one finding of its layer, by its code."""
    try:
        archc.parse(mutant.text)
    except ArchcError as error:
        found = error.diagnostics
    else:
        raise AssertionError(f"{mutant.fault} is not found")
    if mutant.code != "E110":  # YAML itself is wrong then, and has no layers
        layers = parse(Source("spec.yaml", mutant.text)).entries["layers"]
        first = layers.items[mutant.layer].span
        lines = range(first.line, first.end_line + 1)
        there = [d.code for d in found if d.span and d.span.line in lines]
        assert there == [mutant.code], found
    else:
        assert [d.code for d in found] == ["E110"]
    assert all(d.span is not None and str(d).count("\n") >= 2 for d in found)


def any_text(text: str) -> None:
    """Whatever a text is, it is a network or has findings, soon."""
    began = time.monotonic()
    found: list[Diagnostic] = []
    try:
        net = archc.parse(text)
    except ArchcError as error:
        found = list(error.diagnostics)
    else:
        for target in TARGETS:
            with suppress(ArchcError):  # a target may refuse
                ast.parse(net.compile(target))
    for finding in found:
        printed = str(finding)
        assert all(c.isprintable() or c in "\n\t" for c in printed), printed
    assert time.monotonic() - began < SLOW


PROPERTIES = {
    "right": (right, specs()),
    "wrong": (wrong, mutants()),
    "any text": (any_text, edited()),
}


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
