"""Single faults put into archc: a template, the tables of where weights go, the reference."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from jinja2 import FunctionLoader

import archc.targets.render
import support.stream
from archc.ops import OPS
from archc.ops.activations import ACTIVATIONS
from archc.ops.base import Op
from archc.proof.job import Job
from archc.weights.placement import Placement


@contextmanager
def template_fault(target: str, name: str, before: str, after: str) -> Iterator[None]:
    """Another text in a template of a target."""
    own = archc.targets.render._environment
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
    with patch.object(
        archc.targets.render, "_environment", lambda t: wrong if t == target else own(t)
    ):
        yield


@contextmanager
def placement_fault(target: str, weight: str, field: str, value: object) -> Iterator[None]:
    """Another value in what says where a target finds a canonical weight.

    A weight under another's `name` is swapped with it.
    """
    own = support.stream.job_of

    def changed(place: Placement) -> Placement:
        if field == "name":
            swapped = {weight: value, value: weight}
            return replace(place, name=str(swapped.get(place.name, place.name)))
        if place.name != weight:
            return place
        home = replace(place.homes[target], **{field: value})
        return replace(place, homes={**place.homes, target: home})

    def job(*arguments: Any) -> Job:
        right = own(*arguments)
        return replace(right, placements=tuple(map(changed, right.placements)))

    with patch.object(support.stream, "job_of", job):
        yield


@contextmanager
def operation_fault(kind: str, fields: dict[str, Any]) -> Iterator[None]:
    """A reference that computes with other fields than the spec gives."""
    op = OPS[kind]
    method = "apply" if kind in ACTIVATIONS else "run"
    own = getattr(op, method)

    def wrong(self: Op, *arguments: Any) -> Any:
        return own(self.model_copy(update=fields), *arguments)

    with patch.object(op, method, wrong):
        yield
