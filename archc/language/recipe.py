"""The models of a training recipe, the field `train`.

A recipe does not change the generated code. It says how the network was trained, and
`archc verify --train-steps` takes steps of it in every framework that trains.
"""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from archc.language.published import Strict

LARGEST_RATE = 1e6
Positive = Annotated[float, Field(gt=0, le=LARGEST_RATE)]


class Sgd(Strict):
    """Stochastic gradient descent as Krizhevsky et al. 2012, section 5, write it:
    v ← momentum · v - weight_decay · learning_rate · w - learning_rate · gradient, w ← w + v."""

    type: Annotated[
        Literal["sgd"], Field(description="Stochastic gradient descent with momentum.")
    ] = "sgd"
    learning_rate: Annotated[Positive, Field(description="Factor of the gradient.")]
    momentum: Annotated[float, Field(ge=0, lt=1, description="Weight of the previous step.")] = 0.0
    weight_decay: Annotated[
        float,
        Field(
            ge=0,
            le=LARGEST_RATE,
            description="Weight of each parameter in its own gradient; biases decay too.",
        ),
    ] = 0.0


class Plateau(Strict):
    """Divide the rate whenever the validation error stops improving."""

    type: Annotated[
        Literal["plateau"], Field(description="Divide when the validation error stops improving.")
    ] = "plateau"
    divide_by: Annotated[Positive, Field(description="What the rate is divided by each time.")]
    times: Annotated[
        PositiveInt | None, Field(description="Number of divisions; training ends after the last.")
    ] = None


class Every(Strict):
    """Divide the rate after every so many epochs."""

    type: Annotated[Literal["every"], Field(description="Divide after every so many epochs.")] = (
        "every"
    )
    divide_by: Annotated[Positive, Field(description="What the rate is divided by each time.")]
    epochs: Annotated[PositiveInt, Field(description="Epochs from one division to the next.")]


class Stage(Strict):
    """Some epochs with one learning rate."""

    epochs: Annotated[PositiveInt, Field(description="How many epochs the stage lasts.")]
    learning_rate: Annotated[Positive, Field(description="The rate in this stage.")]


class Stages(Strict):
    """One learning rate after another, as LeCun et al. 1998, section III.B, list them."""

    type: Annotated[Literal["stages"], Field(description="One learning rate after another.")] = (
        "stages"
    )
    rates: Annotated[
        tuple[Stage, ...], Field(min_length=1, description="The stages in their order.")
    ]


class RandomCrop(Strict):
    """A window of the network's input size, cut out of a larger image at a random place."""

    type: Annotated[
        Literal["random_crop"], Field(description="Cut a window out at a random place.")
    ] = "random_crop"
    size: Annotated[PositiveInt, Field(description="Height and width of the crop, in pixels.")]
    image: Annotated[
        PositiveInt,
        Field(description="Height and width of the image that it is cut from, in pixels."),
    ]


class HorizontalFlip(Strict):
    """Left and right exchanged in half of the images."""

    type: Annotated[Literal["horizontal_flip"], Field(description="Mirror half of the images.")] = (
        "horizontal_flip"
    )


class ColorShift(Strict):
    """Each image shifted along the principal components of all pixels' colours."""

    type: Annotated[
        Literal["color_shift"], Field(description="Shift along the colours' principal components.")
    ] = "color_shift"
    deviation: Annotated[
        Positive, Field(description="Standard deviation of the shift, in eigenvalues.")
    ]


class Train(Strict):
    """How the network was trained."""

    source: Annotated[str, Field(description="Where the recipe is published.")]
    loss: Annotated[
        Literal["cross_entropy", "mean_squared_error", "class_output"],
        Field(
            description="cross_entropy: of the classes' probabilities, by a softmax of the output "
            "unless it is one; mean_squared_error: over all outputs; class_output: the right "
            "class's own output, a distance (LeCun et al. 1998, equation 8)."
        ),
    ]
    optimizer: Annotated[Sgd | None, Field(description="The rule that changes the parameters.")] = (
        None
    )
    schedule: Annotated[
        Annotated[Plateau | Every | Stages, Field(discriminator="type")] | None,
        Field(description="How the learning rate changes; constant by default."),
    ] = None
    batch: Annotated[PositiveInt | None, Field(description="Images per step.")] = None
    epochs: Annotated[PositiveInt | None, Field(description="Passes over the training images.")] = (
        None
    )
    augmentation: Annotated[
        tuple[
            Annotated[RandomCrop | HorizontalFlip | ColorShift, Field(discriminator="type")], ...
        ],
        Field(description="Random changes of the training images, in their order."),
    ] = ()


SECTIONS: dict[str, type[Strict]] = {
    "train": Train, "optimizer": Sgd, "plateau": Plateau, "every": Every, "stages": Stages,
    "rates": Stage, "random_crop": RandomCrop, "horizontal_flip": HorizontalFlip,
    "color_shift": ColorShift,
}  # fmt: skip
"""The model under each name of a recipe."""
