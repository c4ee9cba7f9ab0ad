"""What a target declares of the fields that it does not simply hand to its framework.

A field of which nothing is declared is *supported*: the framework's own argument says it. The table
of `archc explain --targets` is these declarations; refusals are raised from them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from archc.errors import Fault
from archc.ops import OPS

ITSELF = "type"
"""The field under which what is said of a whole operation stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a target makes of a field of an operation, or of those of its values that `when` names.

    tests/support/signs.py has what the generated file shows of each.
    """

    status: ClassVar[str]
    text: str
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supported(Note):
    """The framework's own means, in a way that is worth a remark."""

    status = "supported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulated(Note):
    """The framework has no such thing, or means another: the file makes up for it, exactly."""

    status = "emulated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inert(Note):
    """Nothing that the target computes depends on it."""

    status = "inert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Note):
    """The target cannot: `text` is the reason, `help` the fix.

    `holds` decides from the operation, of which the message names `what`; None: an option of
    `archc compile` decides.
    """

    status = "refused"
    what: str
    help: str
    holds: Callable[[Any], bool] | None

    def fault(self, name: str, value: Any) -> Fault:
        """The refusal of a field with this value."""
        what = self.what.format(value=value)
        return Fault("E501", name, what=what, reason=self.text, help=self.help)


Notes = Mapping[tuple[str, str], tuple[Note, ...]]
"""(operation, field) → what is declared of it, in the order of telling."""


def everywhere(name: str, *notes: Note) -> Notes:
    """The same of every operation that has the field."""
    return {(kind, name): notes for kind, op in OPS.items() if name in op.model_fields}


def joined(*tables: Notes) -> Notes:
    """All that several tables declare."""
    found: dict[tuple[str, str], tuple[Note, ...]] = {}
    for table in tables:
        for key, notes in table.items():
            found[key] = found.get(key, ()) + notes
    return found
