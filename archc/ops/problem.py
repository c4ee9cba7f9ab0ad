"""What a validator of a field refuses, as data: pydantic adds the path, the language the words.

A validator raises one of these as it would a ValueError; pydantic collects it, and
`archc.language.findings` turns it into a diagnostic at the place of the value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class Problem(ValueError):
    """Why a value of a spec is refused."""


@dataclass(eq=False)
class Mismatch(Problem):
    """A value of the wrong kind; `expected` says what the field takes.

    With `key`, the value under that key of the mapping is meant, not the mapping.
    """

    code: ClassVar[str] = "E203"

    expected: str
    key: str | None = None
    hint: str = ""


@dataclass(eq=False)
class OutOfRange(Mismatch):
    """A value of the right kind, beyond what `expected` allows."""

    code: ClassVar[str] = "E204"


@dataclass(eq=False)
class UnknownName(Problem):
    """A name that is not among `choices`; `what` says what it would name.

    With `key`, that key of the mapping is meant, not the value itself.
    """

    what: str
    choices: Sequence[str]
    key: str | None = None


@dataclass(eq=False)
class EvenWindow(Problem):
    """A window without a centre, `size` wide."""

    size: int


@dataclass(eq=False)
class UnevenDrawing(Problem):
    """A drawing of X and . whose lines or parts differ in size; `problem` says where."""

    problem: str
