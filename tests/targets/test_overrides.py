"""Files compiled with overrides name them, and nothing of their text becomes code."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import archc
from archc.targets import TARGETS
from archc.targets.formatting import WIDTH


@pytest.mark.parametrize("target", TARGETS)
def test_a_file_names_the_overrides_that_made_it(target: str) -> None:
    net = archc.load("lenet5", {"out.units": 7, "c1.kernel": [3, 5], "c1.padding": "same_upper"})
    text = net.compile(target)
    assert "\nChanged out.units=7, c1.kernel=[3, 5], c1.padding=same_upper\n" in text
    assert "Changed" not in archc.load("lenet5").compile(target)


@pytest.mark.parametrize("target", TARGETS)
def test_many_overrides_take_several_lines(target: str) -> None:
    changes = {f"{layer}.init.bias": 0.123456789 for layer in ("c1", "c3", "c5", "f6", "out")}
    text = archc.load("lenet5", changes).compile(target)
    head = ast.get_docstring(ast.parse(text))
    assert head is not None
    lines = head.partition("Changed ")[2].split("\n61,")[0].split("\n")
    assert [line.strip() for line in lines] == [
        "c1.init.bias=0.123456789, c3.init.bias=0.123456789, c5.init.bias=0.123456789,",
        "f6.init.bias=0.123456789, out.init.bias=0.123456789",
    ]
    assert max(map(len, text.splitlines())) <= WIDTH


def hidden(value: str) -> str:
    """What a file says of a text that is not plain."""
    (line,) = (
        line
        for line in archc.load("lenet5", {"cite": value}).compile("torch").splitlines()
        if line.startswith("Changed")
    )
    return line


@pytest.mark.parametrize(
    "value",
    ['"""\nimport os', "\\", "a'b", "# x", "é", "a\tb", "-*- coding: latin-1 -*-"],
)
def test_other_characters_are_left_out(value: str) -> None:
    assert hidden(value) == "Changed cite=..."


@given(st.text(max_size=80))
def test_whatever_is_set_the_file_is_the_same_code(value: str) -> None:
    net = archc.load("lenet5")
    try:
        changed = archc.load("lenet5", {"cite": value})
    except archc.ArchcError:
        return
    one, other = (
        [
            part
            for part in ast.parse(each.compile("torch")).body[1:]
            if not isinstance(part, ast.Assign)
        ]
        for each in (net, changed)
    )
    assert ast.dump(ast.Module(one, [])) == ast.dump(ast.Module(other, []))
    assert changed.compile("torch").isascii()


def test_a_name_of_its_own_names_files_and_functions() -> None:
    net = archc.load("lenet5", {"out.units": 7}).renamed("small-lenet")
    files = net.files(tuple(TARGETS))
    assert [*files] == [f"small_lenet_{target}.py" for target in TARGETS]
    assert "def small_lenet(" in files["small_lenet_keras.py"]
    with pytest.raises(archc.ArchcError, match="E508"):
        net.renamed('a")').compile("torch")


def test_what_is_not_in_a_file_is_not_named_in_it() -> None:
    changes = {"title": "Small", "year": 1999, "train.batch": 7}
    assert archc.load("alexnet", changes).compile("torch") == archc.load("alexnet").compile("torch")
