"""What `compile --check` finds in a folder of generated files, and how it is printed."""

import shlex
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from archc.errors import count, printable


@dataclass(frozen=True, slots=True)
class Freshness:
    """Generated files on disk against those of the specs."""

    folder: Path
    files: Mapping[str, str]
    """What the files should hold, by name."""
    stale: Mapping[str, str | None]
    """What those hold that differ; None: there is none."""
    orphans: tuple[str, ...]
    """Generated files that belong to no spec."""

    @property
    def fresh(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.stale and not self.orphans


def compare(folder: Path, files: Mapping[str, str], stems: Collection[str] | None) -> Freshness:
    """The state of a folder; without `stems`, those of all specs, nothing in it is an orphan."""
    from archc.files import writing

    stale = writing.find_stale(folder, files)
    return Freshness(folder, files, stale, _orphans(folder, stems) if stems is not None else ())


def _orphans(folder: Path, stems: Collection[str]) -> tuple[str, ...]:
    from archc.files.header import is_generated
    from archc.targets import TARGETS
    from archc.targets.render import file_name

    own = {file_name(stem, target) for stem in stems for target in TARGETS}
    there = sorted(
        {path for target in TARGETS for path in folder.glob(f"*_{target}.py")},
        key=lambda path: path.name,
    )
    return tuple(path.name for path in there if path.name not in own and is_generated(path))


def report(state: Freshness, command: str, quiet: bool) -> None:
    """Print the differences, a line a file, and what mends them; `quiet`: on failure, one line."""
    summary = _summary(state, command)
    if quiet:
        if not state.fresh:
            print(summary, file=sys.stderr)
        return
    for name, present in state.stale.items():
        if present is not None:
            _print_diff(str(state.folder / name), present, state.files[name])
    for name, present in state.stale.items():
        said = "missing" if present is None else "out of date"
        print(f"{printable(str(state.folder / name))}: {said}")
    for name in state.orphans:
        print(f"{printable(str(state.folder / name))}: there is no spec for it")
    print(summary)


def _print_diff(path: str, before: str, after: str) -> None:
    import difflib

    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for line in difflib.unified_diff(old, new, path, path):
        print(printable(line.rstrip("\n")))


def _summary(state: Freshness, command: str) -> str:
    if state.fresh:
        number = len(state.files)
        return f"{count(number, 'generated file')} {'is' if number == 1 else 'are'} up to date"
    parts = []
    if state.stale:
        differing = f"{len(state.stale):,} of {count(len(state.files), 'generated file')}"
        parts.append(f"{differing} {_differ(len(state.stale))}; to mend: {printable(command)}")
    if state.orphans:
        names = shlex.join(str(state.folder / name) for name in state.orphans)
        parts.append(
            f"{count(len(state.orphans), 'generated file')} without a spec; to mend: rm {printable(names)}"
        )
    return "\n".join(parts)


def _differ(number: int) -> str:
    return "differs" if number == 1 else "differ"
