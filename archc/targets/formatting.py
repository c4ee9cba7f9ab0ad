"""Flat lines of Python → the lines that `ruff format` would leave alone, at 88 columns.

Templates write each statement on one line; nothing runs a formatter to make generated code. What
is broken is brackets: the last one that must be, its content on one line if it fits there, else one
element a line.
"""

import re
from collections.abc import Iterator

WIDTH = 88
_OPERATORS = "+*/"
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def statement(flat: str, indent: int = 0, comment: str = "") -> str:
    """One statement (a call, an assignment or a `def` line) with its comment.

    The comment stands behind it; above it where only the comment would break the line.
    """
    note = f"  # {comment}" if comment else ""
    if _fits(" " * indent + flat + note):
        return " " * indent + flat + note
    if _fits(" " * indent + flat):
        return f"{' ' * indent}# {comment}\n{' ' * indent}{flat}"
    target, equals, value = flat.partition(" = ")
    if not equals or any(bracket in target for bracket in _PAIRS):
        return "\n".join(_broken(flat, indent, note, definition=flat.startswith("def ")))
    brackets = list(_trailing_brackets(value))
    opens = brackets[0][0] if brackets else 0
    whole = [" " * (indent + 4) + value]
    inner: list[str] = []
    if not brackets:
        inner = whole if _fits(whole[0]) else _operands(value, indent + 4)
    elif len(brackets) == 1 and not _fits(" " * indent + target + equals + value[: opens + 1]):
        # Not even the call's opening fits: the whole call moves into parentheses, if that helps.
        inner = whole if _fits(whole[0]) else []
    if inner:
        return "\n".join([f"{' ' * indent}{target} = (", *inner, " " * indent + ")" + note])
    return "\n".join(_broken(flat, indent, note))


def identifiers(text: str) -> set[str]:
    """The identifiers in a text."""
    return set(re.findall(r"\w+", text))


def _fits(line: str) -> bool:
    return len(line) <= WIDTH


def _broken(
    flat: str, indent: int, tail: str, definition: bool = False, lead: str = ""
) -> list[str]:
    """`flat + tail` over several lines, behind a `lead` that closes what came before."""
    pad = " " * indent + lead
    if _fits(pad + flat + tail):
        return [pad + flat + tail]
    brackets = list(_trailing_brackets(flat))
    if not brackets or len(_parts(flat, _OPERATORS)) > 1:
        return _operands(flat, indent, tail)
    # A bracket stays whole if the line may still break in the next one.
    chosen = 0
    while chosen + 1 < len(brackets) and _fits(pad + flat[: brackets[chosen + 1][0] + 1]):
        chosen += 1
    start, end = brackets[chosen]
    inner, rest = flat[start + 1 : end], flat[end + 1 :]
    lines = [pad + flat[: start + 1], *_content(inner, indent + 4, flat[start], definition)]
    if chosen == len(brackets) - 1:
        return [*lines, " " * indent + flat[end] + rest + tail]
    return [*lines, *_broken(rest, indent, tail, lead=flat[end])]


def _content(inner: str, indent: int, bracket: str, definition: bool) -> list[str]:
    parts = [part.removeprefix(",").strip() for part in _parts(inner, ",")]
    one_line = " " * indent + inner
    # A call's arguments may share a line; a literal's elements, once broken, never do.
    if bracket == "(" and _fits(one_line) and not (definition and len(parts) == 1):
        return [one_line]
    if len(parts) == 1 and not definition and bracket == "(":
        return _broken(inner, indent, "")
    return [line for part in parts for line in _broken(part, indent, ",")]


def _operands(flat: str, indent: int, tail: str = "") -> list[str]:
    """A sum or product with each operand on a line of its own, behind its operator."""
    *first, last = (part.strip() for part in _parts(flat, _OPERATORS))
    if not first:
        return [" " * indent + last + tail]
    lines = [line for part in first for line in _broken(part, indent, "")]
    return [*lines, *_broken(last, indent, tail)]


def _scan(text: str) -> Iterator[tuple[int, str, int]]:
    """(index, character, bracket depth before it) of all that stands outside string literals."""
    depth, quote, index = 0, "", 0
    while index < len(text):
        character = text[index]
        if quote:
            if character == "\\":
                index += 1
            elif character == quote:
                quote = ""
        elif character in "\"'":
            quote = character
        else:
            depth -= character in _PAIRS.values()
            yield index, character, depth
            depth += character in _PAIRS
        index += 1


def _trailing_brackets(text: str) -> Iterator[tuple[int, int]]:
    """The outermost brackets at the end of `text`, first to last: both of `f(a)(b)`."""
    found: list[tuple[int, int]] = []
    start = 0
    for index, character, depth in _scan(text):
        if depth == 0 and character in _PAIRS:
            start = index
        elif depth == 0 and character in _PAIRS.values():
            found.append((start, index))
    run: list[tuple[int, int]] = []
    for bracket in reversed(found):
        if run and bracket[1] + 1 != run[0][0]:
            break
        run.insert(0, bracket)
    # Empty ones cannot be broken.
    yield from (bracket for bracket in run if bracket[1] > bracket[0] + 1)


def _parts(text: str, separators: str) -> list[str]:
    """The text cut before each separator that stands outside all brackets and after a space or
    operand: `a, b` and `a + b`, but not the stars of `**options`."""
    cuts = [
        index
        for index, character, depth in _scan(text)
        if depth == 0
        and character in separators
        and (character == "," or text[index - 1 : index + 2] == f" {character} ")
    ]
    starts = [0, *cuts]
    parts = [text[a:b] for a, b in zip(starts, [*cuts, len(text)], strict=True)]
    return [part for part in parts if part.strip(" ,")]
