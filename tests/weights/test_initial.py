"""Initial weights: exact numbers, the rules' statistics, and a definition of the bits in Python."""

import math
import statistics
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from support.checkpoints import layers

import archc
from archc.weights import canonical
from archc.weights.initial import stream
from archc.weights.philox import words
from archc.weights.quantile import WITHIN_TWO, log, quantile

U = 2.0**-24
MASK = (1 << 64) - 1
CONV = "a: {type: conv2d, filters: 4, kernel: 3}"
FILES = [
    ("lenet5", 0, "963f1a4cddeb763e"),
    ("lenet5-1998", 7, "be9aa24a2fd45e08"),
    ("lenet-28-sigmoid", 2**64 - 1, "8746ef1741baf4c9"),
]


def philox(key: tuple[int, int], counter: int) -> list[int]:
    """Philox 4x64-10 of Salmon et al. 2011, one block, in whole numbers."""
    c = [counter, 0, 0, 0]
    k = list(key)
    for _ in range(10):
        low, high = c[0] * 0xD2E7470EE14C6C93, c[2] * 0xCA5A826395121157
        c = [(high >> 64) ^ c[1] ^ k[0], high & MASK, (low >> 64) ^ c[3] ^ k[1], low & MASK]
        k = [(k[0] + 0x9E3779B97F4A7C15) & MASK, (k[1] + 0xBB67AE8584CAA73B) & MASK]
    return c


def dense(init: str, units: int = 1000) -> np.ndarray:
    """The weights of a dense layer of 256 inputs."""
    text = f"flat: {{type: flatten}}\nd: {{type: dense, units: {units}, init: {{weight: {init}}}}}"
    return layers(text).weights(seed=3)["d.weight"]


def test_words_are_philox() -> None:
    for key in ((0, 0), (7, stream("conv1.weight")), (MASK, MASK)):
        expected = [word for block in (1, 2) for word in philox(key, block)]
        assert [int(word) for word in words(*key)(8)] == expected


def test_a_stream_goes_on_where_it_was_left() -> None:
    draw = words(1, 2)
    assert [*draw(3), *draw(2)] == [*words(1, 2)(5)]


def test_a_weight_is_what_the_words_of_its_name_say() -> None:
    """The transform, restated in Python's own numbers."""
    net = archc.load("lenet5-1998")
    seed, name = 11, "c1.weight"
    block = philox((seed, int.from_bytes(sha256(name.encode()).digest()[:8], "little")), 1)
    v = [(2 * (word >> 12) + 1 - 2**52) / 2**52 for word in block]
    expected = np.float32([2.4 / 25 * value for value in v])
    assert (net.weights(seed)[name].ravel()[:4] == expected).all()


@pytest.mark.parametrize(
    ("init", "numbers"),
    [
        (
            "{normal: 0.01}",
            ["0x1.eeb3b60000000p-9", "-0x1.2c2dbc0000000p-8", "0x1.3816be0000000p-6"],
        ),
        (
            "{truncated_normal: 0.01}",
            ["0x1.d72bf20000000p-9", "-0x1.1d98ea0000000p-8", "0x1.0db7d00000000p-6"],
        ),
        (
            "{uniform: 0.3}",
            ["0x1.6971c20000000p-4", "-0x1.b1db5c0000000p-4", "0x1.21c0300000000p-2"],
        ),
        (
            "{fan_in_uniform: 2.4}",
            ["0x1.6971c20000000p-9", "-0x1.b1db5c0000000p-9", "0x1.21c0300000000p-7"],
        ),
        (
            "glorot_uniform",
            ["0x1.4d16ee0000000p-6", "-0x1.8fd2460000000p-6", "0x1.0b052a0000000p-4"],
        ),
        (
            "glorot_normal",
            ["0x1.ed84da0000000p-7", "-0x1.2b75f80000000p-6", "0x1.3757ae0000000p-4"],
        ),
        ("he_uniform", ["0x1.70e5ca0000000p-5", "-0x1.bacda60000000p-5", "0x1.27b9c20000000p-3"]),
        ("he_normal", ["0x1.11496e0000000p-5", "-0x1.4ba7580000000p-5", "0x1.58d00c0000000p-3"]),
        (
            "lecun_uniform",
            ["0x1.04d99a0000000p-5", "-0x1.391bf60000000p-5", "0x1.a2381a0000000p-4"],
        ),
        ("lecun_normal", ["0x1.827c660000000p-6", "-0x1.d507760000000p-6", "0x1.e7a3880000000p-4"]),
    ],
)
def test_numbers_never_change(init: str, numbers: list[str]) -> None:
    assert [float(n).hex() for n in dense(init).ravel()[[0, 1, -1]]] == numbers


def test_files_never_change(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    for name, seed, digest in FILES:
        canonical.init(archc.load(name).graph, path, seed, force=True)
        assert sha256(path.read_bytes()).hexdigest()[:16] == digest


def test_quantiles_are_accurate() -> None:
    near = np.random.default_rng(0).uniform(-0.5, 0.5, 5000)
    far = 2.0 ** -np.arange(2, 54)
    tails = np.concatenate([0.5 - far, far - 0.5])
    normal = statistics.NormalDist()
    q = np.concatenate([near, tails])
    lower = [normal.inv_cdf(0.5 - abs(value)) for value in q]  # exact where 1/2 + q is not
    expected = np.copysign(lower, q)
    error = np.abs(quantile(q) / np.where(expected == 0, 1, expected) - 1)
    assert error[np.abs(q) > 1e-3].max() < 3e-15
    assert (quantile(-q) == -quantile(q)).all()
    assert quantile(np.array([WITHIN_TWO]))[0] == pytest.approx(2, abs=1e-15)
    assert math.erf(math.sqrt(2)) / 2 == pytest.approx(WITHIN_TWO, abs=1e-16)


def test_logarithms_are_accurate() -> None:
    x = np.concatenate([2.0 ** -np.arange(1, 54), np.random.default_rng(0).uniform(0, 0.5, 5000)])
    assert np.abs(log(x) / np.array([math.log(value) for value in x]) - 1).max() < 1e-15


@pytest.mark.parametrize(
    ("init", "deviation", "largest"),
    [
        ("{normal: 0.01}", 0.01, None),
        ("{truncated_normal: 0.01}", 0.01 * 0.8796256610342398, 0.02),
        ("{uniform: 0.3}", 0.3 / 3**0.5, 0.3),
        ("{fan_in_uniform: 2.4}", 2.4 / 256 / 3**0.5, 2.4 / 256),
        ("glorot_uniform", (2 / 1256) ** 0.5, (6 / 1256) ** 0.5),
        ("glorot_normal", (2 / 1256) ** 0.5, None),
        ("he_uniform", (2 / 256) ** 0.5, (6 / 256) ** 0.5),
        ("he_normal", (2 / 256) ** 0.5, None),
        ("lecun_uniform", (1 / 256) ** 0.5, (3 / 256) ** 0.5),
        ("lecun_normal", (1 / 256) ** 0.5, None),
    ],
)
def test_every_rule_has_its_mean_deviation_and_limit(
    init: str, deviation: float, largest: float | None
) -> None:
    drawn = dense(init).astype(np.float64)
    error = 1 / drawn.size**0.5
    assert abs(drawn.mean()) < 4 * deviation * error
    assert drawn.std() == pytest.approx(deviation, rel=3 * error)
    assert (drawn != 0).all()
    if largest is None:
        assert 4.3 * deviation < np.abs(drawn).max() < 6 * deviation
    else:
        assert largest * 0.9999 < np.abs(drawn).max() <= largest * (1 + U)


def test_constants_and_what_batch_normalisation_begins_with() -> None:
    drawn = layers("n: {type: batch_norm, epsilon: 1e-5, momentum: 0.9}").weights()
    assert {name: [*array] for name, array in drawn.items()} == {
        "n.scale": [1] * 4,
        "n.bias": [0] * 4,
        "n.mean": [0] * 4,
        "n.variance": [1] * 4,
    }
    assert (dense("0.1") == np.float32(0.1)).all()


def test_kernels_of_a_table_are_drawn_by_the_fan_in_of_their_own_filter() -> None:
    net = archc.load("lenet5-1998")
    drawn = net.weights(seed=1)["c3.weight"]
    weight = next(n for n in net.graph.nodes if n.name == "c3").weights[0]
    limits = 2.4 / np.array(weight.fan_ins)
    reach = np.abs(drawn).max(axis=(1, 2))
    assert set(weight.fan_ins) == {75, 100, 150}
    assert (reach <= limits * (1 + U)).all()
    assert (reach > 0.8 * limits).all()


def test_codes_are_the_spec_s() -> None:
    net = archc.load("lenet5-1998")
    codes = net.weights()["out.codes"]
    assert codes.shape == (10, 84)
    assert (codes == np.array(net.graph.nodes[-1].weights[0].codes)).all()


def test_a_layer_more_changes_no_other_and_another_seed_changes_all() -> None:
    one = "a: {type: conv2d, filters: 4, kernel: 3, padding: 1}"
    two = "b: {type: conv2d, filters: 4, kernel: 3}"
    alone, both = layers(two).weights(), layers(f"{one}\n{two}").weights()
    assert (alone["b.weight"] == both["b.weight"]).all()
    assert (both["a.weight"] != both["b.weight"]).all()
    assert (layers(two).weights(1)["b.weight"] != alone["b.weight"]).all()


def test_the_largest_seed_is_a_seed() -> None:
    assert np.isfinite(dense("he_normal", 1)).all()
    assert layers(CONV).weights(2**64 - 1)["a.weight"].shape == (4, 4, 3, 3)
