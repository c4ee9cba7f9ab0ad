"""Counts in words."""


def count_noun(number: int, noun: str) -> str:
    """`1 layer`, `1,000 layers`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
