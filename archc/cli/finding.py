"""Which specs the arguments SPEC mean: files, shipped names, folders and patterns."""

import glob
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archc.cli.options import UsageError
from archc.cli.project import project
from archc.errors import EnvironmentProblem, diagnostic

ENDINGS = (".yaml", ".yml")
_SPEC = re.compile(r"\A\s*\{|^[\"']?(archc|layers)[\"']?\s*:", re.MULTILINE)
"""What the text of a spec has, and that of other YAML files has not."""
_READ = 2**20
"""Characters of a file in which that is looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """The specs that arguments mean; those of folders and patterns once."""

    specs: tuple[str, ...]
    whole: bool
    """Whether they are all that a project has: folders and patterns, not files by their names."""

    @property
    def neighbours(self) -> set[str]:
        """The stems of all specs in the folders of these."""
        folders = {Path(spec).parent for spec in self.specs if spec.endswith(ENDINGS)}
        return {p.stem for folder in folders for p in folder.iterdir() if _is_spec(p)}


def find(arguments: Sequence[str]) -> Found:
    """The specs of the arguments, or of pyproject.toml without any.

    Raises UsageError if neither names one, EnvironmentProblem if a folder or pattern has none.
    """
    given = tuple(arguments) or project().specs
    if not given:
        raise UsageError(
            "Missing argument 'SPEC...': pass a spec, or list specs under [tool.archc] in "
            "pyproject.toml"
        )
    if given.count("-") > 1:
        raise UsageError("standard input (-) can only be read once")
    found: list[str] = []
    whole = not arguments
    problems = []
    for argument in given:
        if _is_pattern(argument):
            several = [p for p in glob.glob(argument, recursive=True) if _is_spec(Path(p))]
        elif _is_folder(argument):
            several = [str(p) for p in Path(argument).iterdir() if _is_spec(p)]
        else:
            if not arguments and not _is_known(argument):
                said = f"has '{argument}', which does not exist"
                hint = "name files, folders, patterns, or specs that ship"
                facts = {"path": project().path, "name": "specs", "said": said, "hint": hint}
                problems.append(diagnostic("E531", **facts))
            found.append(argument)
            continue
        whole = True
        ordered = sorted(several, key=lambda path: Path(path).with_suffix(""))
        found += [path for path in ordered if path not in found]
        if not several:
            problems.append(diagnostic("E530", path=argument))
    if problems:
        raise EnvironmentProblem(problems)
    return Found(tuple(found), whole)


def _is_pattern(argument: str) -> bool:
    return glob.has_magic(argument) and not os.path.exists(argument)


def _is_folder(argument: str) -> bool:
    from archc.language.shipped import shipped

    return os.path.isdir(argument) and argument not in shipped()


def _is_known(argument: str) -> bool:
    """Whether there is such a file, or such a spec that ships."""
    from archc.language.shipped import shipped

    return os.path.exists(argument) or argument in shipped()


def _is_spec(path: Path) -> bool:
    """Whether a file is a spec, right or wrong, and not another YAML file."""
    if path.suffix.lower() not in ENDINGS or path.name.startswith(".") or not path.is_file():
        return False
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return _SPEC.search(file.read(_READ)) is not None
    except OSError:
        return True  # that it cannot be read is said where it is read
