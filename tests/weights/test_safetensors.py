"""safetensors files: each tensor as it is stored, in the file's order."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from archc.weights import safetensors


def test_tensors_are_what_they_were(tmp_path: Path) -> None:
    """Also those without axes, and those without numbers."""
    held = {
        "matrix": np.arange(6, dtype=np.float32).reshape(2, 3),
        "single": np.array(2.5),
        "none": np.empty((0, 3), np.int64),
        "bits": np.array([True, False]),
    }
    save_file(held, tmp_path / "w.safetensors")
    found = dict(safetensors.Reader(tmp_path / "w.safetensors").items())
    assert found.keys() == held.keys()
    for name, array in held.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert (found[name] == array).all()


def test_a_file_is_written_whole_byte_for_byte(tmp_path: Path) -> None:
    """The header's length, the header in multiples of eight bytes, the numbers in its order."""
    arrays = {"b": np.array([1.0, 2.0]), "a": np.array(3.0)}
    safetensors.save(tmp_path / "w.safetensors", arrays)
    header = (
        b'{"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},'
        b'"a":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}'
    )
    header += b" " * (-len(header) % 8)
    numbers = np.array([1, 2, 3], "<f4").tobytes()
    raw = (tmp_path / "w.safetensors").read_bytes()
    assert raw == len(header).to_bytes(8, "little") + header + numbers
    reader = safetensors.Reader(tmp_path / "w.safetensors")
    assert [*reader.entries.items()] == [("b", ("F32", (2,))), ("a", ("F32", ()))]
    assert reader.place("a") == (8 + len(header) + 8, 4)


@pytest.mark.parametrize(
    ("name", "array", "problem"),
    [
        ("b", np.zeros(2), r"b \(2,\) instead of a \(2,\)"),
        ("a", np.zeros(3), r"a \(3,\) instead of a \(2,\)"),
    ],
)
def test_what_is_written_is_what_was_announced(
    name: str, array: np.ndarray, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=problem):
        safetensors.write(tmp_path / "w.safetensors", {"a": ("F32", (2,))}, [(name, array)])
