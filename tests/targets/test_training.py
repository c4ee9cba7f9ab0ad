"""The generated PyTorch and Keras in training: gradients, statistics, and what never moves.

All in float64, against the NumPy definition: gradients against its central differences.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
import torch
from support.modules import module
from support.networks import spec_text

import archc
from archc.language import names
from archc.network.graph import INPUT, Graph, Node
from archc.ops.tensor import Weight
from archc.proof import reference, sampling
from archc.targets import TARGETS

Arrays = dict[str, np.ndarray]
INPUT_SHAPE = {"channels": 3, "height": 6, "width": 5}
BATCH = 4
STEP = 1e-5

EQUAL = 1e-12
"""Two frameworks in float64, scaled by the largest value of a tensor."""
TABLED = {
    "type": "conv2d", "filters": 4, "kernel": [2, 3], "stride": [2, 1],
    "padding": {"top": 1, "left": 2}, "connections": "XX.X\nX.XX\n..XX",
    "init": {"weight": "lecun_uniform"},
}  # fmt: skip
SUBSAMPLE = {"type": "subsample", "kernel": [2, 3], "stride": [2, 1]}
NORM = {"type": "batch_norm", "epsilon": 1e-3, "momentum": 0.9}
TANH = {"scaled_tanh": {"amplitude": 1.7159, "slope": 2 / 3}}
LEAKY = {"leaky_relu": {"slope": 0.25}}  # float32 holds it: TensorFlow keeps no more
FLAT, CODES = {"type": "flatten"}, "X.  .X  XX\nXX  ..  .X\n.X  X.  .."


def dense(units: int, **fields: Any) -> dict[str, Any]:
    return {"type": "dense", "units": units, **fields}


NETWORKS: dict[str, list[dict[str, Any]]] = {
    "subsample": [{"a": SUBSAMPLE}, {"b": {**SUBSAMPLE, "activation": TANH}}],
    "connections": [{"a": TABLED}, {"b": {**TABLED, "connections": "XX\nX.\n.X\nXX", "filters": 2}}],
    "rbf": [{"flat": FLAT}, {"a": dense(6, activation=TANH)}, {"b": {"type": "rbf", "codes": CODES}}],
    "batch_norm on maps": [{"a": {**NORM, "activation": "tanh"}}, {"b": NORM}],
    "batch_norm on a vector": [
        {"flat": FLAT}, {"a": {**NORM, "activation": "sigmoid"}}, {"b": dense(5, bias=False)}, {"c": NORM}
    ],
    "leaky_relu": [{"a": {**TABLED, "activation": LEAKY}}, {"b": {"type": "leaky_relu", "slope": 0.5}}],
    "gelu exact": [{"a": {**TABLED, "activation": {"gelu": {"form": "exact"}}}}, {"b": {"type": "gelu", "form": "exact"}}],
    "gelu tanh": [{"a": {**TABLED, "activation": {"gelu": {"form": "tanh"}}}}, {"b": {"type": "gelu", "form": "tanh"}}],
    "all of them": [
        {"a": {**TABLED, "bias": False}}, {"b": {**NORM, "activation": LEAKY}},
        {"c": {**SUBSAMPLE, "kernel": 2, "stride": 1, "activation": TANH}}, {"flat": FLAT},
        {"d": dense(6, bias=False, activation={"gelu": {"form": "exact"}})}, {"e": {**NORM, "activation": {"gelu": {"form": "tanh"}}}},
        {"f": {"type": "rbf", "codes": CODES}},
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _float64() -> Iterator[None]:
    """Keras computes in float64, and afterwards as before."""
    floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(policy)


def network(layers: list[dict[str, Any]]) -> archc.Network:
    return archc.parse(spec_text(layers, name="Net", input=INPUT_SHAPE), "trained.yaml")


def stored(graph: Graph) -> Iterator[tuple[str, Node, Weight]]:
    """(canonical name, node, weight) of all that a network stores."""
    for node in graph.nodes:
        for weight in node.weights:
            yield f"{node.name}.{weight.name}", node, weight


def weights_and_batch(graph: Graph) -> tuple[Arrays, np.ndarray]:
    """Canonical weights in which nothing hides, and a batch of inputs."""
    weights = {name: w.astype(np.float64) for name, w in sampling.weights(graph, seed=3)}
    for name, weight in weights.items():
        # As small as the epsilon, and its root, they would magnify what differences err by.
        weight[-1] = {"variance": 0.5, "scale": 1.25}.get(name.rpartition(".")[2], weight[-1])
    return weights, sampling.odd_fractions(3, 0, (BATCH, *graph.input)).astype(np.float64)


# ------------------------------------------------------------------------------ the definition


def definition(
    graph: Graph, weights: Arrays, x: np.ndarray, training: bool
) -> tuple[np.ndarray, Arrays]:
    """The network's output, and the running statistics after it."""
    values, kept = {INPUT: x}, {}
    for node in graph.nodes:
        inputs = tuple(values[name] for name in node.inputs)
        own = reference.weights_of(node, weights, np.float64)
        if training:
            values[node.name], statistics = reference.layer_in_training(node, inputs, own)
            kept |= {f"{node.name}.{name}": value for name, value in statistics.items()}
        else:
            values[node.name] = reference.layer(node, inputs, own)
    return values[graph.output.name], kept


def projection(y: np.ndarray) -> np.ndarray:
    """What the output is multiplied with for a loss that no symmetry can hide from."""
    return sampling.odd_fractions(4, 0, y.shape).astype(np.float64)


def differences(graph: Graph, weights: Arrays, x: np.ndarray, training: bool) -> Arrays:
    """Central differences of the loss for every trained weight, and for the input."""
    along = projection(definition(graph, weights, x, training)[0])
    places = {INPUT: x, **{n: weights[n] for n, _, w in stored(graph) if w.trainable}}
    found = {}
    for name, array in places.items():
        found[name] = np.empty_like(array)
        for place in np.ndindex(*array.shape):
            losses, before = [], array[place]
            for step in (STEP, -STEP):
                array[place] = before + step
                losses.append((definition(graph, weights, x, training)[0] * along).sum())
            array[place] = before
            found[name][place] = (losses[0] - losses[1]) / (2 * STEP)
    return found


# ------------------------------------------------------------------------------ PyTorch


def torch_model(net: archc.Network, weights: Arrays, folder: Path) -> Any:
    """The generated module in float64, with these weights."""
    model = getattr(module(net, "torch", folder), names.class_name(net.name))().double()
    state = {
        TARGETS["torch"].home(n, w).name: torch.tensor(weights[name])
        for name, n, w in stored(net.graph)
    }
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert all(name.endswith("num_batches_tracked") for name in missing)
    assert not unexpected
    return model


def torch_weights(model: Any, graph: Graph) -> Arrays:
    state = model.state_dict()
    return {
        name: state[TARGETS["torch"].home(n, w).name].numpy().copy() for name, n, w in stored(graph)
    }


def torch_gradients(model: Any, graph: Graph, batch: np.ndarray, training: bool) -> Arrays:
    model.train(training)
    x = torch.tensor(batch, requires_grad=True)
    y = model(x)
    (y * torch.tensor(projection(y.detach().numpy()))).sum().backward()
    parameters = dict(model.named_parameters())
    gradients = {
        name: parameters[TARGETS["torch"].home(n, w).name].grad.numpy()
        for name, n, w in stored(graph)
        if w.trainable
    }
    assert len(gradients) == len(parameters)
    return {INPUT: x.grad.numpy(), **gradients}  # type: ignore[union-attr]


# ------------------------------------------------------------------------------ Keras


def keras_variable(model: Any, node: Node, weight: Weight) -> Any:
    home = TARGETS["keras"].home(node, weight)
    return getattr(model.get_layer(home.module), home.variable)


def to_keras(value: np.ndarray, node: Node, weight: Weight) -> np.ndarray:
    return TARGETS["keras"].home(node, weight).arranged(value)


def from_keras(value: Any, node: Node, weight: Weight) -> np.ndarray:
    return TARGETS["keras"].home(node, weight).canonical(np.asarray(value), weight.shape).copy()


def channels_last(x: np.ndarray) -> np.ndarray:
    return x.transpose(0, 2, 3, 1) if x.ndim == 4 else x


def channels_first(x: Any) -> np.ndarray:
    array = np.asarray(x)
    return array.transpose(0, 3, 1, 2) if array.ndim == 4 else array


def keras_model(net: archc.Network, weights: Arrays, folder: Path) -> Any:
    """The generated model in float64, with these weights."""
    model = getattr(module(net, "keras", folder), names.function_name(net.stem))()
    for name, node, weight in stored(net.graph):
        keras_variable(model, node, weight).assign(to_keras(weights[name], node, weight))
    assert len(model.weights) == len([*stored(net.graph)])
    assert {v.dtype for v in model.weights} <= {"float64"}
    return model


def keras_weights(model: Any, graph: Graph) -> Arrays:
    return {name: from_keras(keras_variable(model, n, w), n, w) for name, n, w in stored(graph)}


def keras_gradients(model: Any, graph: Graph, batch: np.ndarray, training: bool) -> Arrays:
    x = tf.constant(channels_last(batch))
    trained = [(name, n, w) for name, n, w in stored(graph) if w.trainable]
    assert len(trained) == len(model.trainable_weights)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x, training=training)
        along = channels_last(projection(channels_first(y)))
        loss = tf.reduce_sum(y * along)
    places = [x, *(keras_variable(model, n, w).value for _, n, w in trained)]
    first, *rest = tape.gradient(loss, places)
    found = {INPUT: channels_first(first)}
    for (name, n, w), gradient in zip(trained, rest, strict=True):
        found[name] = from_keras(gradient, n, w)
    return found


def assert_close(found: Arrays, expected: Arrays, tolerance: float) -> None:
    """Each tensor within the tolerance of its own largest value."""
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        largest = abs(value).max()
        assert largest > 0, name
        assert found[name].shape == value.shape, name
        assert found[name].dtype == np.float64, name
        assert abs(found[name] - value).max() <= tolerance * largest, name


# ------------------------------------------------------------------------------ gradients


@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
@pytest.mark.parametrize("case", NETWORKS)
def test_gradients_are_those_of_the_definition(case: str, training: bool, tmp_path: Path) -> None:
    net = network(NETWORKS[case])
    weights, x = weights_and_batch(net.graph)
    expected = differences(net.graph, weights, x.copy(), training)
    ours = torch_gradients(torch_model(net, weights, tmp_path), net.graph, x, training)
    theirs = keras_gradients(keras_model(net, weights, tmp_path), net.graph, x, training)
    # The differences themselves err by some 1e-16 / STEP.
    assert_close(ours, expected, 1e-8)
    assert_close(theirs, ours, EQUAL)


def test_kernels_that_are_not_connected_do_not_exist(tmp_path: Path) -> None:
    net = network([{"a": TABLED}])
    weights, x = weights_and_batch(net.graph)
    marks = TABLED["connections"].count("X")  # type: ignore[attr-defined]
    shapes = [(marks, 2, 3), (4,)]
    ours, theirs = torch_model(net, weights, tmp_path), keras_model(net, weights, tmp_path)
    assert [tuple(p.shape) for p in ours.parameters()] == shapes
    assert [tuple(t.shape) for t in ours.state_dict().values()] == shapes
    assert [tuple(v.shape) for v in theirs.weights] == shapes
    count = marks * 2 * 3 + 4
    assert net.graph.totals.parameters == count == theirs.count_params()
    assert sum(p.numel() for p in ours.parameters()) == count
    gradients = torch_gradients(ours, net.graph, x, True)
    assert (gradients["a.weight"] != 0).all()


# ------------------------------------------------------------------------------ what training moves


def torch_step(model: Any, x: np.ndarray, wanted: np.ndarray) -> None:
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=2**-10, momentum=0.5)
    for _ in range(2):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(torch.tensor(x)), torch.tensor(wanted)).backward()
        optimizer.step()


def keras_step(model: Any, x: np.ndarray, wanted: np.ndarray) -> None:
    optimizer = keras.optimizers.SGD(2**-10, momentum=0.5)
    model.compile(optimizer, loss="mse", run_eagerly=True)
    for _ in range(2):
        model.train_on_batch(channels_last(x), channels_last(wanted))


def test_codes_are_not_trained_and_do_not_move(tmp_path: Path) -> None:
    net = network(NETWORKS["rbf"])
    weights, x = weights_and_batch(net.graph)
    bitmaps = np.array(net.graph.output.weights[0].codes)
    ours, theirs = torch_model(net, weights, tmp_path), keras_model(net, weights, tmp_path)
    assert {name for name, _ in ours.named_parameters()} == {"a.weight", "a.bias"}
    assert {v.path for v in theirs.trainable_weights} == {"a/kernel", "a/bias"}
    assert [v.path for v in theirs.non_trainable_weights] == ["b/codes"]
    torch_gradients(ours, net.graph, x, True)
    assert ours.b.codes.grad is None
    assert not ours.b.codes.requires_grad

    wanted = np.zeros((BATCH, 3))
    torch_step(ours, x, wanted)
    keras_step(theirs, x, wanted)
    after, also = torch_weights(ours, net.graph), keras_weights(theirs, net.graph)
    for moved in (after, also):
        assert (moved["b.codes"] == bitmaps).all()
        assert (moved["a.weight"] != weights["a.weight"]).all()
        assert (moved["a.bias"] != weights["a.bias"]).all()
    assert_close(also, after, 1e-12)


@pytest.mark.parametrize("case", ["subsample", "connections", "gelu tanh", "leaky_relu"])
def test_two_steps_of_training_end_at_the_same_weights(case: str, tmp_path: Path) -> None:
    net = network(NETWORKS[case])
    weights, x = weights_and_batch(net.graph)
    ours, theirs = torch_model(net, weights, tmp_path), keras_model(net, weights, tmp_path)
    wanted = projection(definition(net.graph, weights, x, True)[0])
    torch_step(ours, x, wanted)
    keras_step(theirs, x, wanted)
    after = torch_weights(ours, net.graph)
    assert_close(keras_weights(theirs, net.graph), after, EQUAL)
    assert all((after[name] != weights[name]).any() for name in weights)


# ------------------------------------------------------------------------------ batch statistics


@pytest.mark.parametrize("case", ["batch_norm on maps", "batch_norm on a vector"])
def test_batch_norm_in_training(case: str, tmp_path: Path) -> None:
    """The known difference is shown too: PyTorch keeps the unbiased variance."""
    net = network(NETWORKS[case])
    weights, x = weights_and_batch(net.graph)
    y, kept = definition(net.graph, weights, x, training=True)
    ours, theirs = torch_model(net, weights, tmp_path), keras_model(net, weights, tmp_path)
    ours.train()
    found = {
        "torch": ours(torch.tensor(x)).detach().numpy(),
        "keras": channels_first(theirs(channels_last(x), training=True)),
    }
    assert_close(found, {"torch": y, "keras": y}, 1e-12)

    ours_kept, theirs_kept = torch_weights(ours, net.graph), keras_weights(theirs, net.graph)
    assert_close({name: theirs_kept[name] for name in kept}, kept, 1e-12)
    shapes = {n.name: net.graph.inputs(n)[0] for n in net.graph.nodes}
    for name, value in kept.items():
        if name.endswith(".variance"):
            count = BATCH * int(np.prod(shapes[name.partition(".")[0]][1:]))
            seen = value - 0.9 * weights[name]  # the batch's part, by the definition
            value = 0.9 * weights[name] + seen * count / (count - 1)
            assert (value > kept[name] * (1 + 1e-4)).all()
        assert_close({name: ours_kept[name]}, {name: value}, 1e-12)
    # What is trained does not move by itself.
    for name in weights.keys() - kept.keys():
        assert (ours_kept[name] == weights[name]).all()
        assert (theirs_kept[name] == weights[name]).all()


# ------------------------------------------------------------------------------ initial weights


def fresh(net: archc.Network, target: str, folder: Path) -> Callable[[int], Arrays]:
    """What draws a new network's weights, canonical, from a seed."""
    made = module(net, target, folder)

    def drawn(seed: int) -> Arrays:
        if target == "torch":
            torch.manual_seed(seed)
            return torch_weights(getattr(made, names.class_name(net.name))(), net.graph)
        if target == "onnx":
            return dict(made.initial_weights(seed=seed))
        keras.utils.set_random_seed(seed)
        return keras_weights(getattr(made, names.function_name(net.stem))(), net.graph)

    return drawn


@pytest.mark.parametrize("target", ["torch", "keras", "onnx"])
def test_lenet5_of_1998_begins_as_the_paper_says(target: str, tmp_path: Path) -> None:
    """Uniform within 2.4 over the fan-in (appendix A), of each filter its own; codes as drawn."""
    net = archc.load("lenet5-1998")
    draws = fresh(net, target, tmp_path)
    found = [draws(seed) for seed in range(10)]
    limits: dict[str, Any] = {
        "c1.weight": 25, "s2.coefficient": 4, "c3.weight": [75] * 6 + [100] * 9 + [150],
        "s4.coefficient": 4, "c5.weight": 400, "f6.weight": 120,
    }  # fmt: skip
    kernels = np.cumsum([0, *[3] * 6, *[4] * 9, 6])  # where each filter of c3 begins
    for name, _, weight in stored(net.graph):
        values = np.stack([weights[name] for weights in found])
        assert values.shape == (10, *weight.shape), name
        if name == "out.codes":
            assert (values == np.array(weight.codes)).all()
        elif name.endswith(".bias"):
            assert (values == 0).all(), name
        else:
            parts = [values]
            if name == "c3.weight":
                parts = [values[:, a:b] for a, b in pairwise(kernels)]
            for part, fan_in in zip(parts, np.atleast_1d(limits[name]), strict=True):
                limit = 2.4 / fan_in * (1 + 1e-6)  # PyTorch and Keras may draw in float32
                assert 0.9 * limit < part.max() <= limit, name
                assert -0.9 * limit > part.min() >= -limit, name
                # Five standard errors of the mean and, by the fourth moment, of the variance.
                assert abs(part.mean()) < 5 * limit / np.sqrt(3 * part.size), name
                error = 5 * np.sqrt(4 / 45 / part.size)
                assert abs(part.var() / limit**2 - 1 / 3) < error, name


@pytest.mark.parametrize("target", ["torch", "keras", "onnx"])
def test_batch_norm_begins_as_the_spec_says(target: str, tmp_path: Path) -> None:
    chosen = {**NORM, "init": {"scale": {"uniform": 0.5}, "bias": 0.25}}
    layers = [
        {"a": {"type": "conv2d", "filters": 3, "kernel": 1, "init": {"weight": 0.5}}},
        {"b": NORM}, {"flat": FLAT}, {"c": chosen}, {"d": {**SUBSAMPLE, "from": "b"}},
        {"e": {"type": "flatten"}}, {"f": {"type": "concat", "from": ["c", "e"]}},
    ]  # fmt: skip
    net = network(layers)
    found = fresh(net, target, tmp_path)(7)
    for name, value in {"b.scale": 1, "b.bias": 0, "c.bias": 0.25, "a.weight": 0.5}.items():
        assert (found[name] == value).all(), name
    for layer in ("b", "c"):
        assert (found[f"{layer}.mean"] == 0).all()
        assert (found[f"{layer}.variance"] == 1).all()
    assert 0.45 < abs(found["c.scale"]).max() <= 0.5
    assert found["c.scale"].min() < -0.4
    assert abs(found["d.coefficient"]).max() <= np.sqrt(6 / (6 + 1))
    assert (found["d.bias"] == 0).all()
