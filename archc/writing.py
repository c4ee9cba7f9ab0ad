"""Writing generated files: nothing that archc did not write is replaced, and a set goes as a whole."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from archc.errors import Diagnostic, EnvironmentProblem, diagnostic
from archc.render import MARKER


def differing(folder: Path, files: Mapping[str, str]) -> dict[str, str | None]:
    """The present text (None: no file) of each file that is not as `files` has it."""
    present = {name: _present(folder / name) for name in files}
    return {name: text for name, text in present.items() if text != files[name]}


def write(folder: Path, files: Mapping[str, str], *, force: bool = False) -> list[Path]:
    """Write the files, all or none: staged beside their places, synced, then renamed.

    Raises EnvironmentProblem if a file was not written by archc (without `force`), or if one
    cannot be written; what stood there is then untouched.
    """
    problems = [p for name in files for p in _blocked(folder / name)]
    problems += [] if force else [p for name in files for p in _foreign(folder / name)]
    if problems:
        raise EnvironmentProblem(problems)
    staged: list[tuple[str, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
            staged.append((temporary, folder / name))
            with os.fdopen(handle, "w", encoding="ascii", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o666 & ~_umask())
        for temporary, place in staged:
            os.replace(temporary, place)
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        path = error.filename or folder
        raise EnvironmentProblem([diagnostic("E507", path=path, problem=problem)]) from None
    finally:
        for temporary, _ in staged:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
    return [place for _, place in staged]


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


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
