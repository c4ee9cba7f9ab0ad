"""AlexNet as archc writes it and as hands do, on one framework, with the same weights.

Each function takes the batch sizes and yields (title, batch, {contestant: a call that runs it
once}). It raises ValueError if the contestants are not the same network.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

import archc

Cases = Iterator[tuple[str, int, dict[str, Callable[[], Any]]]]
Array = np.ndarray
GENERATED, HANDWRITTEN = "generated", "handwritten"


def weights() -> dict[str, Array]:
    """Small normal numbers for every canonical weight of AlexNet."""
    random = np.random.default_rng(0)
    return {
        f"{node.name}.{weight.name}": random.standard_normal(weight.shape, np.float32) / 50
        for node in archc.load("alexnet").graph.nodes
        for weight in node.weights
    }


def images(batch: int) -> Array:
    """Random images, (N, 3, 227, 227)."""
    return np.random.default_rng(1).standard_normal((batch, 3, 227, 227), np.float32)


def agree(outputs: dict[str, Array]) -> None:
    """Raise ValueError unless all contestants answer the same."""
    expected = outputs[HANDWRITTEN]
    for name, output in outputs.items():
        error = abs(output - expected).max() / abs(expected).max()
        if not error < 1e-4:
            raise ValueError(f"{name} differs from {HANDWRITTEN}: {error:.1e} of the largest value")


def torch_cases(batches: Sequence[int]) -> Cases:
    """PyTorch, eager."""
    import torch
    from alexnet_torch import AlexNet
    from handwritten.alexnet_torch import AlexNet as ByHand
    from torch.nn import functional as F

    stored = weights()
    models = {GENERATED: AlexNet(), HANDWRITTEN: ByHand()}
    for model in models.values():
        values = zip(model.state_dict(), stored.values(), strict=True)
        model.load_state_dict({name: torch.from_numpy(value) for name, value in values})

    def forward(model: Any, x: Any) -> Any:
        with torch.inference_mode():
            return model.eval()(x)

    def backward(model: Any, x: Any) -> None:
        model.zero_grad()
        labels = torch.zeros(len(x), dtype=torch.long)
        F.cross_entropy(model.train()(x), labels).backward()

    for batch in batches:
        x = torch.from_numpy(images(batch))
        agree({name: forward(model, x).numpy() for name, model in models.items()})
        for title, step in (("forward", forward), ("forward and backward", backward)):
            yield title, batch, {name: partial(step, m, x) for name, m in models.items()}


def keras_cases(batches: Sequence[int]) -> Cases:
    """Keras, compiled where the backend compiles; once more with `groups=` for the towers.

    conv2 comes alone too: in the whole network the dense layers hide what `groups=` costs.
    """
    import keras
    from alexnet_keras import alexnet
    from handwritten.alexnet_keras import alexnet as by_hand
    from keras_steps import STEPS

    stored = weights()
    models = {GENERATED: alexnet(), HANDWRITTEN: by_hand(), "groups=": by_hand(grouped=True)}
    for name, model in models.items():
        _fill(model, stored, permuted=name != GENERATED)
    alone = {
        name: keras.Model(model.get_layer("pool1").output, model.get_layer("conv2").output)
        for name, model in models.items()
    }
    steps_of = STEPS[keras.backend.backend()]
    for batch in batches:
        x = images(batch).transpose(0, 2, 3, 1).copy()
        for prefix, built, value in (("", models, x), ("conv2 ", alone, _pooled(batch))):
            value = keras.ops.convert_to_tensor(value)
            steps = {name: steps_of(model) for name, model in built.items()}
            outputs = {name: forward(value) for name, (forward, _) in steps.items()}
            agree({name: keras.ops.convert_to_numpy(y) for name, y in outputs.items()})
            for number, title in enumerate(("forward", "forward and backward")):
                runs = {name: partial(s[number], value) for name, s in steps.items()}
                yield f"{prefix}{title}", batch, runs


def _pooled(batch: int) -> Array:
    """What conv2 may read, (N, 27, 27, 96)."""
    return np.random.default_rng(2).standard_normal((batch, 27, 27, 96), np.float32)


def _fill(model: Any, stored: dict[str, Array], permuted: bool) -> None:
    """Load canonical weights; `permuted`: the flatten before fc6 is H, W, C instead of C, H, W."""
    for layer in model.layers:
        name, _, side = layer.name.partition("_")
        if not layer.weights:
            continue
        kernel, bias = stored[f"{name}.weight"], stored[f"{name}.bias"]
        if side:  # one half of the filters
            kernel, bias = (np.split(value, 2)["ab".index(side)] for value in (kernel, bias))
        if name == "fc6" and permuted:
            kernel = kernel.reshape(-1, 256, 6, 6).transpose(0, 2, 3, 1).reshape(kernel.shape)
        layer.kernel.assign(kernel.T if kernel.ndim == 2 else kernel.transpose(2, 3, 1, 0))
        layer.bias.assign(bias)


def onnx_cases(batches: Sequence[int]) -> Cases:
    """ONNX Runtime on the CPU, forward."""
    import onnxruntime
    from alexnet_onnx import alexnet
    from handwritten.alexnet_onnx import alexnet as by_hand

    options = onnxruntime.SessionOptions()
    # Else the threads of the session that ran last compete with the one that is measured.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    stored = weights()
    sessions = {
        name: onnxruntime.InferenceSession(
            build(stored).SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        for name, build in ((GENERATED, alexnet), (HANDWRITTEN, by_hand))
    }
    for batch in batches:
        runs = {n: partial(s.run, None, {"input": images(batch)}) for n, s in sessions.items()}
        agree({name: run()[0] for name, run in runs.items()})
        yield "forward", batch, runs


CASES = {"torch": torch_cases, "keras": keras_cases, "onnx": onnx_cases}
