"""A set of files is written whole or not at all, whatever happens to the run."""

import itertools
import os
import signal
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

import archc
from archc.cli import app
from archc.errors import EnvironmentProblem
from archc.files import header
from archc.files.header import PYTHON, SENTENCE, TEX, XML
from archc.files.header import PYTHON as MARKER
from archc.files.writing import COMMIT, STAGE, find_stale, replace_file, require_free, write
from archc.picture.formats import FORMS
from archc.picture.picture import picture


def files(word: str) -> dict[str, str]:
    """A set of files that say a word."""
    return {f"net{i}.py": f"{MARKER}\nword = '{word}'\n" for i in range(5)}


SETS = (files("old"), files("new"))
CHANGES = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir")
"""The audit events of Python's that announce changes of the file system."""


def writing_for_ever(folder: Path) -> int:
    """A child that replaces one set by the other again and again; its process."""
    child = os.fork()
    if child:
        return child
    try:
        while True:
            for one in SETS:
                write(folder, one)
    finally:
        os._exit(1)


def killed(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def differs(folder: Path, files: dict[str, str]) -> bool:
    """Whether a folder, and what a killed run has committed in it, are another set."""
    commit = folder / COMMIT
    left = {path.name: path.read_text() for path in commit.iterdir()} if commit.exists() else {}
    return {path.name: path.read_text() for path in folder.glob("*.py")} | left != files


def killed_at(moment: int, folder: Path) -> bool:
    """Whether a run that dies before its `moment`-th change of the file system was still at it."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    try:
        changes = itertools.count(1)

        def die(event: str, _: object) -> None:
            if event in CHANGES and next(changes) == moment:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(die)
        write(folder, SETS[1])
        os._exit(0)
    finally:
        os._exit(1)


def test_a_run_that_is_killed_anywhere_leaves_the_old_set_or_the_new_one(tmp_path: Path) -> None:
    seen = set()
    for moment in itertools.count(1):
        write(tmp_path, SETS[0])
        if not killed_at(moment, tmp_path):
            break
        assert not all(differs(tmp_path, one) for one in SETS)
        seen.add((differs(tmp_path, SETS[0]), (tmp_path / COMMIT).exists()))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == SETS[1]
    # before the new set counts, while its files are moved, and after
    assert seen == {(False, False), (True, True), (True, False)}
    assert moment > 2 * len(SETS[1])


def test_what_a_killed_run_has_committed_is_finished_by_the_next(tmp_path: Path) -> None:
    write(tmp_path, SETS[0])
    commit = tmp_path / COMMIT
    commit.mkdir()
    for name, text in SETS[1].items():
        (commit / name).write_text(text)
    (tmp_path / f"{STAGE}x").mkdir()
    write(tmp_path, {"other.py": f"{MARKER}\n"})
    found = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert found == {**SETS[1], "other.py": f"{MARKER}\n"}


@pytest.mark.parametrize("planted", ["import os\n", f"{MARKER}\nwicked = True\n"])
def test_a_planted_commit_replaces_nothing_of_the_users(tmp_path: Path, planted: str) -> None:
    (tmp_path / "mine.py").write_text("mine\n")
    (tmp_path / COMMIT).mkdir()
    (tmp_path / COMMIT / "mine.py").write_text(planted)
    with pytest.raises(EnvironmentProblem, match=r"mine\.py in it is not what a killed run leaves"):
        write(tmp_path, {"net.py": f"{MARKER}\n"})
    assert (tmp_path / "mine.py").read_text() == "mine\n"
    assert not (tmp_path / "net.py").exists()


def test_what_force_has_begun_force_finishes(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("mine\n")
    (tmp_path / COMMIT).mkdir()
    (tmp_path / COMMIT / "net.py").write_text(f"{MARKER}\n")
    with pytest.raises(EnvironmentProblem):
        write(tmp_path, {"other.py": f"{MARKER}\n"})
    write(tmp_path, {"other.py": f"{MARKER}\n"}, force=True)
    assert (tmp_path / "net.py").read_text() == f"{MARKER}\n"


def test_a_commit_makes_no_file_fresh(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(f"{MARKER}\nwicked = True\n")
    (tmp_path / COMMIT).mkdir()
    (tmp_path / COMMIT / "net.py").write_text(f"{MARKER}\n")
    assert find_stale(tmp_path, {"net.py": f"{MARKER}\n"}) != {}


def test_two_runs_at_once_leave_one_of_their_sets(tmp_path: Path) -> None:
    children = [writing_for_ever(tmp_path) for _ in range(3)]
    time.sleep(0.5)
    for child in children:
        killed(child)
    assert not all(differs(tmp_path, one) for one in SETS)


def test_a_full_disk_leaves_the_old_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, SETS[0])
    synced = iter([0, 0, 0])

    def full(handle: int) -> None:
        if next(synced, None) is None:
            raise OSError(28, "No space left on device", "net3.py")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(
        EnvironmentProblem, match=r"E507 .*: cannot write net3.py.*: no space left on device"
    ):
        write(tmp_path, SETS[1])
    monkeypatch.undo()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == SETS[0]


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text(f"{MARKER}\n")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "net1.py").symlink_to(outside)
    with pytest.raises(EnvironmentProblem, match="it is a symbolic link"):
        write(folder, SETS[0], force=True)
    assert outside.read_text() == f"{MARKER}\n"
    assert [path.name for path in folder.iterdir()] == ["net1.py"]


@pytest.mark.parametrize(
    "text",
    [f"<!doctype html>\n{XML}\n<p>", f"<svg>\n {XML}\r\n", f"{TEX}\n", f"{PYTHON}\nx = 1\n"],
)
def test_a_file_that_says_archc_wrote_it_is_written_anew(text: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(text)
    with replace_file(path) as staged:
        staged.write_text("new")
    assert path.read_text() == "new"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n\xff",
        SENTENCE.encode(),
        f"<p>{XML}</p>\n".encode(),
        f"mine\n\n{XML}\n".encode(),
        f"see {PYTHON}\n".encode(),
        b"m" * 2000 + f"\n{XML}\n".encode(),
    ],
)
def test_any_other_file_stays(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(content)
    with pytest.raises(EnvironmentProblem, match="E701"), replace_file(path) as staged:
        staged.write_text("new")
    assert path.read_bytes() == content


def test_nothing_is_done_for_a_file_that_may_not_be_written(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("mine")
    entered = False
    with pytest.raises(EnvironmentProblem, match="E701"), replace_file(path):
        entered = True
    assert not entered
    assert [found.name for found in tmp_path.iterdir()] == ["page.html"]


def test_a_file_beside_the_one_that_is_asked_for_stays_too(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_text(f"{PYTHON}\n")
    (tmp_path / "net.bin").write_text("mine")
    with (
        pytest.raises(EnvironmentProblem, match="E701"),
        replace_file(tmp_path / "net.onnx") as staged,
    ):
        staged.with_name("net.bin").write_text("new")
    assert (tmp_path / "net.bin").read_text() == "mine"


@pytest.mark.parametrize("ending", [".svg", ".tex"])
def test_a_picture_is_drawn_over_the_one_before(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"net{ending}"
    for style in ("blocks", "flow"):
        done = CliRunner().invoke(app, ["draw", "lenet5", "-o", str(path), "--style", style])
        assert done.exit_code == 0
        assert done.output.startswith(f"wrote {path} (")
    assert path.read_bytes() == FORMS[ending](picture(archc.load("lenet5").graph, "flow"))


def test_a_folder_that_takes_no_file_is_known_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(prefix: str = "", dir: Path = Path()) -> str:
        raise PermissionError(13, "Permission denied", str(dir / f"{prefix}x"))

    require_free(tmp_path / "new" / "proof.json")
    assert not any(tmp_path.iterdir())
    monkeypatch.setattr("tempfile.mkdtemp", refused)
    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    wanted = (
        rf"E507 \[unwritable-file\]: cannot write {tmp_path}/new/proof\.json: permission denied"
    )
    with pytest.raises(EnvironmentProblem, match=wanted):
        require_free(tmp_path / "new" / "proof.json")
    wanted = rf"E507 \[unwritable-file\]: cannot write {tmp_path}: permission denied"
    with pytest.raises(EnvironmentProblem, match=wanted):
        write(tmp_path, SETS[0])


@pytest.mark.parametrize("check", [[], ["--check"], ["--force"]])
def test_a_named_pipe_in_the_way_is_refused_unread(check: list[str], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lenet5_torch.py")
    arguments = ["compile", "lenet5", "-t", "torch", "-o", str(tmp_path), *check]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2
    assert "lenet5_torch.py: it is not a file" in done.stderr
    with pytest.raises(EnvironmentProblem, match="it is not a file"):
        require_free(tmp_path / "lenet5_torch.py", force=True)
    assert header.is_generated(tmp_path / "lenet5_torch.py") is False


def test_runs_side_by_side_do_not_disturb_each_other(tmp_path: Path) -> None:
    """One asks whether a file can be written there while others write theirs."""
    children = [writing_for_ever(tmp_path) for _ in range(2)]
    try:
        for _ in range(300):
            require_free(tmp_path / "proof.json")
        for number in range(30):
            with replace_file(tmp_path / "proof.json", force=True) as staged:
                staged.write_text(str(number))
    finally:
        for child in children:
            killed(child)
    assert (tmp_path / "proof.json").read_text() == "29"


def test_asking_leaves_nothing_that_another_run_could_sweep_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError("a folder with a name")

    monkeypatch.setattr("os.mkdir", forbidden)
    require_free(tmp_path / "proof.json")


def test_names_of_outputs_are_no_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["compile", "lenet5", "-t", "torch", "-o", "::error::x\n::y"])
    assert done.output == "./::error::x\\n::y/lenet5_torch.py\n"
    done = CliRunner().invoke(app, ["draw", "lenet5", "-o", "\n::error::a.svg"])
    assert done.output == "wrote \\n::error::a.svg (506 × 383 px)\n"


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("a file")
    with pytest.raises(EnvironmentProblem, match=r"cannot write .*/there: it is not a folder"):
        write(tmp_path / "there", files("new"))
    assert (tmp_path / "there").read_text() == "a file"
