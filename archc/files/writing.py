"""Writing files: a set is written whole or not at all, and only files of archc are overwritten.

A set is staged in a folder beside its destinations. Renaming that folder to COMMIT is the moment at
which the new set counts; then its files are moved to their destinations. A run that is killed before
leaves the old set; one that is killed after leaves a COMMIT, which the next run finishes first.
Weights, proofs, PDF and PNG files have no header that marks them as archc's: `replace_file`
overwrites them only with `force`.
"""

import fcntl
import io
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from archc.errors import Diagnostic, EnvironmentProblem, diagnostic
from archc.files import header, interrupts
from archc.files.header import PYTHON as MARKER

STAGE = ".archc-stage-"
COMMIT = ".archc-commit"
MOST = 2**26
"""Bytes of a file that may be one that archc generated."""


def find_stale(folder: Path, files: Mapping[str, str]) -> dict[str, str | None]:
    """The text on disk (None: no file) of each file that differs from `files`.

    Raises EnvironmentProblem if there is something else than a file.
    """
    problems = [p for name in files for p in _blocked(folder / name)]
    if problems:
        raise EnvironmentProblem(problems)
    present = {name: _read_text(folder / name) for name in files}
    return {name: text for name, text in present.items() if text != files[name]}


def write(folder: Path, files: Mapping[str, str], *, force: bool = False) -> list[Path]:
    """Write the files, all or none; of two runs at once, one waits for the other.

    Raises EnvironmentProblem if one would overwrite a file that archc did not write (without
    `force`), or cannot be written; all files are then as before.
    """
    with _failures_reported(folder), _locked(folder):
        _finish(folder, force)
        problems = [p for name in files for p in _blocked(folder / name)]
        if not force:
            problems = problems or [p for name in files for p in _foreign(folder / name)]
        if problems:
            raise EnvironmentProblem(problems)
        _stage(folder, files)
        with interrupts.held():
            _move(folder)
    return [folder / name for name in files]


@contextmanager
def replace_file(path: Path, *, force: bool = False) -> Iterator[Path]:
    """A temporary path whose file is moved to `path` at the end of the block, whole or not at all.

    Files written beside it are moved beside `path`, and moved first. Raises EnvironmentProblem if
    one would overwrite a file that is not known to be archc's (without `force`), or cannot be moved.
    """
    require_free(path, force=force)
    folder = path.parent
    with _failures_reported(folder), _locked(folder):
        for left in folder.glob(f"{STAGE}*"):
            shutil.rmtree(left, ignore_errors=True)
        with interrupts.temporary_folder(STAGE, folder) as stage:
            yield stage / path.name
            for staged in stage.iterdir():
                _require_unoccupied(folder / staged.name, force)
                with staged.open("rb") as file:
                    os.fsync(file.fileno())
            for staged in sorted(stage.iterdir(), key=lambda staged: staged.name == path.name):
                staged.replace(folder / staged.name)
            _sync(folder)


def require_free(path: Path, *, force: bool = False) -> None:
    """Raise EnvironmentProblem if no file may be written to `path`, or none can be in its folder."""
    _require_unoccupied(path, force)
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    try:
        # Without a name, where the system can: another run beside this one cannot sweep it away.
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise EnvironmentProblem([diagnostic("E507", path=path, problem=problem)]) from None


def _require_unoccupied(path: Path, force: bool) -> None:
    problems = _blocked(path)
    if path.is_file() and not force and not header.is_generated(path):
        problems = problems or [diagnostic("E701", path=path)]
    if problems:
        raise EnvironmentProblem(problems)


@contextmanager
def _failures_reported(folder: Path) -> Iterator[None]:
    """Make the folder; what the system refuses becomes an EnvironmentProblem with its path."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        path = _destination(Path(error.filename or folder))
        if isinstance(error, FileExistsError) and path == folder:
            problem = "it is not a folder"
        raise EnvironmentProblem([diagnostic("E507", path=path, problem=problem)]) from None


def _destination(path: Path) -> Path:
    """Where a staged file was to go, or the folder in which none can be staged."""
    parts = (p for p in path.parts if not p.startswith((STAGE, COMMIT)))
    return Path(*parts)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which the system releases however this process ends."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _stage(folder: Path, files: Mapping[str, str]) -> None:
    """Write the set to a folder of its own, and rename that to COMMIT."""
    with interrupts.temporary_folder(STAGE, folder) as stage:
        for name, text in files.items():
            with (stage / name).open("x", encoding="ascii", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        _sync(stage)
        stage.rename(folder / COMMIT)
        _sync(folder)


def _move(folder: Path) -> None:
    commit = folder / COMMIT
    for path in sorted(commit.iterdir()):
        path.replace(folder / path.name)
    commit.rmdir()
    _sync(folder)


def _finish(folder: Path, force: bool) -> None:
    """Finish a killed run: move the files of its COMMIT, delete an older stage.

    A COMMIT with other files than generated ones is not archc's, and nothing of it is moved.
    """
    for stage in folder.glob(f"{STAGE}*"):
        shutil.rmtree(stage, ignore_errors=True)
    commit = folder / COMMIT
    if commit.is_symlink() or not commit.is_dir():
        return
    for path in sorted(commit.iterdir()):
        own = not path.is_symlink() and (_read_text(path) or "").startswith(MARKER)
        foreign = not force and _foreign(folder / path.name)
        if not own or foreign or _blocked(folder / path.name):
            problem = f"{path.name} in it is not what a killed run leaves; remove the folder"
            raise EnvironmentProblem([diagnostic("E507", path=commit, problem=problem)])
    _move(folder)


def _sync(folder: Path) -> None:
    """Have the system write the folder's entries to disk."""
    handle = os.open(folder, os.O_RDONLY)
    with suppress(OSError):  # some file systems do not sync folders
        os.fsync(handle)
    os.close(handle)


def _read_text(path: Path) -> str | None:
    """The text of a file, None if there is none; only the beginning of one that is far too long."""
    try:
        with header.open_regular(path) as file:
            return io.TextIOWrapper(file, "utf-8", "replace").read(MOST)
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
    text = _read_text(path)
    own = text is None or not text.strip() or text.startswith(MARKER)
    return [] if own else [diagnostic("E502", path=path)]
