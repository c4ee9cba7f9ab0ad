"""Initial numbers against the distribution that the spec says they come from."""

import numpy as np
import pytest
from support.faults import NETWORKS

import archc
from archc.proof import beginnings
from archc.proof.beginnings import Beginning
from archc.weights import initial

RANDOM = np.random.default_rng(0)
UNIFORM = RANDOM.uniform(-1, 1, (90, 90)).astype(np.float32)
NORMAL = RANDOM.standard_normal((90, 90)).astype(np.float32)


@pytest.mark.parametrize(
    ("kind", "scale", "drawn", "words"),
    [
        ("uniform", 1.0, UNIFORM, ""),
        ("uniform", 0.5, UNIFORM, "1 is beyond their bound"),
        ("uniform", 1.1, UNIFORM, "their standard deviation is 0.526 in units of the spec's scale"),
        ("uniform", 1.0, np.abs(UNIFORM), "their standard deviation is 0.288 in units"),
        ("uniform", 3.0, np.clip(NORMAL, -3, 3), "their standard deviation is 0.33 in units"),
        ("normal", 1.0, NORMAL, ""),
        ("normal", 2.0, NORMAL, "their standard deviation is 0.496 in units of the spec's scale"),
        ("normal", 3**-0.5, UNIFORM, "their standard deviation is 1 in units"),
        ("truncated_normal", 1.0, NORMAL, " is beyond their bound"),
        ("truncated_normal", 1.0, NORMAL[abs(NORMAL) < 2], ""),
        ("constant", 0.1, np.full(3, 0.1, np.float32), ""),
        ("constant", 0.1, np.array([0.1, 0.1, 0.2], np.float32), "they are not all 0.1"),
        ("normal", 1.0, np.where(NORMAL > 3, np.nan, NORMAL), "nan is beyond their bound"),
    ],
)
def test_numbers_of_another_distribution_are_strange(
    kind: str, scale: float, drawn: np.ndarray, words: str
) -> None:
    said = Beginning("a.weight", kind, (scale,)).strange(drawn)
    assert (words in said) if words else said == ""


def test_each_kernel_has_a_scale_of_its_own() -> None:
    drawn = UNIFORM * np.linspace(1, 3, 90, dtype=np.float32)[:, None]
    scales = tuple(np.linspace(1, 3, 90))
    assert Beginning("a.weight", "uniform", scales).strange(drawn) == ""
    assert "beyond" in Beginning("a.weight", "uniform", scales[::-1]).strange(drawn)


@pytest.mark.parametrize("text", NETWORKS.values(), ids=NETWORKS)
def test_what_archc_draws_is_never_strange(text: str) -> None:
    graph = archc.parse(text).graph
    for seed in range(20):
        drawn = dict(initial.initial(graph, seed))
        for beginning in beginnings.of(graph):
            assert beginning.strange(drawn[beginning.name]) == ""
