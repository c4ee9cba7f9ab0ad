"""A network against the model that it describes: the first layer that differs is named, with its cause."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from support.originals import KERAS, SPEC, TORCH, Model

import archc
from archc.proof import preparation
from archc.proof.original.comparing import Comparison
from archc.proof.original.trace import Call, Trace

CHANGES: list[tuple[str, str, str, str]] = [
    ("epsilon: 1e-5", "epsilon: 1e-3", "bn1", "it is equal with --set bn1.epsilon=1e-05"),
    (
        "padding: 1, activation: relu}\n  - conv3",
        "padding: 1}\n  - conv3",
        "conv2",
        "with --set conv2.activation=relu",
    ),
    (
        "momentum: 0.9, activation: relu",
        "momentum: 0.9",
        "bn1",
        "equal up to 'pool1' with --set bn1.activation=relu",
    ),
    (
        "units: 10}",
        "units: 10, activation: softmax}",
        "head",
        "it is equal with --set head.activation=null",
    ),
    ("pool1: {type: max_pool", "pool1: {type: avg_pool", "pool1", "in the original, 'bn1' is"),
    ("from: [conv2, conv3]", "from: [conv3, conv3]", "sum", ""),
    ("kernel: 3, padding: 1}", "kernel: 3, padding: 1, dilation: 1, bias: true}", "", ""),
]
"""What the spec says, what instead, the layer that must be named, and part of what is said of it."""

APART = SPEC.replace(
    "padding: 1, activation: relu}\n  - conv3",
    "padding: 1}\n  - act2: {type: relu}\n  - conv3",
).replace("from: [conv2,", "from: [act2,")
"""A layer of its own for what some models have inside another."""


@pytest.fixture(scope="module", params=["torch", "keras", "keras file", "onnx file"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """The same network in each framework, with weights of its own."""
    folder = tmp_path_factory.mktemp("model")
    against = {
        "torch": _written(folder / "theirs.py", TORCH),
        "keras": _written(folder / "ours.py", KERAS),
        "keras file": str(folder / "net.keras"),
        "onnx file": str(folder / "net.onnx"),
    }[request.param]
    net = archc.parse(SPEC, "net.yaml")
    if request.param == "keras file":
        net.keras(weights=net.weights(5)).save(against)
    if request.param == "onnx file":
        onnx.save(net.onnx(weights=net.weights(5)), against)
    return Model(against, folder)


def _written(path: Path, text: str) -> str:
    path.write_text(text)
    return f"{path}:make"


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return iter(range(1000))


def test_the_spec_of_a_model_is_equal_in_every_layer(model: Model, numbers: Iterator[int]) -> None:
    found = model.compared(SPEC, next(numbers))
    assert found.passed, found.record()
    assert found.untold == ()
    assert [*found.errors.layers] == [node.name for node in archc.parse(SPEC).graph.nodes]
    assert not found.single
    assert max(found.errors.layers.values()) < (1e-7 if found.source == "net.onnx" else 1e-12)


@pytest.mark.parametrize(("before", "after", "layer", "words"), CHANGES)
def test_the_first_layer_that_differs_is_named(
    model: Model, numbers: Iterator[int], before: str, after: str, layer: str, words: str
) -> None:
    assert before in SPEC
    found = model.compared(SPEC.replace(before, after), next(numbers))
    assert found.passed is not bool(layer)
    if layer:
        assert found.first
        assert found.first.layer == layer
        assert any(words in note for note in found.first.notes), found.first.notes
        assert found.first.error > 1e3 * found.first.limit


def test_of_two_faults_the_first_is_named(model: Model, numbers: Iterator[int]) -> None:
    text = SPEC.replace("epsilon: 1e-5", "epsilon: 1e-3").replace(
        "padding: 1, activation: relu}\n  - sum", "padding: 1}\n  - sum"
    )
    found = model.compared(text, next(numbers))
    assert found.first
    assert found.first.layer == "bn1"


def test_what_a_model_computes_in_one_step_is_no_difference(
    model: Model, numbers: Iterator[int]
) -> None:
    found = model.compared(APART, next(numbers))
    assert found.passed
    fused = "ours.py" in found.source or found.source == "net.keras"
    inside = ("conv2",) if fused else ()
    assert found.untold == inside


def test_the_nearest_value_has_the_shape_and_is_the_first_of_equal_ones(tmp_path: Path) -> None:
    ones = np.ones((2, 3, 2, 2))
    values = [np.full_like(ones, 5.0), ones, ones.copy(), np.ones((2, 3))]
    (tmp_path / "values").mkdir()
    for number, value in enumerate(values):
        np.save(tmp_path / "values" / f"{number}.npy", value)
    graph = archc.parse(SPEC, "net.yaml").graph
    calls = tuple(Call("", "step", (n - 1,), (), n) for n in (1, 2, 3))
    trace = Trace("torch", {}, calls, output=3, weights=())
    made = Comparison(graph, None, trace, tmp_path, {}, {})  # type: ignore[arg-type]
    assert made.search(ones) == (0.0, 1)
    assert made.search(4 * ones) == (0.25, 0)
    assert made.search(np.ones((2, 3))) == (0.0, 3)
    assert made.search(np.ones((2, 4))) == (float("inf"), None)
    maps = np.arange(24.0).reshape(2, 3, 2, 2)
    np.save(tmp_path / "values" / "2.npy", maps.transpose(0, 2, 3, 1))
    last = Comparison(graph, None, trace, tmp_path, {}, {})  # type: ignore[arg-type]
    assert last.search(maps) == (0.0, 2)
    maps[0, 0, 0, 0] = np.nan
    assert last.search(maps) == (float("inf"), None)


def test_a_layer_inside_a_step_is_not_blamed_for_a_later_one(
    model: Model, numbers: Iterator[int]
) -> None:
    found = model.compared(
        APART.replace("units: 10}", "units: 10, activation: tanh}"), next(numbers)
    )
    assert found.first
    assert found.first.layer == "head"


def test_what_comes_near_a_layer_inside_a_step_hides_no_layer_behind_it(tmp_path: Path) -> None:
    net = archc.parse(
        "archc: 1\nname: Net\ninput: {channels: 1, height: 2, width: 3}\nlayers:\n"
        "  - a: {type: conv2d, filters: 1, kernel: 1}\n  - b: {type: relu}\n  - c: {type: tanh}\n",
        "net.yaml",
    )
    weights = {"a.weight": np.ones((1, 1, 1, 1), np.float32), "a.bias": np.zeros(1, np.float32)}
    x = np.linspace(-2, 3, 12).reshape(2, 1, 2, 3)
    job = preparation.job_of(net.compiled, {}, tmp_path / "job", {})
    job.prepare({})
    for number, value in enumerate([x, x, np.maximum(x, 0), np.tanh(np.maximum(x, 0))]):
        np.save(job.value(number), value)
    (tmp_path / "values").mkdir()
    rectified = np.maximum(x, 0)
    for number, value in enumerate([x, rectified, x + 0.01, np.tanh(rectified)]):
        np.save(tmp_path / "values" / f"{number}.npy", value)
    calls = (
        Call("both", "conv_relu", (0,), ("w",), 1),
        Call("aside", "other", (1,), (), 2),
        Call("last", "tanh", (1,), (), 3),
    )
    trace = Trace("torch", {}, calls, output=3, weights=())
    found = Comparison(net.graph, job, trace, tmp_path, weights, {"a.weight": "w"}).run("net")
    assert found.passed
    assert found.untold == ("a",)
