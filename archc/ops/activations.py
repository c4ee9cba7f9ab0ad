"""The activations: functions that keep their input's shape, as layers and as fields of layers."""

from abc import abstractmethod
from math import erf, pi, prod, sqrt
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BeforeValidator, Field

from archc.ops.arithmetic import Arithmetic, Work
from archc.ops.base import Array, Arrays, Family, Geometry, Output, Stateless, Traits, Weights
from archc.ops.problem import Mismatch
from archc.ops.tensor import Shape
from archc.ops.usual import Usual


class Activation(Stateless):
    """A function of one input that keeps its shape: a layer, or a field of one."""

    family: ClassVar[Family] = "activation"
    keeps_shape: ClassVar[bool] = True
    traits: ClassVar[Traits] = Traits(neurons=False, mixes=False, shares="never")
    from_output: ClassVar[bool] = False
    """Whether its gradient follows from its output alone, so that its input need not be kept."""

    def shape(self, inputs: tuple[Shape, ...], geometry: Geometry) -> Shape:
        return inputs[0]

    def run(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return self.apply(xp, inputs[0])

    def magnitude(self, xp: Any, inputs: Arrays, weights: Weights, geometry: Geometry) -> Array:
        return self.spread(xp, inputs[0], xp.abs(inputs[0]))

    @abstractmethod
    def apply(self, xp: Any, x: Array) -> Array:
        """The function of `x`, (N, C, …)."""

    @abstractmethod
    def spread(self, xp: Any, x: Array, magnitude: Array) -> Array:
        """The magnitude after the function, given `x` before it and the magnitude of `x`."""


class Elementwise(Activation):
    """y = f(x), value by value."""

    @property
    @abstractmethod
    def each(self) -> Arithmetic:
        """The arithmetic of one value."""

    @property
    def steepest(self) -> float:
        """The largest slope of f: how much an error of x can grow."""
        return 1.0

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        return {"activation": self.each * prod(shape)}

    def spread(self, xp: Any, x: Array, magnitude: Array) -> Array:
        return self.steepest * magnitude + self.terms(xp, x)

    def terms(self, xp: Any, x: Array) -> Array:
        """The size of the largest term that frameworks add up to f(x); f(x) itself by default."""
        return xp.abs(self.apply(xp, x))


class Relu(Elementwise):
    """The rectifier, max(0, x) (Nair and Hinton 2010)."""

    label: ClassVar[str] = "ReLU"
    aliases: ClassVar[tuple[str, ...]] = ("rectifier",)
    from_output: ClassVar[bool] = True
    each: ClassVar[Arithmetic] = Arithmetic(comparisons=1)

    type: Literal["relu"] = "relu"

    def apply(self, xp: Any, x: Array) -> Array:
        return xp.maximum(x, 0)

    def terms(self, xp: Any, x: Array) -> Array:
        return 0  # nothing is added or rounded


class LeakyRelu(Elementwise):
    """The leaky rectifier (Maas, Hannun and Ng 2013).

    x where it is positive, slope · x elsewhere; frameworks disagree on the usual slope.
    """

    label: ClassVar[str] = "leaky ReLU"
    aliases: ClassVar[tuple[str, ...]] = ("leakyrelu",)
    from_output: ClassVar[bool] = True
    each: ClassVar[Arithmetic] = Arithmetic(comparisons=1, multiplications=1)

    type: Literal["leaky_relu"] = "leaky_relu"
    slope: Annotated[
        float,
        Field(gt=0, le=1, description="Slope for negative inputs."),
        Usual("0.01 (PyTorch, ONNX), 0.1 (Darknet), 0.2 (TensorFlow) or 0.3 (Keras)"),
    ]

    def apply(self, xp: Any, x: Array) -> Array:
        return xp.where(x >= 0, x, self.slope * x)

    def terms(self, xp: Any, x: Array) -> Array:
        return xp.abs(x)


class Gelu(Elementwise):
    """The Gaussian error linear unit (Hendrycks and Gimpel 2016).

    x · Φ(x), Φ the distribution of a standard normal; or the paper's approximation by a tanh.
    """

    label: ClassVar[str] = "GELU"
    steepest: ClassVar[float] = 1.13  # the slope at √2 is below it

    type: Literal["gelu"] = "gelu"
    form: Annotated[
        Literal["exact", "tanh"],
        Field(description="exact: by the error function; tanh: by the paper's approximation."),
        Usual("exact (PyTorch, Keras, ONNX) or tanh (Flax, GPT-2)"),
    ]

    @property
    def each(self) -> Arithmetic:
        if self.form == "tanh":
            return Arithmetic(additions=2, multiplications=5, divisions=1, functions=1)
        return Arithmetic(additions=1, multiplications=1, divisions=2, functions=1)

    def apply(self, xp: Any, x: Array) -> Array:
        if self.form == "tanh":
            return x * (1 + xp.tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2
        # NumPy has no error function.
        return x * (1 + xp.vectorize(erf, otypes=[x.dtype])(x / sqrt(2))) / 2

    def terms(self, xp: Any, x: Array) -> Array:
        return xp.abs(x)  # for negative x, 1 and the error function nearly cancel


class Tanh(Elementwise):
    """The hyperbolic tangent, tanh(x)."""

    from_output: ClassVar[bool] = True
    each: ClassVar[Arithmetic] = Arithmetic(functions=1)

    type: Literal["tanh"] = "tanh"

    def apply(self, xp: Any, x: Array) -> Array:
        return xp.tanh(x)


class ScaledTanh(Elementwise):
    """The squashing function of LeCun et al. 1998, appendix A: A·tanh(S·x).

    amplitude · tanh(slope · x); the paper's values are the defaults.
    """

    from_output: ClassVar[bool] = True
    each: ClassVar[Arithmetic] = Arithmetic(multiplications=2, functions=1)

    type: Literal["scaled_tanh"] = "scaled_tanh"
    amplitude: Annotated[float, Field(gt=0, description="Largest output, A in the paper.")] = 1.7159
    slope: Annotated[float, Field(gt=0, description="Slope at the origin over A, S.")] = 2 / 3

    @property
    def steepest(self) -> float:
        return self.amplitude * self.slope

    def apply(self, xp: Any, x: Array) -> Array:
        return self.amplitude * xp.tanh(self.slope * x)


class Sigmoid(Elementwise):
    """The logistic function, 1 / (1 + exp(-x))."""

    aliases: ClassVar[tuple[str, ...]] = ("logistic",)
    from_output: ClassVar[bool] = True
    each: ClassVar[Arithmetic] = Arithmetic(additions=1, divisions=1, functions=1)
    steepest: ClassVar[float] = 0.25
    output: ClassVar[Output] = "independent probabilities"

    type: Literal["sigmoid"] = "sigmoid"

    def apply(self, xp: Any, x: Array) -> Array:
        # exp never sees a positive number, so it never overflows.
        small = xp.exp(-xp.abs(x))
        return xp.where(x >= 0, 1, small) / (1 + small)

    def terms(self, xp: Any, x: Array) -> Array:
        # Frameworks compute small outputs from terms of order 1.
        return xp.maximum(self.apply(xp, x), 0.5)


class Softmax(Activation):
    """The softmax over channels.

    exp(x) over its sum along the channels: probabilities at every place.
    """

    traits: ClassVar[Traits] = Traits(neurons=False, mixes=True, shares="never")
    from_output: ClassVar[bool] = True
    output: ClassVar[Output] = "probabilities"

    type: Literal["softmax"] = "softmax"

    def work(self, inputs: tuple[Shape, ...], shape: Shape) -> Work:
        channels, values = shape[0], prod(shape)
        # Of n channels: the largest and their sum in n - 1 steps each, n differences from it.
        fewer = values - values // channels
        found = Arithmetic(fewer + values, comparisons=fewer, divisions=values, functions=values)
        return {"activation": found}

    def apply(self, xp: Any, x: Array) -> Array:
        powers = xp.exp(x - x.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def spread(self, xp: Any, x: Array, magnitude: Array) -> Array:
        y = self.apply(xp, x)
        # An error e in the exponents changes y_i by y_i (e_i - sum of y_j e_j).
        terms = magnitude + (x.max(axis=1, keepdims=True) - x) + 1
        return y * (terms + (y * terms).sum(axis=1, keepdims=True))


AnyActivation = Relu | LeakyRelu | Gelu | Tanh | ScaledTanh | Sigmoid | Softmax
ACTIVATIONS: dict[str, type[Activation]] = {
    op.model_fields["type"].default: op for op in get_args(AnyActivation)
}


def named(value: Any) -> Any:
    """The field's spellings, `relu` and `{scaled_tanh: {…}}`, as fields of the operation."""
    if isinstance(value, str):
        return {"type": value}
    if value is None or isinstance(value, Activation):
        return value
    if isinstance(value, dict) and len(value) == 1:
        ((kind, fields),) = value.items()
        if fields is None or (isinstance(fields, dict) and "type" not in fields):
            return {**(fields or {}), "type": kind}
    raise Mismatch("a name (relu) or a one-key mapping ({leaky_relu: {slope: 0.1}})")


def schema() -> dict[str, Any]:
    """The JSON Schema of the field."""
    required = {
        kind: [name for name, field in op.model_fields.items() if field.is_required()]
        for kind, op in ACTIVATIONS.items()
    }
    words = {"type": "string", "enum": [kind for kind in ACTIVATIONS if not required[kind]]}
    forms: list[dict[str, Any]] = [{"type": "null"}, words]
    for kind, op in ACTIVATIONS.items():
        fields = op.model_json_schema()["properties"]
        fields = {name: field for name, field in fields.items() if name != "type"}
        mapping: dict[str, Any] = {
            "type": "object",
            "properties": fields,
            "required": required[kind],
            "additionalProperties": False,
        }
        choices = mapping if required[kind] else {"anyOf": [mapping, {"type": "null"}]}
        choices |= {"description": (op.__doc__ or kind).partition("\n")[0]}
        forms.append(
            {
                "type": "object",
                "properties": {kind: choices},
                "required": [kind],
                "additionalProperties": False,
            }
        )
    # A word alone decides: an editor then lists the words, and not that it might be a mapping.
    return {
        "description": "Applied to the layer's own output: a word, or a mapping if it has fields.",
        "if": {"type": "string"},
        "then": words,
        "else": {"anyOf": forms},
    }


ActivationField = Annotated[
    Annotated[AnyActivation, Field(discriminator="type")] | None, BeforeValidator(named)
]
