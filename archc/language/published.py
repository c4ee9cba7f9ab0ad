"""The models of published figures: the entries of `expect` and `errata`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt


class Strict(BaseModel):
    """A mapping of the language: only known fields, no conversions, immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Totals(Strict):
    """Published figures of a whole network."""

    parameters: Annotated[
        NonNegativeInt | None, Field(description="Stored numbers that training changes.")
    ] = None
    fixed: Annotated[
        NonNegativeInt | None, Field(description="Stored numbers that training does not change.")
    ] = None
    weights: Annotated[
        NonNegativeInt | None, Field(description="Parameters that are not biases.")
    ] = None
    biases: Annotated[NonNegativeInt | None, Field(description="Parameters that are added.")] = None
    connections: Annotated[
        NonNegativeInt | None,
        Field(description="Uses of a stored number per image, as the 1998 paper counts."),
    ] = None
    macs: Annotated[
        NonNegativeInt | None,
        Field(description="Multiply-accumulates per image, without those of biases."),
    ] = None


class Figures(Totals):
    """Published figures of one layer."""

    shape: Annotated[
        tuple[PositiveInt, ...] | None,
        Field(description="Output shape per sample, channels first."),
    ] = None


class Claim(Strict):
    """Published figures, by layer and in total."""

    layers: Annotated[
        dict[str, Figures], Field(description="Figures of layers, by their names.")
    ] = {}
    totals: Annotated[Totals, Field(description="Figures of the whole network.")] = Totals()


class Expectation(Claim):
    """Figures that the network must have."""

    source: Annotated[str, Field(description="Where they are published.")]


class Erratum(Strict):
    """Published figures that are wrong, or count by another convention."""

    source: Annotated[str, Field(description="Where they are published.")]
    says: Annotated[Claim, Field(description="What is printed there.")]
    because: Annotated[str, Field(description="Why the network does not have these figures.")]
