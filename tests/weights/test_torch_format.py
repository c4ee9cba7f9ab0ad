"""PyTorch's checkpoints: where their tensors are, and what is none that archc reads."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.checkpoints import CONV, layers
from torch import nn
from torch.nn.utils import parametrizations, weight_norm

from archc.errors import EnvironmentProblem
from archc.weights import importing

NET = layers(f"a: {CONV}")
STATE = {"a.weight": torch.zeros(4, 4, 3, 3), "a.bias": torch.zeros(4)}


def refused(path: Path) -> tuple[str, str]:
    """(why a file is none that archc reads, what to do)."""
    with pytest.raises(EnvironmentProblem) as caught:
        importing.find(NET.graph, path)
    (finding,) = caught.value.diagnostics
    assert finding.code == "E702"
    return finding.message.partition(" can read: ")[2], finding.help


def saved(path: Path, held: Any) -> Path:
    torch.save(held, path)
    return path


@pytest.mark.parametrize(
    ("held", "place"),
    [
        (STATE, ""),
        ({"net": STATE, "epoch": 7}, "net"),
        ({"state_dict": STATE, "ema": STATE}, "state_dict"),
        ({"run": {"generator": STATE, "step": 3}}, "run.generator"),
        ({"model": STATE, "optimizer": {"state": {0: {"exp_avg": torch.zeros(4)}}}}, "model"),
        ({"weights": STATE, "optimizer_state_dict": {"exp_avg": torch.zeros(4)}}, "weights"),
    ],
)
def test_the_state_dict_is_found_wherever_it_is(held: Any, place: str, tmp_path: Path) -> None:
    found = importing.find(NET.graph, saved(tmp_path / "w.pt", held))
    assert found.record()["place"] == place
    assert (f"read from '{place}' in the file" in str(found)) == bool(place)
    assert [*found.matches] == ["a.weight", "a.bias"]


def test_of_several_none_is_chosen(tmp_path: Path) -> None:
    path = saved(tmp_path / "w.pt", {"generator": STATE, "critic": STATE})
    assert refused(path) == (
        "it contains several state dicts: 'generator', 'critic'",
        'save one of them alone: torch.save(torch.load(f)["generator"], g)',
    )
    assert refused(saved(path, {"epoch": 7}))[0] == "it contains no state dict"


@pytest.mark.parametrize("ending", ["pt", "pth", "th", "bin", "ckpt", "tar", "pth.tar", "PTH"])
def test_every_usual_ending_is_read(ending: str, tmp_path: Path) -> None:
    assert importing.find(NET.graph, saved(tmp_path / f"w.{ending}", STATE)).matches


def test_torchscript_is_told_what_to_do(tmp_path: Path) -> None:
    module = torch.jit.trace(nn.Conv2d(4, 4, 3), torch.zeros(1, 4, 8, 8))
    torch.jit.save(module, tmp_path / "w.pt")
    assert refused(tmp_path / "w.pt") == (
        "it is a TorchScript archive, which is a program",
        "load it with torch.jit.load(f), and save its .state_dict() with torch.save",
    )


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("norm", [parametrizations.weight_norm, weight_norm])
def test_weight_normalisation_is_told_what_to_do(norm: Any, tmp_path: Path) -> None:
    module = nn.Sequential()
    module.a = norm(nn.Conv2d(4, 4, 3))
    problem, help = refused(saved(tmp_path / "w.pt", module.state_dict()))
    assert problem.endswith("is one part of a weight that weight normalisation took apart")
    assert "torch.nn.utils.parametrize.remove_parametrizations(module, 'weight')" in help


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("state", "problem"),
    [
        ({"a.weight": torch.zeros(3).to_sparse()}, "'a.weight' is a sparse tensor"),
        ({"x": torch.zeros(3, 3).to_sparse_csr()}, "'x' is a sparse tensor"),
        ({"x": torch.zeros(3, device="meta")}, "'x' is a tensor without numbers (meta)"),
        ({3: torch.zeros(3)}, "a name in its state dict is 3, not text"),
        ({"n" * 5000: torch.zeros(3)}, "a name in it has 5,000 characters"),
    ],
)
def test_nothing_is_dropped_without_a_word(state: Any, problem: str, tmp_path: Path) -> None:
    assert refused(saved(tmp_path / "w.pt", {**STATE, **state}))[0] == problem


def test_what_is_no_tensor_is_said_to_be_ignored(tmp_path: Path) -> None:
    found = importing.find(NET.graph, saved(tmp_path / "w.pt", {**STATE, "epoch": 7}))
    assert found.ignored == ("epoch",)
    assert str(found).splitlines()[-3] == "ignored: 'epoch'"


def test_a_negative_view_is_read(tmp_path: Path) -> None:
    bias = torch.arange(4.0)
    found = importing.find(
        NET.graph, saved(tmp_path / "w.pt", {**STATE, "a.bias": bias._neg_view()})
    )
    assert np.array_equal(found.matches["a.bias"].tensor.read(), [-0.0, -1, -2, -3])
