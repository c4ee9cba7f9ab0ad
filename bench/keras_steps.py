"""(forward, forward and backward) of a Keras model as calls of one batch, for each backend."""

from collections.abc import Callable
from typing import Any

import keras

Steps = tuple[Callable[[Any], Any], Callable[[Any], Any]]


def _loss(output: Any) -> Any:
    return keras.ops.mean(keras.ops.square(output))


def tensorflow(model: keras.Model) -> Steps:
    """Both compiled to graphs."""
    import tensorflow as tf

    def gradients(x: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = _loss(model(x, training=True))
        return tape.gradient(loss, model.trainable_variables)

    return tf.function(lambda x: model(x, training=False)), tf.function(gradients)


def jax(model: keras.Model) -> Steps:
    """Both compiled by XLA, and awaited."""
    import jax

    trained = [v.value for v in model.trainable_variables]
    fixed = [v.value for v in model.non_trainable_variables]

    def output(trained: Any, x: Any, training: bool) -> Any:
        return model.stateless_call(trained, fixed, x, training=training)[0]

    forward = jax.jit(lambda trained, x: output(trained, x, False))
    gradient = jax.jit(jax.grad(lambda trained, x: _loss(output(trained, x, True))))
    return (
        lambda x: jax.block_until_ready(forward(trained, x)),
        lambda x: jax.block_until_ready(gradient(trained, x)),
    )


def torch(model: keras.Model) -> Steps:
    """Both eager."""
    import torch

    def forward(x: Any) -> Any:
        with torch.no_grad():
            return model(x, training=False)

    def backward(x: Any) -> None:
        model.zero_grad()
        _loss(model(x, training=True)).backward()

    return forward, backward


STEPS: dict[str, Callable[[keras.Model], Steps]] = {
    "tensorflow": tensorflow,
    "jax": jax,
    "torch": torch,
}
