"""Lines that are too long are broken where a formatter would break them."""

import subprocess
import sys

import pytest

from archc.targets.formatting import statement

BROKEN = {
    "value = outer(inner(first_argument_of_some_length, second_argument_of_some_length, third_argument))": """\
value = outer(
    inner(first_argument_of_some_length, second_argument_of_some_length, third_argument)
)""",
    "outer(inner(first_argument_of_some_length, second_argument_of_some_length, third_argument_longer))": """\
outer(
    inner(
        first_argument_of_some_length,
        second_argument_of_some_length,
        third_argument_longer,
    )
)""",
    "outer(first_argument_of_some_length, inner(second_argument_of_some_length, third_argument_of_len))": """\
outer(
    first_argument_of_some_length,
    inner(second_argument_of_some_length, third_argument_of_len),
)""",
    "value = [inner(first_argument_of_some_length, second_argument_of_some_length, third_argument_of_len)]": """\
value = [
    inner(
        first_argument_of_some_length,
        second_argument_of_some_length,
        third_argument_of_len,
    ),
]""",
    "value = [first_element_of_some_length, second_element_of_some_length, third_element_of_some_len]": """\
value = [
    first_element_of_some_length,
    second_element_of_some_length,
    third_element_of_some_len,
]""",
    "a_target_with_a_long_name = first_operand_of_some_length * second_operand + third_operand_of_len": """\
a_target_with_a_long_name = (
    first_operand_of_some_length * second_operand + third_operand_of_len
)""",
    "total = first_operand_of_some_length + second_operand_of_some_length + third_operand_of_some_len": """\
total = (
    first_operand_of_some_length
    + second_operand_of_some_length
    + third_operand_of_some_len
)""",
    "def function(only_argument_whose_name_is_very_long: str | initializers.Initializer) -> KerasTensor:": """\
def function(
    only_argument_whose_name_is_very_long: str | initializers.Initializer,
) -> KerasTensor:""",
}


@pytest.mark.parametrize(("flat", "broken"), BROKEN.items(), ids=range(len(BROKEN)))
def test_a_long_line_is_broken_as_a_formatter_does(flat: str, broken: str) -> None:
    assert statement(flat) == broken
    text = broken + ("\n    pass\n" if flat.startswith("def ") else "\n")
    formatted = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert formatted.stdout == text


def test_a_line_has_88_characters_at_most() -> None:
    for flat in (f"call({'a' * 82})", f"x = call({'a' * 78})"):
        assert len(flat) == 88
        assert statement(flat) == flat
        longer = flat.replace("aa", "aaa", 1)
        name = longer.partition("(")[2][:-1]
        assert statement(longer) == f"{flat.partition('(')[0]}(\n    {name}\n)"


def test_a_comment_that_alone_is_too_long_stands_above() -> None:
    flat = f"call({'a' * 72})"  # 78 characters
    assert statement(flat, comment="a note") == f"{flat}  # a note"
    assert statement(flat, comment="a notes") == f"# a notes\n{flat}"
    call = f"x = self.{'n' * 66}(x)"
    assert statement(call, 4, "384x13x13") == f"    # 384x13x13\n    {call}"
    assert statement(flat, 4, comment="a note") == f"    # a note\n    {flat}"
