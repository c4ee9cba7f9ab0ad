"""What pictures call operations, and how they count."""

from archc.ops.base import Op


def label(op: Op) -> str:
    """An operation's name in its field; the language's own names are for specs."""
    return op.label or op.type.replace("_", " ")


def count_noun(number: int, noun: str) -> str:
    """`1 layer`, `1,000 layers`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
