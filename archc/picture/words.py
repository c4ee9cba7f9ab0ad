"""What pictures call operations."""

from archc.ops.base import Op


def label(op: Op) -> str:
    """An operation's name in its field; the language's own names are for specs."""
    return op.label or op.type.replace("_", " ")
