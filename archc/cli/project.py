"""The section `[tool.archc]` of pyproject.toml: what commands take where their arguments say nothing."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archc.errors import Diagnostic, EnvironmentProblem, diagnostic, did_you_mean

FILE = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Project:
    """The settings of a project; paths are relative to the working directory."""

    specs: tuple[str, ...] = ()
    """Spec files, folders and patterns."""
    targets: tuple[str, ...] = ()
    output: Path = Path("generated")
    """The folder of generated files."""
    path: str = FILE
    """The file that says so."""


KEYS = {"specs": "a list of texts", "targets": "a list of texts", "output": "text"}


def project() -> Project:
    """The settings of the nearest pyproject.toml above, if it has any.

    Raises EnvironmentProblem if they are wrong.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        path = folder / FILE
        if path.is_file():
            return _read(path, folder)
    return Project()


def _read(path: Path, folder: Path) -> Project:
    import tomllib

    shown = os.path.relpath(path)
    try:
        section = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("archc", {})
    except (OSError, ValueError, AttributeError) as error:
        facts = {"path": shown, "problem": str(error), "suggestion": "mend the file"}
        raise EnvironmentProblem([diagnostic("E505", **facts)]) from None
    problems = [_problem(shown, name, value) for name, value in _entries(section)]
    found = [problem for problem in problems if problem is not None]
    if found:
        raise EnvironmentProblem(found)
    specs = (_relative(folder, spec) for spec in section.get("specs", ()))
    output = _relative(folder, section.get("output", "generated"))
    return Project(tuple(specs), tuple(section.get("targets", ())), Path(output), shown)


def _entries(section: Any) -> list[tuple[str, Any]]:
    return list(section.items()) if isinstance(section, dict) else [("tool.archc", section)]


def _problem(path: str, name: str, value: Any) -> Diagnostic | None:
    """What is wrong with one entry, or None."""
    expected = KEYS.get(name)
    if expected is None:
        said = "is not a setting"
        return diagnostic("E531", path=path, name=name, said=said, hint=did_you_mean(name, KEYS))
    listed = value if expected.startswith("a list") and isinstance(value, list) else [value]
    if type(value) is not (list if expected.startswith("a list") else str) or not all(
        isinstance(item, str) for item in listed
    ):
        said = f"must be {expected}"
        hint = (
            'for example specs = ["specs"]'
            if name != "output"
            else 'for example output = "generated"'
        )
        return diagnostic("E531", path=path, name=name, said=said, hint=hint)
    if name == "targets":
        from archc.targets import TARGETS

        wrong = next((item for item in value if item not in TARGETS), None)
        if wrong is not None:
            facts = {
                "said": f"has an unknown target '{wrong}'",
                "hint": did_you_mean(wrong, TARGETS),
            }
            return diagnostic("E531", path=path, name=name, **facts)
    return None


def _relative(folder: Path, path: str) -> str:
    """A path of the file as seen from the working directory; a name of a shipped spec stays one."""
    if folder == Path.cwd():
        return path
    return os.path.relpath(folder / path) if _is_path(path) or (folder / path).exists() else path


def _is_path(path: str) -> bool:
    return "/" in path or path.endswith((".yaml", ".yml")) or "*" in path
