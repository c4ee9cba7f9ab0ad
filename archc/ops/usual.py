"""The usual values of a field, as a note beside its type: what an author who left it out may mean."""

from dataclasses import dataclass

from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Usual:
    """Values with who uses them: `1e-5 (PyTorch, ONNX) or 1e-3 (Keras)`."""

    values: str


def usual(field: FieldInfo | None) -> str:
    """The usual values of a field of a model; empty if there are none."""
    notes = field.metadata if field is not None else ()
    return next((note.values for note in notes if isinstance(note, Usual)), "")
