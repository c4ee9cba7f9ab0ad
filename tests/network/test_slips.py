"""Warnings: which likely slips are told, and which a spec allows."""

import pytest

import archc
from archc.language.shipped import shipped

HEAD = "archc: 1\nname: Net\ninput: {channels: 3, height: 8, width: 8}\nlayers:\n"
DEEP = "".join(
    f"  - c{i}: {{type: conv2d, filters: 4, kernel: 1, activation: relu}}\n" for i in range(8)
)
POOL = "  - a: {type: max_pool, kernel: 3}\n"


def codes(text: str, **overrides: object) -> list[str]:
    return [found.code for found in archc.parse(HEAD + text, overrides=overrides).warnings]


@pytest.mark.parametrize("name", shipped())
def test_a_spec_that_ships_has_no_warning_that_it_does_not_justify(name: str) -> None:
    assert archc.load(name).warnings == []


def test_a_warning_is_no_error_and_says_so() -> None:
    net = archc.parse(HEAD + POOL)
    (found,) = net.warnings
    assert net.check() == []
    assert (found.severity, found.record()["severity"]) == ("warning", "warning")
    assert str(found) == (
        "spec.yaml:5:33: warning W301 [unseen-pixels]: no window of 'a' sees 2 rows and 2 columns "
        "of its 8×8 input\n"
        " 5 |   - a: {type: max_pool, kernel: 3}\n"
        "   |                                 ^\n"
        "  help: an input of 6×6 or 9×9 would be seen whole; or pad"
    )


def test_a_spec_allows_a_warning_everywhere_or_for_layers() -> None:
    two = POOL + "  - b: {type: avg_pool, kernel: 2, stride: 3}\n"
    assert codes(two) == ["W301"]
    assert codes(POOL + 'allow: {W301: "why"}\n') == []
    assert codes(POOL + 'allow: {W301: {a: "why"}}\n') == []
    assert codes(POOL + '  - b: {type: relu}\nallow: {W301: {b: "why"}}\n') == ["W301", "W103"]


def test_with_overrides_nothing_is_said_of_what_the_unchanged_network_allows() -> None:
    text = POOL + 'allow: {W301: "why"}\n'
    assert codes(text, **{"input.height": 9, "input.width": 9}) == []
    assert codes(text.replace("W301", "W201")) == ["W301", "W103"]


def test_a_default_that_reaches_many_layers_is_told_once() -> None:
    layers = "".join(f"  - b{i}: {{type: batch_norm, epsilon: 1e-5}}\n" for i in range(3))
    assert codes(layers + "defaults: {batch_norm: {momentum: 0.1}}\n") == ["W201"]
    allowed = 'allow: {W201: {b0: "why"}}\n'
    assert codes(layers + "defaults: {batch_norm: {momentum: 0.1}}\n" + allowed) == ["W201"]


@pytest.mark.parametrize(
    ("momentum", "told"), [(0.1, True), (0.5, True), (0.51, False), (0.9, False), (0, False)]
)
def test_a_momentum_like_pytorchs_is_told(momentum: float, told: bool) -> None:
    found = archc.parse(
        HEAD + f"  - b: {{type: batch_norm, epsilon: 1e-5, momentum: {momentum}}}\n"
    ).warnings
    assert [d.help for d in found] == (
        [f"PyTorch's {momentum} is momentum: {1 - momentum} here"] if told else []
    )


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        ("  - f: {type: flatten}\n  - o: {type: dense, units: 3, activation: softmax}\n", False),
        ("  - f: {type: flatten}\n  - o: {type: dense, units: 3}\n", False),
        ("  - f: {type: flatten}\n  - o: {type: dense, units: 3, activation: sigmoid}\n", True),
        ("  - s: {type: softmax}\n  - f: {type: flatten}\n", True),
        ("  - s: {type: softmax}\n  - f: {type: dropout, rate: 0.5}\n", True),
    ],
)
def test_cross_entropy_applies_a_softmax_to_all_but_a_softmax(layers: str, told: bool) -> None:
    recipe = "train: {source: here, loss: cross_entropy}\n"
    assert codes(layers + recipe) == (["W202"] if told else [])
    assert codes(layers + recipe.replace("cross_entropy", "mean_squared_error")) == []


def test_a_softmax_of_a_softmax_is_told_where_it_is() -> None:
    layers = "  - s: {type: softmax}\n  - f: {type: flatten}\n  - t: {type: softmax}\n"
    (found,) = archc.parse(HEAD + layers).warnings
    assert found.span is not None
    assert (found.code, found.span.line) == ("W202", 7)
    assert codes(layers.replace("{type: flatten}", "{type: relu}")) == []


@pytest.mark.parametrize(
    ("kernel", "behind", "told"),
    [
        ("8", "  - f: {type: flatten}\n", []),
        ("7", "  - f: {type: flatten}\n", ["W302"]),
        ("7", "", ["W302"]),
        ("[8, 7]", "  - r: {type: relu}\n  - f: {type: flatten}\n", ["W302"]),
        ("7", "  - c: {type: conv2d, filters: 2, kernel: 1}\n", ["W301"]),
        ("7, stride: 1", "  - f: {type: flatten}\n", ["W302"]),
        ("5", "  - f: {type: flatten}\n", ["W301"]),
        ("2", "  - f: {type: flatten}\n", []),
    ],
)
def test_a_pool_that_leaves_a_few_pixels_out_is_told(
    kernel: str, behind: str, told: list[str]
) -> None:
    assert codes(f"  - p: {{type: avg_pool, kernel: {kernel}}}\n{behind}") == told


def test_a_window_that_was_global_without_the_overrides_is_told() -> None:
    assert [d.message for d in archc.load("lenet5", {"input.width": 36}).warnings] == [
        "the 5×5 window of 'c5' does not cover its whole input of 5×6, which was 5×5 without the "
        "overrides"
    ]


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        (DEEP, True),
        (DEEP.replace("activation: relu", "activation: {leaky_relu: {slope: 0.1}}"), True),
        (DEEP.replace("activation: relu", "activation: tanh"), False),
        (DEEP.replace("activation: relu", "activation: relu, init: {weight: he_normal}"), False),
        (DEEP.partition("  - c7")[0], False),
        (DEEP.replace(", activation: relu}", "}\n  - r{}: {type: relu}"), True),
    ],
)
def test_glorots_rule_before_a_relu_is_told_in_a_deep_network(layers: str, told: bool) -> None:
    while "r{}" in layers:
        layers = layers.replace("r{}", f"r{layers.count('r{}')}", 1)
    assert codes(layers) == (["W303"] if told else [])


def test_the_layers_that_are_allowed_a_rule_are_not_counted() -> None:
    (found,) = archc.parse(HEAD + DEEP + 'allow: {W303: {c0: "why", c5: "why"}}\n').warnings
    assert found.message.startswith("glorot_uniform starts 6 of 8 layers with weights, 'c1' first")
    every = ", ".join(f'c{i}: "why"' for i in range(8))
    assert codes(f"{DEEP}allow: {{W303: {{{every}}}}}\n") == []
