"""Two networks side by side: what belongs together, what changed, what it costs."""

from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.networks import convolutions, spec_text, specs

import archc
from archc.network.diff import diff

HEAD = "archc: 1\nname: Net\ninput: {channels: 4, height: 8, width: 8}\nlayers:\n"
A = """\
  - conv1: {type: conv2d, filters: 8, kernel: 3, padding: 1, groups: 2}
  - act1: {type: relu}
  - pool1: {type: avg_pool, kernel: 2}
  - flat: {type: flatten}
  - fc1: {type: dense, units: 5}
"""


TABLE = """\
                      AlexNet -> AlexNet

      layer   change                parameters           macs
 ─────────────────────────────────────────────────────────────
  ~   conv2   groups: 2 -> 1          +307,200   +223,948,800
  ~   fc8     units: 1000 -> 10     -4,056,040     -4,055,040
              bias: true -> false
              shape: 1000 -> 10

      total                         -3,748,840   +219,893,760

14 layers are the same"""


def changes(before: str, after: str) -> list[tuple[str, str, str]]:
    """The mark, name and changes of each row between two lists of layers."""
    both = [archc.parse(HEAD + layers).graph for layers in (before, after)]
    return [(str(row[0]), str(row[1]), str(row[2])) for row in diff(*both).rows]


def test_the_table_shows_what_each_change_costs() -> None:
    before = archc.load("alexnet")
    after = archc.load(
        "alexnet", {"conv2.groups": 1, "conv3.padding": "same", "fc8.units": 10, "fc8.bias": False}
    )
    assert str(before.diff(after)) == TABLE


def test_the_record_is_the_contract() -> None:
    before, after = (
        archc.parse(HEAD + layers) for layers in (A, A.replace("units: 5", "units: 6"))
    )
    layer = {"name": "fc1", "type": "dense"}
    assert before.diff(after).record() == {
        "before": {"name": "Net", "input": [4, 8, 8]},
        "after": {"name": "Net", "input": [4, 8, 8]},
        "equal": False,
        "layers": [
            {
                "change": "changed",
                "before": {**layer, "shape": [5]},
                "after": {**layer, "shape": [6]},
                "fields": [
                    {"field": "units", "before": 5, "after": 6},
                    {"field": "shape", "before": [5], "after": [6]},
                ],
                "parameters": 129,
                "fixed": 0,
                "weights": 128,
                "biases": 1,
                "connections": 129,
                "macs": 128,
            }
        ],
        "same": 4,
        "totals": {
            "parameters": 129,
            "fixed": 0,
            "weights": 128,
            "biases": 1,
            "connections": 129,
            "macs": 128,
        },
    }


def test_equal_networks_are_said_to_be_equal_whatever_they_are_called() -> None:
    net = archc.load("lenet5")
    same = archc.load("lenet5", {"name": "Other"})
    assert str(net.diff(same)) == "the networks are equal: 8 layers"
    assert net.diff(same).record()["equal"] is True


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("groups: 2", "groups: 1", [("~", "conv1", "groups: 2 -> 1")]),
        ("conv1:", "c1:", [("~", "conv1 -> c1", "renamed")]),
        ("{type: relu}", "{type: tanh}", [("~", "act1", "type: relu -> tanh")]),
        (
            "conv1: {type: conv2d, filters: 8, kernel: 3, padding: 1",
            "c1: {type: conv2d, filters: 8, kernel: [3, 1], padding: [1, 0]",
            [("~", "conv1 -> c1", "kernel: 3 -> [3, 1]; padding: 1 -> [1, 0]")],
        ),
        (
            "groups: 2}",
            "init: {weight: {normal: 0.5}, bias: 1}, activation: {scaled_tanh: {slope: 0.5}}}",
            [
                (
                    "~",
                    "conv1",
                    "groups: 2 -> 1; activation: none -> {scaled_tanh: {slope: 0.5}}; "
                    "init.weight: glorot_uniform -> {normal: 0.5}; init.bias: 0 -> 1",
                )
            ],
        ),
        ("  - act1: {type: relu}\n", "", [("-", "act1", "relu, 8×8×8")]),
        (
            "  - flat",
            "  - drop: {type: dropout, rate: 0.5}\n  - flat",
            [("+", "drop", "dropout, 8×4×4")],
        ),
        (
            "{type: avg_pool, kernel: 2}",
            "{type: conv2d, filters: 8, kernel: 2, stride: 2}",
            [
                (
                    "~",
                    "pool1",
                    "type: avg_pool -> conv2d; stride: none -> 2; filters: none -> 8",
                )
            ],
        ),
        (
            "avg_pool, kernel: 2}",
            "avg_pool, kernel: 4}",
            [
                ("~", "pool1", "kernel: 2 -> 4; shape: 8×4×4 -> 8×2×2"),
                ("~", "flat", "shape: 128 -> 32"),
                ("~", "fc1", "input: 128 -> 32"),
            ],
        ),
    ],
)
def test_layers_are_compared_field_by_field(
    old: str, new: str, expected: list[tuple[str, str, str]]
) -> None:
    assert A.count(old) == 1
    assert changes(A, A.replace(old, new)) == expected


def test_what_a_layer_reads_is_compared_unless_it_is_the_layer_before() -> None:
    chain = "  - a: {type: relu}\n  - b: {type: tanh}\n  - c: {type: add, from: [a, b]}\n"
    assert changes(chain, chain.replace("[a, b]", "[b, b]").replace("tanh}", "tanh, from: a}")) == [
        ("~", "c", "reads: [a, b] -> [b, b]")
    ]
    other = chain.replace("tanh}", "tanh, from: input}")
    assert changes(chain, other) == [("~", "b", "reads: a -> input")]
    assert changes(chain, chain.replace("a:", "z:").replace("[a,", "[z,")) == [
        ("~", "a -> z", "renamed")
    ]
    longer = chain.replace("  - b", "  - n: {type: sigmoid}\n  - b")
    assert changes(chain, longer) == [("+", "n", "sigmoid, 4×8×8")]


def test_among_renamed_layers_those_that_do_the_same_belong_together() -> None:
    before = "".join(f"  - a{k}: {{type: conv2d, filters: 4, kernel: {k}}}\n" for k in (1, 2, 3, 4))
    after = "".join(f"  - b{k}: {{type: conv2d, filters: 4, kernel: {k}}}\n" for k in (1, 3))
    rows = changes(before, after)
    assert [(mark, name) for mark, name, _ in rows] == [
        ("~", "a1 -> b1"),
        ("-", "a2"),
        ("~", "a3 -> b3"),
        ("-", "a4"),
    ]


def test_an_input_of_another_size_is_a_row() -> None:
    before = archc.parse(HEAD + "  - a: {type: relu}\n")
    after = archc.parse(HEAD.replace("width: 8", "width: 9") + "  - a: {type: relu}\n")
    lines = str(before.diff(after)).splitlines()
    assert lines[4].split() == ["~", "input", "shape:", "4×8×8", "->", "4×8×9"]
    assert lines[5].split()[:4] == ["~", "a", "shape:", "4×8×8"]
    assert lines[-1] == "0 layers are the same"


def test_long_values_are_cut_in_the_table_alone() -> None:
    table = "\\n".join(["X" * 40] * 4)
    conv = "  - a: {type: conv2d, filters: 40, kernel: 1, init: {weight: he_normal}}\n"
    other = conv.replace("kernel", f'connections: "{table}", kernel')
    before, after = (archc.parse(HEAD + layers) for layers in (conv, other))
    (change,) = before.diff(after).layers[0].changes
    assert str(change) == f'connections: none -> "{"X" * 40}\\n{"X" * 16}…'
    assert change.values["after"] == "\n".join(["X" * 40] * 4)


def test_a_thousand_renamed_layers_are_compared_in_good_time() -> None:
    kinds = ("{type: relu}", "{type: conv2d, filters: 4, kernel: 1}", "{type: tanh}")
    before, after = (
        archc.parse(HEAD + "".join(f"  - {c}{i}: {kinds[i % 3]}\n" for i in range(1000)))
        for c in "ab"
    )
    assert len(before.diff(after).changed) == 1000


@given(text=specs())
@settings(max_examples=30)
def test_a_network_is_equal_to_itself(text: str) -> None:
    net = archc.parse(text)
    found = net.diff(net)
    assert found.equal
    assert [layer.kind for layer in found.layers] == ["same"] * len(net.graph.nodes)


@given(first=specs(), second=specs())
@settings(max_examples=60)
def test_every_layer_is_in_one_row_and_the_rows_add_up(first: str, second: str) -> None:
    before, after = archc.parse(first), archc.parse(second)
    found = before.diff(after)
    assert [n.before.name for n in found.layers if n.before] == [*before.graph.shapes][1:]
    assert [n.after.name for n in found.layers if n.after] == [*after.graph.shapes][1:]
    record = found.record()
    for figure, total in asdict(found.cost).items():
        assert sum(layer[figure] for layer in record["layers"]) == total == record["totals"][figure]
    back = after.diff(before).cost
    assert asdict(back) == {figure: -n for figure, n in asdict(found.cost).items()}


@given(data=st.data())
@settings(max_examples=60)
def test_the_changes_of_a_layer_put_into_the_first_spec_give_the_second(
    data: st.DataObject,
) -> None:
    head = {"input": {"channels": 2, "height": 20, "width": 20}}
    texts = [spec_text([{"c": data.draw(convolutions(2))}], **head) for _ in "ab"]
    before, after = map(archc.parse, texts)
    fields = [c for layer in before.diff(after).changed for c in layer.changes]
    overrides = {
        f"c.{change.field}": change.values["after"] for change in fields if change.field != "shape"
    }
    assert archc.parse(texts[0], overrides=overrides).diff(after).equal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("conv2d, filters: 4, kernel: 3, padding: same", "conv2d, filters: 4, kernel: 3, padding: 1"),
        ("conv2d, filters: 4, kernel: 3, padding: valid", "conv2d, filters: 4, kernel: [3, 3]"),
        ("conv2d, filters: 4, kernel: 4, padding: same_upper", "conv2d, filters: 4, kernel: 4, padding: {top: 1, bottom: 2, left: 1, right: 2}"),
        ("conv2d, filters: 4, kernel: 1, dilation: 3", "conv2d, filters: 4, kernel: 1"),
        ("conv2d, filters: 4, kernel: 1, bias: false, init: {bias: 1}", "conv2d, filters: 4, kernel: 1, bias: false"),
        ("max_pool, kernel: 2", "max_pool, kernel: 2, stride: 2"),
        ("max_pool, kernel: 2, ceil_mode: true", "max_pool, kernel: 2"),
        ("avg_pool, kernel: 2, count_padding: true", "avg_pool, kernel: 2"),
        ("lrn, size: 5, k: 2, alpha: 1e-4, beta: 0.75, over: sum", "lrn, size: 5, k: 2, alpha: 5e-4, beta: 0.75, over: mean"),
        ("lrn, size: 7, k: 2, alpha: 1e-4, beta: 0.75, over: sum", "lrn, size: 7, k: 2, alpha: 7e-4, beta: 0.75, over: mean"),
    ],
)  # fmt: skip
def test_another_spelling_of_the_same_is_no_change(one: str, other: str) -> None:
    nets = [archc.parse(f"{HEAD}  - a: {{type: {layer}}}\n") for layer in (one, other)]
    assert nets[0].diff(nets[1]).equal
    assert nets[1].diff(nets[0]).equal


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("conv2d, filters: 4, kernel: 5, padding: same", "conv2d, filters: 4, kernel: 5, padding: 1", "padding: same -> 1; shape: 4×8×8 -> 4×6×6"),
        ("max_pool, kernel: 3, ceil_mode: true", "max_pool, kernel: 3", "ceil_mode: true -> false; shape: 4×3×3 -> 4×2×2"),
        ("avg_pool, kernel: 3, stride: 1, padding: 1, count_padding: true", "avg_pool, kernel: 3, stride: 1, padding: 1", "count_padding: true -> false"),
        ("lrn, size: 5, k: 2, alpha: 1e-4, beta: 0.75, over: sum", "lrn, size: 5, k: 2, alpha: 1e-4, beta: 0.75, over: mean", "over: sum -> mean"),
        ("lrn, size: 5, k: 2, alpha: 1e-4, beta: 0.75, over: sum", "lrn, size: 3, k: 2, alpha: 3e-4, beta: 0.75, over: mean", "size: 5 -> 3"),
        ("dense, units: 4, init: {bias: 1}", "dense, units: 4", "init.bias: 1 -> 0"),
    ],
)  # fmt: skip
def test_a_spelling_that_means_another_thing_is_a_change(
    one: str, other: str, expected: str
) -> None:
    flat = "  - f: {type: flatten}\n" if one.startswith("dense") else ""
    (change,) = changes(*(f"{flat}  - a: {{type: {layer}}}\n" for layer in (one, other)))
    assert change[2] == expected
