"""The published figures, exactly; and the table that prints them."""

import csv
import io
import json
import subprocess
import sys

import pytest

import archc
from archc.ops.tensor import FREE

ALEXNET = {  # NIPS 2012, section 3.5; parameters, connections and MACs worked out by hand from it
    "conv1": ((96, 55, 55), 34_944, 105_705_600, 105_415_200),
    "norm1": ((96, 55, 55), 0, 0, 0),
    "pool1": ((96, 27, 27), 0, 0, 0),
    "conv2": ((256, 27, 27), 307_456, 224_135_424, 223_948_800),
    "norm2": ((256, 27, 27), 0, 0, 0),
    "pool2": ((256, 13, 13), 0, 0, 0),
    "conv3": ((384, 13, 13), 885_120, 149_585_280, 149_520_384),
    "conv4": ((384, 13, 13), 663_936, 112_205_184, 112_140_288),
    "conv5": ((256, 13, 13), 442_624, 74_803_456, 74_760_192),
    "pool5": ((256, 6, 6), 0, 0, 0),
    "flat": ((9216,), 0, 0, 0),
    "fc6": ((4096,), 37_752_832, 37_752_832, 37_748_736),
    "drop6": ((4096,), 0, 0, 0),
    "fc7": ((4096,), 16_781_312, 16_781_312, 16_777_216),
    "drop7": ((4096,), 0, 0, 0),
    "fc8": ((1000,), 4_097_000, 4_097_000, 4_096_000),
}
LENET5 = {
    "c1": ((6, 28, 28), 156, 122_304, 117_600),
    "s2": ((6, 14, 14), 0, 0, 0),
    "c3": ((16, 10, 10), 2_416, 241_600, 240_000),
    "s4": ((16, 5, 5), 0, 0, 0),
    "c5": ((120, 1, 1), 48_120, 48_120, 48_000),
    "flat": ((120,), 0, 0, 0),
    "f6": ((84,), 10_164, 10_164, 10_080),
    "out": ((10,), 850, 850, 840),
}
LENET5_1998 = {  # Proceedings of the IEEE 86 (11), section II-B; MACs worked out by hand from it
    "c1": ((6, 28, 28), 156, 122_304, 117_600),
    "s2": ((6, 14, 14), 12, 5_880, 0),
    "c3": ((16, 10, 10), 1_516, 151_600, 150_000),
    "s4": ((16, 5, 5), 32, 2_000, 0),
    "c5": ((120, 1, 1), 48_120, 48_120, 48_000),
    "flat": ((120,), 0, 0, 0),
    "f6": ((84,), 10_164, 10_164, 10_080),
    "out": ((10,), 0, 840, 0),
}
FIGURES = {"alexnet": ALEXNET, "lenet5": LENET5, "lenet5-1998": LENET5_1998}


@pytest.mark.parametrize(("name", "expected"), FIGURES.items())
def test_every_layer_has_its_figures(name: str, expected: dict[str, tuple[object, ...]]) -> None:
    nodes = archc.load(name).graph.nodes
    found = {n.name: (n.shape, n.cost.parameters, n.cost.connections, n.cost.macs) for n in nodes}
    assert found == expected


@pytest.mark.parametrize(
    ("name", "parameters", "fixed", "connections", "macs"),
    [
        ("alexnet", 60_965_224, 0, 725_066_088, 724_406_816),
        ("lenet5", 61_706, 0, 423_038, 416_520),
        ("lenet5-1998", 60_000, 840, 340_908, 325_680),
        # 2·(96 + 256 + 384 + 384 + 256) statistics; each of 650,080 pixels has a bias, scale, shift
        ("alexnet-bn", 58_325_066, 2_752, 1_133_159_498, 1_131_201_056),
    ],
)
def test_totals(name: str, parameters: int, fixed: int, connections: int, macs: int) -> None:
    graph = archc.load(name).graph
    total = graph.totals
    assert (total.parameters, total.connections, total.macs) == (parameters, connections, macs)
    assert total.fixed == fixed
    assert total.weights + total.biases == parameters
    assert sum((node.cost for node in graph.nodes), FREE) == total


def test_json_is_the_contract() -> None:
    record = archc.load("alexnet").summary().record()
    assert record["name"] == "AlexNet"
    assert record["input"] == [3, 227, 227]
    assert record["layers"][0] == {
        "name": "conv1",
        "type": "conv2d",
        "inputs": ["input"],
        "shape": [96, 55, 55],
        "parameters": 34944,
        "fixed": 0,
        "weights": 34848,
        "biases": 96,
        "connections": 105705600,
        "macs": 105415200,
        "activation": "relu",
        "kernel": [11, 11],
        "stride": [4, 4],
        "padding": [0, 0, 0, 0],
        "dilation": [1, 1],
        "groups": 1,
        "flops": 210830400,
        "operations": 211411200,
        "additions": 105705600,
        "multiplications": 105415200,
        "comparisons": 290400,
        "divisions": 0,
        "functions": 0,
        "products_operations": 210830400,
        "bias_operations": 290400,
        "normalisation_operations": 0,
        "pooling_operations": 0,
        "activation_operations": 290400,
        "other_operations": 0,
        "neurons": 290400,
        "as_dense": 44892355200,
        "values": 290400,
        "activation_bytes": 1161600,
        "live_bytes": 1779948,
        "training_bytes": 2941548,
        "receptive_field": [11, 11],
        "receptive_field_exact": True,
        "jump": [4, 4],
        "start": [0, 0],
    }
    assert record["convention"] == "torch"
    expected = {"parameters": 60965224, "fixed": 0, "connections": 725066088, "macs": 724406816}
    assert expected.items() <= record["totals"].items()


@pytest.mark.parametrize("name", FIGURES)
def test_printed_columns_add_up_to_the_printed_totals(name: str) -> None:
    summary = archc.load(name).summary()
    rows = list(csv.DictReader(io.StringIO(summary.text("csv"))))
    for figure, total in summary.totals.items():
        assert sum(int(row[figure]) for row in rows) == total
        (last,) = [line for line in str(summary).splitlines() if line.startswith("  total ")]
        assert f"{total:,}" in last


def test_every_form_prints_every_layer() -> None:
    summary = archc.load("alexnet").summary()
    for form in ("table", "json", "markdown", "csv"):
        assert all(name in summary.text(form) for name in ALEXNET)  # type: ignore[arg-type]
    assert "\npool1 & max\\_pool" in summary.text("latex")


def test_every_form_for_people_begins_with_the_input() -> None:
    summary = archc.load("alexnet").summary()
    for form in ("table", "markdown", "html"):
        text = summary.text(form)  # type: ignore[arg-type]
        assert 0 < text.index("3×227×227") < text.index("conv1")
    assert summary.text("latex").index("3\\texttimes{}227") < summary.text("latex").index("conv1")
    assert "3×227×227" not in archc.load("alexnet").summary(["macs"]).text("table")


def test_json_is_the_record() -> None:
    summary = archc.load("alexnet").summary()
    assert json.loads(summary.text("json")) == summary.record()


def test_neurons_of_alexnet() -> None:
    """The paper says 650,000 (section 3), and lists 253,440 for its first layer (section 3.5)."""
    figures = archc.load("alexnet").summary().figures
    neurons = {node.name: figures.of(node, "neurons") for node in figures.graph.nodes}
    counted = {name: number for name, number in neurons.items() if number}
    listed = {
        "conv2": 186_624, "conv3": 64_896, "conv4": 64_896, "conv5": 43_264,
        "fc6": 4_096, "fc7": 4_096, "fc8": 1_000,
    }  # fmt: skip
    assert counted == {"conv1": 96 * 55 * 55, **listed}
    assert figures.total("neurons") == sum(counted.values()) == 659_272
    assert 253_440 + sum(listed.values()) == 622_312
    assert sum(number for name, number in counted.items() if name.startswith("conv")) == 650_080


def test_figures_stay_exact_beyond_64_bits() -> None:
    huge = 10**17
    net = archc.parse(
        f"archc: 1\nname: Huge\ninput: {{channels: {huge}, height: 1, width: 1}}\n"
        f"layers:\n  - flat: {{type: flatten}}\n  - fc: {{type: dense, units: {huge}}}\n"
    )
    assert net.graph.totals.parameters == huge * huge + huge
    assert net.graph.totals.macs == huge * huge


@pytest.mark.parametrize("options", [[], ["--wide", "--convention", "torchinfo"], ["--totals"]])
def test_a_summary_imports_no_framework_no_jinja_and_no_numpy(options: list[str]) -> None:
    code = (
        "import sys; from archc.cli import app\n"
        f"try: app(['summary', 'alexnet', *{options}])\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'keras', 'onnx', 'jinja2', 'numpy', 'tensorflow'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)
