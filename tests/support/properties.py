"""What holds of any spec: a right one is a network, a wrong one has findings, never a traceback."""

import ast
import time
from contextlib import suppress

import archc
from archc.errors import ArchcError, Diagnostic, Source
from archc.language.reader import parse
from archc.targets import TARGETS
from support.mutants import Mutant, edited, mutants
from support.networks import specs

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
