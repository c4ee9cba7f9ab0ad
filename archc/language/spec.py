"""The models of a spec: strict and frozen, with the description that the schema gives each field."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    PrivateAttr,
)

from archc.errors import Span
from archc.language.published import Erratum, Expectation, Strict
from archc.language.reader import Value
from archc.language.recipe import Train
from archc.ops.base import Op
from archc.ops.problem import Mismatch, OutOfRange


class Input(Strict):
    """What one sample is: feature maps, channels first."""

    channels: Annotated[PositiveInt, Field(description="Number of input maps; 3 for RGB.")]
    height: Annotated[PositiveInt, Field(description="In pixels.")]
    width: Annotated[PositiveInt, Field(description="In pixels.")]


class Layer(BaseModel):
    """A named operation, the names of its inputs (None: the layer before), and its place."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    name: str
    op: Op
    inputs: tuple[str, ...] | None
    span: Span
    fields: Value


def _not_blank(text: str) -> str:
    if not text.strip():
        raise OutOfRange("more than white space")
    return text


def _version(value: Any) -> Any:
    if type(value) is not int:  # true and 1.0 equal 1
        raise Mismatch("1")
    return value


class Spec(Strict):
    """A network as its author describes it."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    archc: Annotated[
        Literal[1], BeforeValidator(_version), Field(description="Version of the language.")
    ]
    name: Annotated[
        str,
        AfterValidator(_not_blank),
        Field(description="Name of the network and of its generated class."),
    ]
    title: Annotated[str | None, Field(description="One line on what it is.")] = None
    year: Annotated[int | None, Field(description="When it was published.")] = None
    cite: Annotated[str | None, Field(description="The publication, as one would cite it.")] = None
    input: Annotated[Input, Field(description="The network's input.")]
    defaults: dict[str, Any] = Field(
        default_factory=dict, description="Fields for every layer of a type that lacks them."
    )
    layers: Annotated[tuple[Layer, ...], Field(description="The layers, input to output.")]
    train: Annotated[Train | None, Field(description="How the network was trained.")] = None
    expect: Annotated[
        tuple[Expectation, ...], Field(description="Published figures that the network must have.")
    ] = ()
    errata: Annotated[
        tuple[Erratum, ...], Field(description="Published figures that are wrong, and why.")
    ] = ()
    notes: Annotated[tuple[str, ...], Field(description="The author's remarks.")] = ()
    _root: Value = PrivateAttr()

    @property
    def root(self) -> Value:
        """The file's values with their places."""
        return self._root
