"""Files that would do harm if more than their tensors were read."""

import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import h5py
import keras
import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper
from support.checkpoints import CONV, import_file, layers, stored

from archc.errors import EnvironmentProblem
from archc.weights import importing, limits, onnx_format

NET = layers(f"a: {CONV}")
SHAPES = {"0": (3, 3, 4, 4), "1": (4,)}


class Harm:
    """What an unpickler would run."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.mark),)


def refusal(path: Path) -> str:
    """Why a file is no checkpoint; nothing may come of it in its folder."""
    before = sorted(path.parent.rglob("*"))
    with pytest.raises(EnvironmentProblem) as caught:
        import_file(NET.graph, path, path.parent / "mine.safetensors")
    assert sorted(path.parent.rglob("*")) == before
    (finding,) = caught.value.diagnostics
    assert finding.code == "E702"
    return finding.message.partition(" can read: ")[2]


@pytest.mark.parametrize(
    "save", [torch.save, lambda held, path: path.write_bytes(pickle.dumps(held))]
)
@pytest.mark.parametrize("ending", ["pt", "pth", "bin", "ckpt"])
def test_code_in_a_pickle_is_not_run(
    save: Callable[[object, Path], None], ending: str, tmp_path: Path
) -> None:
    path = tmp_path / f"w.{ending}"
    save({"a.weight": Harm(tmp_path / "harm")}, path)
    refusal(path)
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize(
    "file", ["w.safetensors", "w.pt", "w.weights.h5", "w.keras", "w.onnx"]
)  # fmt: skip
@pytest.mark.parametrize("raw", [b"", b"\0" * 100, b"\xff" * 100, b"PK\3\4", b"\x89HDF\r\n\x1a\n"])
def test_a_file_of_nothing_is_refused(file: str, raw: bytes, tmp_path: Path) -> None:
    (tmp_path / file).write_bytes(raw)
    assert refusal(tmp_path / file)


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_a_file_that_ends_too_early_is_refused(cut: float, tmp_path: Path) -> None:
    stored(NET, tmp_path / "w.safetensors")
    raw = (tmp_path / "w.safetensors").read_bytes()
    (tmp_path / "w.safetensors").write_bytes(raw[: int(cut * len(raw))])
    assert refusal(tmp_path / "w.safetensors")


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    """One whose compressed bytes are no deflate stream, one of a zip version that does not exist."""
    packed, future = tmp_path / "w.keras", tmp_path / "w.pt"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.weights.h5", b"x" * 1000)
    raw = packed.read_bytes()
    data = raw.index(b"model.weights.h5") + len("model.weights.h5")
    packed.write_bytes(raw[:data] + b"\xff" * 4 + raw[data + 4 :])
    assert "invalid block type" in refusal(packed)
    version = raw.index(b"PK\1\2") + 6
    for path in (future, packed):
        path.write_bytes(raw[:version] + b"\x63" + raw[version + 1 :])
        assert refusal(path) == "zip file version 9.9"


def h5(path: Path, fill: Callable[[h5py.Group], None]) -> Path:
    with h5py.File(path, "w") as file:
        group = file.create_group("layers/conv2d/vars")
        group.attrs["name"] = "a"
        fill(group)
    return path


def test_an_h5_file_leads_nowhere_else(tmp_path: Path) -> None:
    other = h5(
        tmp_path / "other.h5", lambda g: g.update({k: np.ones(s, "f") for k, s in SHAPES.items()})
    )
    (tmp_path / "secret").write_bytes(b"\0" * 4096)

    def virtual(group: h5py.Group) -> None:
        layout = h5py.VirtualLayout(SHAPES["0"], "f")
        layout[:] = h5py.VirtualSource(other, "layers/conv2d/vars/0", SHAPES["0"])
        group.create_virtual_dataset("0", layout)

    def external(group: h5py.Group) -> None:
        group.create_dataset("0", SHAPES["0"], "f", external=[(tmp_path / "secret", 0, 4096)])

    for fill, words in (
        (
            lambda g: g.update({"0": h5py.ExternalLink("other.h5", "/layers/conv2d/vars/0")}),
            "a link",
        ),
        (lambda g: g.update({"0": h5py.SoftLink("/layers")}), "a link"),
        (virtual, "is in another file"),
        (external, "is in another file"),
    ):
        assert words in refusal(h5(tmp_path / "k.weights.h5", fill))


def test_groups_within_themselves_are_not_walked_for_ever(tmp_path: Path) -> None:
    def loop(group: h5py.Group) -> None:
        group["again"] = group

    assert "nested too deeply" in refusal(h5(tmp_path / "k.weights.h5", loop))


def test_an_array_that_claims_more_than_it_holds_is_never_allocated(tmp_path: Path) -> None:
    def claim(group: h5py.Group) -> None:
        group.create_dataset("0", (2**20, 2**20), "f", chunks=(2**10, 2**10))
        group.create_dataset("1", (4,), "f")

    path = h5(tmp_path / "k.weights.h5", claim)
    with pytest.raises(EnvironmentProblem, match="E703") as caught:
        importing.find(NET.graph, path)
    assert "is 1048576×1048576" in str(caught.value)


def test_the_description_in_a_keras_file_is_data(tmp_path: Path) -> None:
    """One with a lambda, whose code Keras would run, and one that is no JSON."""
    model = keras.Sequential(
        [
            keras.layers.Input((8, 8, 4)),
            keras.layers.Lambda(lambda x: x),
            keras.layers.Conv2D(4, 3, padding="same"),
        ]
    )
    model.save(tmp_path / "k.keras")
    found = importing.find(NET.graph, tmp_path / "k.keras")
    assert [*found.matches] == ["a.weight", "a.bias"]
    with zipfile.ZipFile(tmp_path / "k.keras") as archive:
        weights = archive.read("model.weights.h5")
    with zipfile.ZipFile(tmp_path / "k.keras", "w") as archive:
        archive.writestr("config.json", "}{")
        archive.writestr("model.weights.h5", weights)
    assert [*importing.find(NET.graph, tmp_path / "k.keras").matches] == ["a.weight", "a.bias"]


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = tmp_path / "k.keras"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.weights.h5", b"\0" * 50_000_000)
    assert bomb.stat().st_size < 100_000
    monkeypatch.setattr(limits.psutil, "virtual_memory", lambda: SimpleNamespace(available=10**7))
    (tmp_path / "w.pt").write_bytes(bomb.read_bytes())
    for path in (bomb, tmp_path / "w.pt"):
        with pytest.raises(
            EnvironmentProblem, match=r"E708 .*: reading \S+ needs at least 50,000,000"
        ):
            importing.read(path)


def onnx_file(path: Path, **entries: str) -> Path:
    """A convolution whose kernel lies outside, where `entries` say."""
    kernel = TensorProto(name="a.weight", data_type=TensorProto.FLOAT, dims=(4, 4, 3, 3))
    kernel.data_location = TensorProto.EXTERNAL
    for key, value in entries.items():
        kernel.external_data.add(key=key, value=value)
    bias = helper.make_tensor("a.bias", TensorProto.FLOAT, (4,), [0.0] * 4)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "a.weight", "a.bias"], ["y"], pads=[1, 1, 1, 1])],
        "g",
        [],
        [],
        [kernel, bias],
    )
    path.write_bytes(helper.make_model(graph).SerializeToString())
    return path


def test_an_onnx_file_reads_no_file_but_its_neighbours(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret").write_bytes(b"\1" * 576)
    (inner / "data").write_bytes(b"\1" * 576)
    (inner / "link").symlink_to(tmp_path / "secret")
    path = inner / "o.onnx"
    for location in ("../secret", str(tmp_path / "secret"), "link", "", "a\0b", "x/../../secret"):
        assert "is outside its folder" in refusal(onnx_file(path, location=location))
    assert "data file nowhere is missing" in refusal(onnx_file(path, location="nowhere"))
    assert "beyond the end" in refusal(onnx_file(path, location="data", offset="1", length="576"))
    assert "beyond the end" in refusal(onnx_file(path, location="data", offset="-1"))
    assert "the offset of a.weight is not a number" in refusal(
        onnx_file(path, location="data", offset="1e3")
    )
    assert "has 400 bytes, not 576" in refusal(onnx_file(path, location="data", length="400"))
    assert "cannot read a.weight" in refusal(onnx_file(path, location="data", offset="500"))
    assert "has 0 bytes, not 576" in refusal(onnx_file(path, location="data", length="0"))
    assert "beyond the end" in refusal(onnx_file(path, location="data", length="577"))
    onnx_file(path, location="data", offset="0", length="576")
    importing.read(path)
    onnx_file(path, location="data")
    import_file(NET.graph, path, tmp_path / "mine.safetensors")
    assert onnx.load(path, load_external_data=False).graph.initializer[0].name == "a.weight"


def test_an_onnx_file_may_take_twice_its_size_and_no_byte_more(tmp_path: Path) -> None:
    path = onnx_file(tmp_path / "o.onnx", location="data", length="576")
    (tmp_path / "data").write_bytes(b"\0" * 576)
    twice = 2 * path.stat().st_size
    found = onnx_format.read_onnx(path, limits.Allowed(twice, twice))
    assert [tensor.name for tensor in found.tensors] == ["a.weight", "a.bias"]
    with pytest.raises(EnvironmentProblem, match=f"it unpacks to {twice:,} bytes, more than"):
        onnx_format.read_onnx(path, limits.Allowed(twice - 1, twice))
    with pytest.raises(EnvironmentProblem, match=f"E708 .* at least {twice:,} bytes of memory"):
        onnx_format.read_onnx(path, limits.Allowed(twice, twice - 1))


def test_a_tensor_of_strides_claims_no_memory(tmp_path: Path) -> None:
    huge = torch.zeros(1).expand(2**20, 2**20)
    torch.save({"a.weight": huge, "a.bias": torch.zeros(4)}, tmp_path / "w.pt")
    with pytest.raises(EnvironmentProblem, match="E703"):
        importing.find(NET.graph, tmp_path / "w.pt")
