"""The file of `--map`, in which users match weights and tensors themselves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from archc.errors import ArchcError, Diagnostic, diagnostic, did_you_mean, fail, shown
from archc.language import reader

IGNORE = "ignore"


@dataclass(frozen=True)
class Mapped:
    """Canonical name → name in the checkpoint, and names or patterns of names that are ignored."""

    names: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()


def read(path: Path, weights: Iterable[str], tensors: Iterable[str]) -> Mapped:
    """The mapping in a YAML file. Raises ArchcError with the places of all unknown names."""
    root = reader.parse(reader.read(path))
    if not isinstance(root.data, dict):
        expected = "a mapping of weights to names in the checkpoint"
        fail("E203", root.span, field="the --map file", expected=expected, value=shown(root.plain()),
             hint="write lines such as conv1.weight: features.0.weight")  # fmt: skip
    known, held = list(weights), list(tensors)
    problems: list[Diagnostic] = []
    names: dict[str, str] = {}
    ignored: set[str] = set()
    for name, value in root.entries.items():
        if name != IGNORE and name not in known:
            facts = {"what": "weight", "value": name, "suggestion": did_you_mean(name, known)}
            problems.append(diagnostic("E205", root.keys[name], **facts))
            continue
        for entry in (value.items or (value,)) if name == IGNORE else (value,):
            if name == IGNORE and fits(str(entry.data), held):
                ignored.add(str(entry.data))
            elif entry.data not in held:
                word = str(entry.plain())
                facts = {"what": "tensor", "value": word, "suggestion": did_you_mean(word, held)}
                problems.append(diagnostic("E205", entry.span, **facts))
            elif entry.data in names.values():
                first = next(key for key, taken in names.items() if taken == entry.data)
                line = root.keys[first].line
                problems.append(diagnostic("E103", entry.span, key=str(entry.data), line=line))
            else:
                names[name] = str(entry.data)
    if problems:
        raise ArchcError(problems)
    return Mapped(names, frozenset(ignored))


def fits(pattern: str, tensors: Iterable[str]) -> bool:
    """Whether a name, or a pattern such as `head.*`, is that of a tensor."""
    return any(name == pattern or fnmatchcase(name, pattern) for name in tensors)


def require_patterns(patterns: Iterable[str], tensors: Sequence[str]) -> None:
    """Raise ArchcError with each pattern that no tensor fits."""
    problems = [
        diagnostic("E205", what="tensor", value=each, suggestion=did_you_mean(each, tensors))
        for each in patterns
        if not fits(each, tensors)
    ]
    if problems:
        raise ArchcError(problems)
