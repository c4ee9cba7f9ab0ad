"""How weights are initialised.

Spelled in a spec as a number (constant), a name (`glorot_uniform`) or a name with its one number
(`{normal: 0.01}`). Fans are counted as in `Weight.fans`.
"""

from collections.abc import Sequence
from math import sqrt
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from archc.ops.problem import Mismatch, OutOfRange, UnknownName

Scaled = Literal["constant", "normal", "truncated_normal", "uniform", "fan_in_uniform"]
Plain = Literal[
    "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal"
]
LARGEST = 1e30
"""What an initialiser's number may be at most, in magnitude: far below float32's largest."""
SCALED, PLAIN = get_args(Scaled), get_args(Plain)


class Initializer(BaseModel):
    """One rule that initialises a tensor.

    `value` is the constant itself, the standard deviation of a normal (a truncated one is cut at
    two of them), or the limit of a uniform, which is symmetric about zero; `fan_in_uniform` divides
    its limit by the fan-in (LeCun et al. 1998, appendix A).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    kind: Scaled | Plain
    value: float | None = None

    def limit(self, fans: tuple[int, int]) -> float:
        """The bound of the uniform distribution of a weight with these fans (in, out).

        Glorot and Bengio 2010, equation 16; He et al. 2015; LeCun et al. 1998 (Efficient BackProp).
        """
        if self.value is not None:
            return self.value / fans[0] if self.kind == "fan_in_uniform" else self.value
        return sqrt(3) * self.deviation(fans)

    def deviation(self, fans: tuple[int, int]) -> float:
        """The standard deviation of the normal distribution of a weight with these fans (in, out)."""
        if self.value is not None:
            return self.value
        fan_in, fan_out = fans
        family = self.kind.partition("_")[0]
        return sqrt({"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in}.get(family, 1 / fan_in))


def by_fan_in(init: Initializer) -> tuple[float, float] | None:
    """(limit or deviation at a fan-in of 1, power of the fan-in that divides it) of a rule that
    depends on the fan-in only; None for any other."""
    if init.kind == "fan_in_uniform":
        assert init.value is not None
        return init.value, 1.0
    if init.kind.startswith(("he_", "lecun_")):
        uniform = init.kind.endswith("_uniform")
        return (init.limit((1, 1)) if uniform else init.deviation((1, 1))), 0.5
    return None


def _read(value: Any) -> Any:
    if isinstance(value, Initializer):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        _require_bounds(value)
        return Initializer(kind="constant", value=value)
    if isinstance(value, str):
        if value in PLAIN:
            return Initializer.model_validate({"kind": value})
        if value in SCALED:
            raise Mismatch("a rule with a scale", hint=f"write {{{value}: …}}")
        raise UnknownName("initialiser", PLAIN)
    if isinstance(value, dict) and len(value) == 1:
        ((kind, number),) = value.items()
        if kind not in SCALED:
            raise UnknownName("initialiser", SCALED, key=kind)
        if isinstance(number, (int, float)) and not isinstance(number, bool):
            if kind != "constant" and number <= 0:
                raise OutOfRange("above 0", key=kind)
            _require_bounds(number, kind)
            return Initializer.model_validate({"kind": kind, "value": number})
        hint = "" if kind == "constant" else f"the mean is always 0: write {{{kind}: 0.01}}"
        raise Mismatch("a number", key=kind, hint=hint if not isinstance(number, str) else "")
    raise Mismatch("a number, a rule (he_normal) or a rule with a scale ({normal: 0.01})")


def _require_bounds(number: float, key: str | None = None) -> None:
    """Raise OutOfRange for a number that float32 might not hold."""
    if number > LARGEST:
        raise OutOfRange(f"at most {LARGEST:g}", key=key)
    if number < -LARGEST:
        raise OutOfRange(f"at least {-LARGEST:g}", key=key)


def _read_bias(value: Any) -> Any:
    if isinstance(value, str) or (isinstance(value, dict) and "fan_in_uniform" in value):
        raise Mismatch(
            "a number or a rule with a scale, such as {normal: 0.01}",
            hint="it has no fan-in or fan-out to scale by",
        )
    return _read(value)


_MEANS: dict[Scaled, str] = {
    "constant": "The number itself.",
    "normal": "Standard deviation; the mean is 0.",
    "truncated_normal": "Standard deviation before the cut at two of them; the mean is 0.",
    "uniform": "Limit on both sides of 0.",
    "fan_in_uniform": "Limit on both sides of 0, divided by the fan-in.",
}


def _forms(kinds: Sequence[Scaled]) -> list[dict[str, Any]]:
    """The JSON Schemas of a number, and of each rule with its number."""
    number = {"type": "number", "minimum": -LARGEST, "maximum": LARGEST}
    above_0 = {"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST}
    return [
        number,
        *(
            {
                "type": "object",
                "properties": {
                    kind: (number if kind == "constant" else above_0)
                    | {"description": _MEANS[kind]}
                },
                "required": [kind],
                "additionalProperties": False,
            }
            for kind in kinds
        ),
    ]


_NUMBERS = (
    "a number that stands for itself, or a rule with its number (standard deviation, or limit)"
)
WeightInit = Annotated[
    Initializer,
    BeforeValidator(_read),
    WithJsonSchema(
        {
            "description": f"A rule by its name, {_NUMBERS}.",
            "anyOf": [{"type": "string", "enum": list(PLAIN)}, *_forms(SCALED)],
        }
    ),
]
BiasInit = Annotated[
    Initializer,
    BeforeValidator(_read_bias),
    WithJsonSchema({"description": f"{_NUMBERS.capitalize()}.", "anyOf": _forms(SCALED[:-1])}),
]
GLOROT = Initializer(kind="glorot_uniform")
ZERO = Initializer(kind="constant", value=0.0)
ONE = Initializer(kind="constant", value=1.0)


class Inits(BaseModel):
    """How a layer's weights and biases are initialised."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    weight: WeightInit = GLOROT
    bias: BiasInit = ZERO
