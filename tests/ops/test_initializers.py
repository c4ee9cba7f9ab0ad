"""Rules by which weights start, where each filter has a fan-in of its own."""

from math import sqrt

import pytest

from archc.ops.initializers import Initializer, by_fan_in


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("fan_in_uniform", 2.4, (2.4, 1.0)),
        ("he_uniform", None, (sqrt(6), 0.5)),
        ("he_normal", None, (sqrt(2), 0.5)),
        ("lecun_uniform", None, (sqrt(3), 0.5)),
        ("lecun_normal", None, (1.0, 0.5)),
        ("glorot_uniform", None, None),
        ("glorot_normal", None, None),
        ("normal", 0.01, None),
        ("uniform", 0.01, None),
        ("truncated_normal", 0.01, None),
        ("constant", 0.01, None),
    ],
)
def test_which_rules_depend_on_the_fan_in_alone_and_by_which_power(
    kind: str, value: float | None, found: tuple[float, float] | None
) -> None:
    rule = by_fan_in(Initializer(kind=kind, value=value))  # type: ignore[arg-type]
    assert rule == (pytest.approx(found) if found else None)
