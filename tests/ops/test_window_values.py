"""Windows against the frameworks' own: which numbers each of them covers, not only how many there are."""

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator
from support.single import node, output

sizes = st.integers(1, 4)
pairs = st.tuples(sizes, sizes)
inputs = st.tuples(st.integers(3, 9), st.integers(3, 9))
X = np.random.default_rng(0).standard_normal((1, 1, 9, 9))


def cut(shape: tuple[int, int]) -> Any:
    return np.ascontiguousarray(X[:, :, : shape[0], : shape[1]])


def fits(shape: Any, kernel: Any, padding: Any = (0, 0)) -> bool:
    return all(n + 2 * p >= k for n, p, k in zip(shape, padding, kernel, strict=True))


@given(inputs, pairs, pairs, st.data(), st.booleans(), st.booleans())
def test_pools_are_pytorchs(
    shape: Any, kernel: Any, stride: Any, data: Any, ceil: bool, counted: bool
) -> None:
    padding = tuple(data.draw(st.integers(0, k // 2)) for k in kernel)
    assume(fits(shape, kernel, padding))
    x = cut(shape)
    fields = {"kernel": kernel, "stride": stride, "padding": padding, "ceil_mode": ceil}
    theirs = F.max_pool2d(torch.from_numpy(x), kernel, stride, padding, ceil_mode=ceil)
    assert np.array_equal(output({"type": "max_pool", **fields}, x), theirs.numpy())
    theirs = F.avg_pool2d(torch.from_numpy(x), kernel, stride, padding, ceil, counted)
    ours = output({"type": "avg_pool", "count_padding": counted, **fields}, x)
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-13, atol=1e-13)


@cache
def evaluator(kind: str, word: str, kernel: Any, stride: Any, dilation: Any) -> ReferenceEvaluator:
    """ONNX's reference implementation of one operator with `auto_pad`."""
    more = {"dilations": dilation} if kind == "Conv" else {}
    made = helper.make_node(
        kind, ["x", "w"] if kind == "Conv" else ["x"], ["y"], kernel_shape=kernel, strides=stride,
        auto_pad=word, **more,
    )  # fmt: skip
    value = helper.make_tensor_value_info
    names = ["x", "w"] if kind == "Conv" else ["x"]
    graph = helper.make_graph(
        [made],
        "one",
        [value(name, TensorProto.DOUBLE, None) for name in names],
        [value("y", TensorProto.DOUBLE, None)],
    )
    return ReferenceEvaluator(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)]))


@given(inputs, pairs, pairs, st.sampled_from(["same_upper", "same_lower"]))
def test_same_with_a_stride_is_onnxs(shape: Any, kernel: Any, stride: Any, word: str) -> None:
    x = cut(shape)
    w = np.arange(1.0, 1 + kernel[0] * kernel[1]).reshape(1, 1, *kernel)
    fields = {"type": "conv2d", "filters": 1, "bias": False, "kernel": kernel, "stride": stride}
    made = node({**fields, "padding": word}, (1, *shape))
    ours = made.op.run(np, (x,), {"weight": w}, made.geometry)
    (theirs,) = evaluator("Conv", word.upper(), kernel, stride, (1, 1)).run(None, {"x": x, "w": w})
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(inputs, pairs, sizes)
def test_same_upper_is_keras_own(shape: Any, kernel: Any, stride: int) -> None:
    import keras

    x = cut(shape)
    last = keras.ops.convert_to_tensor(x.transpose(0, 2, 3, 1))
    w = np.arange(1.0, 1 + kernel[0] * kernel[1]).reshape(1, 1, *kernel)
    fields = {"kernel": kernel, "stride": stride, "padding": "same_upper"}
    for kind, theirs in (
        ("max_pool", keras.ops.max_pool(last, kernel, stride, "same")),
        ("avg_pool", keras.ops.average_pool(last, kernel, stride, "same")),
        ("conv2d", keras.ops.conv(last, w.transpose(2, 3, 1, 0), stride, "same")),
    ):
        more = {"filters": 1, "bias": False} if kind == "conv2d" else {}
        made = node({"type": kind, **fields, **more}, (1, *shape))
        ours = made.op.run(np, (x,), {"weight": w}, made.geometry)
        found = keras.ops.convert_to_numpy(theirs).transpose(0, 3, 1, 2)
        np.testing.assert_allclose(ours, found, rtol=1e-6, atol=1e-6)


@given(inputs, pairs, pairs, pairs, st.tuples(st.integers(0, 3), st.integers(0, 3)))
def test_convolutions_are_pytorchs(
    shape: Any, kernel: Any, stride: Any, dilation: Any, padding: Any
) -> None:
    reach = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    assume(fits(shape, reach, padding))
    x = cut(shape)
    w = np.arange(1.0, 1 + kernel[0] * kernel[1]).reshape(1, 1, *kernel)
    theirs = F.conv2d(
        torch.from_numpy(x), torch.from_numpy(w), None, stride, padding, dilation
    ).numpy()
    made = node(
        {
            "type": "conv2d", "filters": 1, "bias": False, "kernel": kernel, "stride": stride,
            "padding": padding, "dilation": dilation,
        },
        (1, *shape),
    )  # fmt: skip
    ours = made.op.run(np, (x,), {"weight": w}, made.geometry)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
