"""Keras's files: what their arrays hold, and what is none that archc reads."""

from collections.abc import Callable
from pathlib import Path

import h5py
import keras
import ml_dtypes
import numpy as np
import pytest
from support.checkpoints import CONV, import_file, layers

from archc.errors import EnvironmentProblem
from archc.weights import importing

NET = layers(f"a: {CONV}")
NORM = layers("n: {type: batch_norm, epsilon: 1e-3, momentum: 0.9}")
SHAPES = {"0": (3, 3, 4, 4), "1": (4,)}


def h5(path: Path, fill: Callable[[h5py.Group], None]) -> Path:
    with h5py.File(path, "w") as file:
        group = file.create_group("layers/conv2d/vars")
        group.attrs["name"] = "a"
        fill(group)
    return path


def refused(path: Path, net: object = NET) -> tuple[str, str]:
    with pytest.raises(EnvironmentProblem) as caught:
        importing.find(net.graph, path)  # type: ignore[attr-defined]
    (finding,) = caught.value.diagnostics
    assert finding.code == "E702"
    return finding.message.partition(" can read: ")[2], finding.help


@pytest.mark.parametrize("dtype", [">f4", "<f8", "f2", ">f2", ml_dtypes.bfloat16])
def test_numbers_are_what_they_are_stored_as(dtype: object, tmp_path: Path) -> None:
    values = {key: np.arange(np.prod(s)).reshape(s) % 100 / 4 for key, s in SHAPES.items()}

    def fill(group: h5py.Group) -> None:
        for key, value in values.items():
            group.create_dataset(key, data=value.astype(dtype))
            if dtype is ml_dtypes.bfloat16:
                group[key].attrs["dtype"] = "bfloat16"

    path = h5(tmp_path / "k.weights.h5", fill)
    found = importing.find(NET.graph, path)
    for key, name in (("0", "a.weight"), ("1", "a.bias")):
        node, weight = importing.canonical.weights_of(NET.graph)[name]
        expected = found.matches[name].convert(values[key].astype(dtype).astype("f4"))
        assert np.array_equal(found._value(node, weight), expected)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (lambda: h5py.Empty("f"), "nothing at all"),
        (lambda: np.zeros(4, [("a", "f4"), ("b", "f4")]), "void64"),
        (lambda: np.zeros(4, [("a", "i1"), ("b", "i1")]), "void16"),
        (lambda: np.zeros(4, "V2"), "void16"),
        (lambda: "text", "object"),
        (lambda: np.zeros(4, "c8"), "complex64"),
        (lambda: np.zeros(4, np.longdouble), "float128"),
    ],
)
def test_what_is_no_number_is_refused_by_its_kind(
    data: Callable[[], object], kind: str, tmp_path: Path
) -> None:
    def fill(group: h5py.Group) -> None:
        group.create_dataset("0", SHAPES["0"], "f")
        group["1"] = data()

    assert refused(h5(tmp_path / "k.weights.h5", fill))[0] == (
        f"layers/conv2d/vars/1 holds {kind}, not numbers"
    )


def test_a_chunk_that_dwarfs_its_array_is_never_allocated(tmp_path: Path) -> None:
    def fill(group: h5py.Group) -> None:
        group.create_dataset("0", SHAPES["0"], "f")
        group.create_dataset("1", (4,), "f", chunks=(900_000_000,), maxshape=(None,))

    problem, _ = refused(h5(tmp_path / "k.weights.h5", fill))
    assert problem == "layers/conv2d/vars/1 of 16 bytes lies in a chunk that is far larger"


def test_forty_thousand_groups_are_walked_in_one_pass(tmp_path: Path) -> None:
    """Each has an array of its own; looking through all for each would take minutes."""
    with h5py.File(tmp_path / "k.weights.h5", "w", libver="latest") as file:
        for number in range(5_000):
            file[f"layers/l{number}/vars/0"] = np.zeros(1, "f")
    with pytest.raises(EnvironmentProblem, match="E704"):
        importing.find(NET.graph, tmp_path / "k.weights.h5")


@pytest.mark.parametrize("file", ["m.h5", "m.hdf5"])
def test_a_whole_model_in_the_legacy_format_is_told_what_to_do(file: str, tmp_path: Path) -> None:
    keras.Sequential([keras.layers.Input((8, 8, 4)), keras.layers.Conv2D(4, 3)]).save(
        tmp_path / "m.h5"
    )
    (tmp_path / "m.h5").rename(tmp_path / file)
    assert refused(tmp_path / file) == (
        "it is a whole model in the legacy HDF5 format of Keras",
        "load it with keras.models.load_model(f, compile=False), and save it with model.save('m.keras')",
    )


@pytest.mark.parametrize("name", ["n", "other"])
@pytest.mark.parametrize("file", ["k.keras", "k.weights.h5"])
@pytest.mark.parametrize(
    ("scale", "center"), [(True, True), (False, False), (False, True), (True, False)]
)
def test_what_a_batch_normalisation_lacks_is_1_and_0(
    scale: bool, center: bool, name: str, file: str, tmp_path: Path
) -> None:
    norm = keras.layers.BatchNormalization(epsilon=1e-3, scale=scale, center=center, name=name)
    model = keras.Sequential([keras.layers.Input((8, 8, 4)), norm])
    model.set_weights([np.full(4, number + 2, "f") for number in range(len(model.weights))])
    (model.save if file == "k.keras" else model.save_weights)(tmp_path / file)
    if file == "k.weights.h5" and scale != center:  # which of the two is there, it does not say
        assert refused(tmp_path / file, NORM)[0] == (
            f"{name} has three arrays: scale or shift is missing, and it does not say which"
        )
        return
    found = import_file(NORM.graph, tmp_path / file, tmp_path / "mine.safetensors")
    expected = {"n.scale": 1.0, "n.bias": 0.0}
    for variable in model.weights:
        known = {
            "gamma": "scale",
            "beta": "bias",
            "moving_mean": "mean",
            "moving_variance": "variance",
        }
        expected[f"n.{known[variable.name]}"] = float(variable.numpy()[0])
    written = importing.canonical.read(NORM.graph, tmp_path / "mine.safetensors")
    assert {name: float(array[0]) for name, array in written.items()} == expected
    assert [line["matched"] for line in found.record()["weights"]].count("absent: 1") == (not scale)
