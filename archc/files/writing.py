"""Writing files: nothing that archc did not write is replaced, and a set goes as a whole.

A set is staged in a folder of its own, beside its places. Renaming that folder to COMMIT is the
moment at which the new set counts; what is left is to move its files to their places. A run that is
killed before leaves the old set; one that is killed after leaves a COMMIT, which the next run
finishes first. Weights, proofs and pictures of dots carry no mark of who wrote them: `place` replaces
none unasked.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from archc.errors import Diagnostic, EnvironmentProblem, diagnostic
from archc.files import header
from archc.files.header import PYTHON as MARKER

STAGE = ".archc-stage-"
COMMIT = ".archc-commit"


def differing(folder: Path, files: Mapping[str, str]) -> dict[str, str | None]:
    """The present text (None: no file) of each file that is not as `files` has it."""
    present = {name: _present(folder / name) for name in files}
    return {name: text for name, text in present.items() if text != files[name]}


def write(folder: Path, files: Mapping[str, str], *, force: bool = False) -> list[Path]:
    """Write the files, all or none; of two runs at once, one waits for the other.

    Raises EnvironmentProblem if a file was not written by archc (without `force`), or if one
    cannot be written; what stood there is then untouched.
    """
    with _reported(folder), _alone(folder):
        _finish(folder, force)
        problems = [p for name in files for p in _blocked(folder / name)]
        problems += [] if force else [p for name in files for p in _foreign(folder / name)]
        if problems:
            raise EnvironmentProblem(problems)
        _stage(folder, files)
        _move(folder)
    return [folder / name for name in files]


@contextmanager
def place(path: Path, *, force: bool = False) -> Iterator[Path]:
    """A path to write a file to, which then takes the place of `path`, whole or not at all.

    What is written beside it goes beside `path`, and goes first. Raises EnvironmentProblem if
    something is there already that archc is not known to have written (without `force`), or if it
    cannot be replaced.
    """
    free(path, force=force)
    folder = path.parent
    with _reported(folder), _alone(folder):
        for stage in folder.glob(f"{STAGE}*"):
            shutil.rmtree(stage, ignore_errors=True)
        stage = Path(tempfile.mkdtemp(prefix=STAGE, dir=folder))
        try:
            yield stage / path.name
            for staged in stage.iterdir():
                _unoccupied(folder / staged.name, force)
                with staged.open("rb") as file:
                    os.fsync(file.fileno())
            for staged in sorted(stage.iterdir(), key=lambda staged: staged.name == path.name):
                staged.replace(folder / staged.name)
            _sync(folder)
        finally:
            shutil.rmtree(stage, ignore_errors=True)


def free(path: Path, *, force: bool = False) -> None:
    """Raise EnvironmentProblem if a new file may not take this path, or its folder takes none."""
    _unoccupied(path, force)
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    try:
        os.rmdir(tempfile.mkdtemp(prefix=STAGE, dir=folder))
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise EnvironmentProblem([diagnostic("E507", path=path, problem=problem)]) from None


def _unoccupied(path: Path, force: bool) -> None:
    problems = _blocked(path)
    if path.is_file() and not force and not header.is_generated(path):
        problems = problems or [diagnostic("E701", path=path)]
    if problems:
        raise EnvironmentProblem(problems)


@contextmanager
def _reported(folder: Path) -> Iterator[None]:
    """Make the folder, and say of what the system refuses where it was."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        path = _meant(Path(error.filename or folder))
        raise EnvironmentProblem([diagnostic("E507", path=path, problem=problem)]) from None


def _meant(path: Path) -> Path:
    """The place that a staged file is for, or the folder that cannot hold a stage."""
    parts = (p for p in path.parts if not p.startswith((STAGE, COMMIT)))
    return Path(*parts)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which ends with this process however that ends."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _stage(folder: Path, files: Mapping[str, str]) -> None:
    """Write the set to a folder of its own and make that the COMMIT."""
    stage = Path(tempfile.mkdtemp(prefix=STAGE, dir=folder))
    try:
        for name, text in files.items():
            with (stage / name).open("x", encoding="ascii", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        _sync(stage)
        stage.rename(folder / COMMIT)
        _sync(folder)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise


def _move(folder: Path) -> None:
    commit = folder / COMMIT
    for path in sorted(commit.iterdir()):
        path.replace(folder / path.name)
    commit.rmdir()
    _sync(folder)


def _finish(folder: Path, force: bool) -> None:
    """Do what a killed run left undone: its COMMIT is moved, an older stage is swept away.

    What is no set of generated files was not left by archc, and nothing of it is moved.
    """
    for stage in folder.glob(f"{STAGE}*"):
        shutil.rmtree(stage, ignore_errors=True)
    commit = folder / COMMIT
    if commit.is_symlink() or not commit.is_dir():
        return
    for path in sorted(commit.iterdir()):
        own = not path.is_symlink() and (_present(path) or "").startswith(MARKER)
        foreign = not force and _foreign(folder / path.name)
        if not own or foreign or _blocked(folder / path.name):
            problem = f"{path.name} in it is not what a killed run leaves; remove the folder"
            raise EnvironmentProblem([diagnostic("E507", path=commit, problem=problem)])
    _move(folder)


def _sync(folder: Path) -> None:
    """Have the folder's entries on disk."""
    handle = os.open(folder, os.O_RDONLY)
    with suppress(OSError):  # some file systems do not sync folders
        os.fsync(handle)
    os.close(handle)


def _present(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return "unreadable"


def _blocked(path: Path) -> list[Diagnostic]:
    if path.is_symlink():
        return [diagnostic("E507", path=path, problem="it is a symbolic link")]
    if path.exists() and not path.is_file():
        return [diagnostic("E507", path=path, problem="it is not a file")]
    return []


def _foreign(path: Path) -> list[Diagnostic]:
    text = _present(path)
    own = text is None or not text.strip() or text.startswith(MARKER)
    return [] if own else [diagnostic("E502", path=path)]
