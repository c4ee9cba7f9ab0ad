"""Single faults put into archc: into a template, or into the tables of where weights go."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from jinja2 import FunctionLoader

import archc.proof.verify
import archc.render
from archc.graph import Graph
from archc.proof.job import Job, Placement


@contextmanager
def template_fault(target: str, name: str, before: str, after: str) -> Iterator[None]:
    """Another text in a template of a target."""
    own = archc.render._environment
    wrong = own.__wrapped__(target)
    load = wrong.loader
    assert load is not None

    def source(wanted: str) -> str:
        text = load.get_source(wrong, wanted)[0]
        if wanted != name:
            return text
        assert before in text, before
        return text.replace(before, after, 1)

    wrong.loader = FunctionLoader(source)
    with patch.object(archc.render, "_environment", lambda t: wrong if t == target else own(t)):
        yield


@contextmanager
def placement_fault(change: Callable[[Placement], Placement]) -> Iterator[None]:
    """Another row in the tables that say where a target finds a canonical weight."""
    own = archc.proof.verify._job

    def job(graph: Graph, *arguments: object) -> Job:
        right = own(graph, *arguments)
        return replace(right, placements=tuple(map(change, right.placements)))

    with patch.object(archc.proof.verify, "_job", job):
        yield
