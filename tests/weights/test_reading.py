"""Files of others are read in a process that is ended when it takes too long or too much."""

import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import h5py
import numpy as np
import psutil
import pytest
from support.broken_files import mutants, tried, valid
from support.checkpoints import CONV, layers

import archc
from archc.errors import EnvironmentProblem
from archc.weights import importing, reading
from archc.weights.reading import Reader

NET = layers(f"a: {CONV}")
CASES = 120
"""Broken files in each run of the tests; `make fuzz-files` tries thousands."""


@pytest.fixture
def reader() -> Iterator[Reader]:
    found = Reader("support.slow_format")
    yield found
    found.close()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Reader]:
    """The readers of imports, which are the real ones here."""
    made: list[Reader] = []

    def start(module: str) -> Reader:
        made.append(Reader(module))
        return made[-1]

    monkeypatch.setattr(importing, "start", start)
    return made


def h5(path: Path) -> Path:
    with h5py.File(path, "w") as file:
        group = file.create_group("layers/conv2d/vars")
        group["0"], group["1"] = np.ones((3, 3, 4, 4), "f"), np.ones(4, "f")
    return path


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    """A format whose reader does what the name of its file says; it is no part of archc."""
    command = reading.isolation.command

    def with_tests(module: str, argument: str) -> list[str]:
        *start, code = command(module, argument)
        return [*start, f"import sys; sys.path.append({str(root / 'tests')!r}); {code}"]

    monkeypatch.setattr(reading.isolation, "command", with_tests)


def said(reader: Reader, name: str, folder: Path, seconds: float = 60.0) -> str:
    path = folder / name
    path.write_bytes(b"x")
    with pytest.raises(EnvironmentProblem) as caught:
        reader.open(path, ".slow", 0, seconds)
    (finding,) = caught.value.diagnostics
    assert finding.code == "E702"
    return finding.message.partition(" can read: ")[2]


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("loop.slow", "reading it took more than 1 s"),
        ("crash.slow", "reading it crashed (signal 11)"),
        ("exit.slow", "reading it failed"),
        ("memory.slow", "reading it took more memory than a file of its size may"),
        ("raise.slow", "nobody knows"),
        ("nonsense.slow", "it cannot be described"),
    ],
)
def test_whatever_reading_does_it_ends_in_one_line(
    name: str, problem: str, reader: Reader, tmp_path: Path
) -> None:
    seconds = 1.0 if name == "loop.slow" else 60.0
    assert said(reader, name, tmp_path, seconds) == problem
    if name not in ("raise.slow", "memory.slow"):
        assert not reader.alive


@pytest.mark.usefixtures("slow")
def test_what_a_reader_started_ends_with_it(reader: Reader, tmp_path: Path) -> None:
    """Even in a session of its own, and without its parent."""
    said(reader, "daemon.slow", tmp_path)
    pid = int((tmp_path / "daemon.pid").read_text())
    assert psutil.pid_exists(pid)
    reader.close()
    deadline = time.monotonic() + 10
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie":
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.usefixtures("slow")
def test_a_reader_leaves_no_process_and_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for end in (Reader.close, lambda reader: None):
        reader = Reader("archc.weights.keras_format")
        pid = reader._process.pid
        assert len([*tmp_path.iterdir()]) == 1
        end(reader)
        del reader
        assert not psutil.pid_exists(pid)
        assert not [*tmp_path.iterdir()]


def test_the_process_ends_when_the_weights_are_written(
    tmp_path: Path, started: list[Reader]
) -> None:
    found = importing.find(NET.graph, h5(tmp_path / "w.weights.h5"))
    found.write(tmp_path / "mine.safetensors")
    found.close()
    assert [reader.alive for reader in started] == [False]
    with pytest.raises(EnvironmentProblem, match="has ended"):
        found.write(tmp_path / "other.safetensors")


@pytest.mark.parametrize("name", ["w.pt", "w.safetensors", "w.weights.h5", "w.keras", "w.onnx"])
def test_a_named_pipe_is_not_waited_for(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(EnvironmentProblem, match="it is not a regular file"):
        importing.find(NET.graph, tmp_path / name)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_broken_files_end_in_success_or_in_one_short_error(tmp_path: Path) -> None:
    broken = mutants(valid(tmp_path), tmp_path, Random(12))
    outcomes = [tried(path, tmp_path / "out") for path in itertools.islice(broken, CASES)]
    assert CASES // 20 < outcomes.count("") < CASES // 2


@pytest.mark.parametrize(
    ("name", "content", "damaged"),
    [
        ("w.safetensors", b"hello" * 4, "it does not begin with a header"),
        ("w.safetensors", b"\5" + b"\0" * 7 + b"hello", "it is damaged, or cut off"),
        ("w.pt", b"hello", "it is damaged"),
        ("w.weights.h5", b"hello", "it is not HDF5"),
        ("w.keras", b"hello", "it is not a zip archive, or cut off"),
        ("w.onnx", b"hello", "it is not ONNX, or damaged"),
    ],
)
def test_a_file_that_is_none_is_told_in_archcs_own_words(
    name: str, content: bytes, damaged: str, tmp_path: Path
) -> None:
    for written, problem in ((b"", "it is empty"), (content, damaged)):
        (tmp_path / name).write_bytes(written)
        with pytest.raises(EnvironmentProblem) as caught:
            importing.find(archc.load("lenet5").graph, tmp_path / name)
        (found,) = caught.value.diagnostics
        assert (found.code, found.message.rpartition(": ")[2]) == ("E702", problem)
