"""A training recipe is what the spec says, and what it leaves out is nothing."""

from typing import Any

import pytest

import archc
from archc.errors import ArchcError
from archc.language.recipe import Train

NET = """\
archc: 1
name: Net
input: {channels: 3, height: 8, width: 8}
layers:
  - a: {type: conv2d, filters: 4, kernel: 3}
train:
  source: here
  loss: cross_entropy
"""


def recipe(*lines: str) -> Train:
    found = archc.parse(NET + "".join(f"  {line}\n" for line in lines)).compiled.spec.train
    assert found is not None
    return found


def test_what_a_recipe_leaves_out_is_nothing() -> None:
    found = recipe()
    assert (found.optimizer, found.schedule, found.batch, found.epochs) == (None,) * 4
    assert found.augmentation == ()


def test_plain_descent_has_no_momentum_and_no_decay() -> None:
    found = recipe("optimizer: {type: sgd, learning_rate: 0.5}").optimizer
    assert found is not None
    assert (found.learning_rate, found.momentum, found.weight_decay) == (0.5, 0.0, 0.0)


def test_a_plateau_is_divided_as_often_as_there_are_any() -> None:
    found = recipe("schedule: {type: plateau, divide_by: 10}").schedule
    assert found is not None
    assert found.model_dump() == {"type": "plateau", "divide_by": 10.0, "times": None}


@pytest.mark.parametrize(
    ("field", "value", "right"),
    [
        ("momentum", 0, True),
        ("momentum", 0.99, True),
        ("momentum", 1, False),
        ("momentum", -0.1, False),
        ("weight_decay", 0, True),
        ("weight_decay", -1e-9, False),
        ("learning_rate", 0, False),
        ("learning_rate", 1e-9, True),
    ],
)
def test_the_bounds_of_the_rule(field: str, value: Any, right: bool) -> None:
    rule = {"type": "sgd", "learning_rate": 0.5} | {field: value}
    line = f"optimizer: {{{', '.join(f'{name}: {item}' for name, item in rule.items())}}}"
    if right:
        assert getattr(recipe(line).optimizer, field) == value
    else:
        with pytest.raises(ArchcError, match="E204"):
            recipe(line)
