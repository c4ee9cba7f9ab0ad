"""How a weight starts, in the four ways that every framework has."""

from dataclasses import dataclass
from typing import Literal

from archc.ops.initializers import by_fan_in
from archc.ops.tensor import Weight


@dataclass(frozen=True, slots=True)
class Start:
    """The distribution that a weight is initialised from.

    `scale` is the constant, the limit of a uniform distribution about zero, or the standard
    deviation of a normal one, which `truncated_normal` cuts at two of them. It is divided by
    `fan_in`, where there is one; or, for the kernels of a connection table, by each filter's own
    fan-in to the power `fan_in_power`. `rule` is the rule that the scale was computed by, for
    frameworks that have it and count fans alike.
    """

    kind: Literal["constant", "uniform", "normal", "truncated_normal"]
    scale: float
    fan_in: int = 0
    fan_in_power: float = 0.0
    rule: str = ""

    @property
    def expression(self) -> str:
        """The scale in Python: `0.01`, `2.4 / 25`."""
        return f"{self.scale!r} / {self.fan_in}" if self.fan_in else repr(self.scale)


def lower(weight: Weight) -> Start:
    """How a weight starts."""
    init = weight.init
    if init.kind in ("constant", "normal", "truncated_normal", "uniform"):
        assert init.value is not None
        return Start(init.kind, init.value)
    kind: Literal["uniform", "normal"] = "uniform" if init.kind.endswith("uniform") else "normal"
    if weight.fan_ins and (rule := by_fan_in(init)):
        return Start(kind, rule[0], fan_in_power=rule[1])
    if init.kind == "fan_in_uniform":
        assert init.value is not None
        return Start(kind, init.value, fan_in=weight.fans[0])
    scale = init.limit(weight.fans) if kind == "uniform" else init.deviation(weight.fans)
    return Start(kind, scale, rule=init.kind)
