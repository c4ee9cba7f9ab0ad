"""`archc explain`: every code and every operation has a page, and every page is true."""

import difflib
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.command import run
from support.shell import Shell

import archc
from archc.catalogue import CATALOGUE, CODES
from archc.errors import EnvironmentProblem
from archc.files.locations import EXPLANATIONS
from archc.language.spec import Spec
from archc.ops import OPS
from archc.pages.explain import HEAD, diagnose, examples, explain, page
from archc.pages.operation import example, values
from archc.pages.section import PAGES
from archc.targets import TARGETS

SHOWN_BY_SPECS = [code for code in CATALOGUE if examples(code)]
SHOWN_BY_COMMANDS = [code for code in CATALOGUE if not examples(code)]
# To fix them takes a network connection, or a proof.
NOT_FIXED_HERE = ("E504", "E510", "E606", "E607", "E608", "E609", "E610", "E611")
NET = (
    "archc: 1\nname: Net\ninput: {channels: 1, height: 8, width: 8}\nlayers:\n  - a: {type: relu}\n"
)
MOST_LINES = 6  # that an example and its fixed form differ in


def consoles(code: str) -> list[str]:
    """The console blocks of a page."""
    return re.findall(r"^```console\n(.*?)^```\n", page(code), re.M | re.S)


def test_every_code_and_every_operation_has_a_page_and_every_page_one_of_them() -> None:
    assert {path.stem for path in EXPLANATIONS.glob("*.md")} == set(CATALOGUE)
    shown = {path.stem for path in EXPLANATIONS.glob("*.yaml")}
    required = {
        kind
        for kind, op in OPS.items()
        if op.reads[0] > 1 or any(field.is_required() for field in op.model_fields.values())
    }
    assert required <= shown <= set(OPS)
    assert {path.suffix for path in EXPLANATIONS.iterdir()} == {".md", ".yaml"}


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_page_says_what_a_code_means_and_shows_an_example_and_its_fix(code: str) -> None:
    text = page(code)
    block, prose = r"```(yaml|console)\n((?!```).*\n)+```\n", r"((?!```|## ).+\n)+"
    found = re.fullmatch(
        rf"# {CATALOGUE[code].name} \({code}\)\n\n## What it means\n\n(?P<meaning>{prose})\n"
        rf"## Example\n\n{block}\n## How to fix it\n\n{prose}\n{block}",
        text,
    )
    assert found
    assert 2 <= len(re.findall(r"[.?:](?=\s)", found["meaning"])) <= 6
    assert max(len(line) for line in text.splitlines()) <= 110
    assert len(examples(code)) + len(consoles(code)) == 2


@pytest.mark.parametrize("code", SHOWN_BY_SPECS)
def test_the_first_example_fails_with_this_code_and_the_second_does_not(code: str) -> None:
    wrong, fixed = examples(code)
    assert {d.code for d in diagnose(wrong)} == {code}
    assert diagnose(fixed) == []
    changed = [
        line for line in difflib.ndiff(wrong.split("\n"), fixed.split("\n")) if line[0] in "+-"
    ]
    assert 0 < len(changed) <= MOST_LINES + (4 if code == "E106" else 0)


@pytest.mark.parametrize("code", SHOWN_BY_SPECS)
def test_a_page_says_what_archc_says_of_its_example(code: str) -> None:
    finding = diagnose(examples(code)[0])[0]
    text = explain(code)
    severity = "warning" if code.startswith("W") else "error"
    expected = f"{severity} {code} [{CATALOGUE[code].name}]: {finding.message}"
    assert f"archc reports:\n\n```text\n{expected}\n" in text
    assert finding.help in text
    assert text.count("```") % 2 == 0


@pytest.mark.parametrize("code", SHOWN_BY_COMMANDS)
def test_the_commands_of_a_page_do_what_it_says(code: str, shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(NET)
    for number, block in enumerate(consoles(code)):
        if code in NOT_FIXED_HERE and (number == 1 or code == "E504"):
            continue
        commands = re.findall(r"^\$ (.*)$", block, re.M)
        done = shell(commands)
        said = done.stdout + done.stderr
        for line in re.findall(r"^(?!\$ )(.+)$", block, re.M):
            assert re.search(re.escape(line).replace("…", r"\S+"), said), said
        assert (done.returncode == 0) == (number == 1), said
        assert ("Traceback" in said) is False
        assert number == 1 or f"error {code} [{CATALOGUE[code].name}]: " in block


def test_a_missing_framework_is_what_its_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archc.weights.requirements.find_spec", lambda name: name != "jax" or None)
    wrong, fixed = consoles("E504")
    arguments = wrong.splitlines()[0].removeprefix("$ archc ").replace("net.yaml", "lenet5").split()
    status, _, said = run(*arguments)
    assert status == 2
    assert said == "\n".join(wrong.splitlines()[1:]) + "\n"
    assert fixed.strip("$ \n") in said


@pytest.mark.parametrize("kind", OPS)
def test_an_operation_explains_itself(kind: str) -> None:
    text = explain(kind)
    op = OPS[kind]
    assert text.startswith(f"# {kind}\n\n{inspect.getdoc(op)}\n\nIt takes ")
    for name, field in op.model_fields.items():
        if name == "type":
            continue
        need = "required" if field.is_required() else "(default .+|optional)"
        assert re.search(rf"^- `{name}`, {need}\. ", text, re.M), name
        if field.description and name != "init":  # whose model says more
            entry = text[text.index(f"- `{name}`") :]
            assert " ".join(entry.split()).find(field.description) > 0
    for target in TARGETS:
        assert f"## Generated code: {target}\n" in text
    assert "None" not in re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    assert text.count("```") == 10


@pytest.mark.parametrize("kind", OPS)
def test_the_code_shown_for_a_target_is_in_its_file(kind: str) -> None:
    network = archc.parse(example(kind))
    text = explain(kind)
    assert any(node.op.type == kind for node in network.graph.nodes)
    for target in TARGETS:
        section = text[text.index(f"## Generated code: {target}\n") :].split("```")[1]
        made = "\n".join(line.strip(" ,") for line in network.compile(target).split("\n"))
        for line in section.split("\n")[1:]:
            assert line.strip(" ,") in made


def test_counts_and_weights_are_those_of_the_example() -> None:
    text = explain("conv2d")
    network = archc.parse(example("conv2d"))
    assert str(network.summary()).split("\n", 1)[1] in text
    for node in network.graph.nodes:
        for weight in node.weights:
            assert f"`{node.name}.{weight.name}`: {weight.axes} " in text
    assert "It has no weights." in explain("max_pool")


def test_what_targets_refuse_and_emulate_is_told_with_the_reason() -> None:
    words = {
        kind: " ".join(explain(kind).split("## How targets differ\n\n")[1].split()) for kind in OPS
    }
    assert (
        "keras, `stride`, `dilation`: emulated where stride and dilation are both above 1: a stride"
        in words["conv2d"]
    )
    assert "onnx, `k`, `alpha`, `beta`: refused where it is not 0 and not" in words["lrn"]
    assert "onnx, `gelu`: refused with an `--opset` below 20: " in words["gelu"]
    assert "kept as float32: epsilon is an attribute" in words["batch_norm"]
    assert words["concat"] == "No differences: every target supports all fields natively."


def test_the_remarks_of_templates_are_shown() -> None:
    assert '- Not "gelu" and ops.gelu: on TensorFlow their constants' in explain("gelu")
    assert "- The file defines LocalResponseNorm: " in explain("lrn")


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "boolean"}, "true, false"),
        ({"type": "integer", "exclusiveMinimum": 0}, "an integer above 0"),
        ({"type": "number", "minimum": 0, "exclusiveMaximum": 1}, "a number of at least 0 and below 1"),
        ({"anyOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]}, "a, b"),
        ({"type": "array", "items": [{"type": "integer"}] * 2}, "a list of 2, each an integer"),
        ({"type": "array", "items": {"type": "string"}}, "a list, each a string"),
    ],
)  # fmt: skip
def test_a_schema_in_words(schema: dict[str, object], words: str) -> None:
    assert values(schema) == words


def test_a_name_is_unique_and_no_operation() -> None:
    assert {code: CATALOGUE[code].name for code in CODES.values()} == {
        code: entry.name for code, entry in CATALOGUE.items()
    }
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name) for name in CODES)


def test_codes_and_names_are_found_in_either_case() -> None:
    assert run("explain", "e203") == run("explain", "E203") == (0, explain("E203"), "")
    assert explain("invalid-value") == explain("Invalid-Value") == explain("E203")
    assert run("explain", "Conv2D")[1] == explain("conv2d")


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("E20", "did you mean 'E2"),
        ("203", "did you mean 'E203'?"),
        ("e999", "known: E101, "),
        ("conv2", "did you mean 'conv2d'?"),
        ("unknown-feild", "did you mean 'unknown-field'?"),
        ("Linear", "archc calls it 'dense'"),
        ("trian", "did you mean 'train'?"),
        ("swish", "archc has no silu (swish), x · sigmoid(x); known: "),
        ("\x1b[2J", "pass a code, such as E201, or one of conv2d"),
        ("", "pass a code, such as E201, or one of conv2d"),
        ("../errors", "pass a code, such as E201, or one of conv2d"),
    ],
)
def test_an_unknown_word_is_a_wrong_command(word: str, hint: str) -> None:
    status, out, said = run("explain", word)
    assert (status, out) == (2, "")
    assert said.startswith("error E205 [unknown-name]: unknown code, operation or section '")
    assert f"help: {hint}" in said
    assert "\x1b" not in said
    assert "Traceback" not in said


def test_pages_reach_a_terminal_of_plain_ascii() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    for word in (*OPS, *[*CATALOGUE][::7]):
        if explain(word).isascii():
            continue
        done = subprocess.run(
            [sys.executable, "-m", "archc", "explain", word],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert done.stdout.isascii()
        assert done.stdout.count("?") == explain(word).count("?"), word


def test_a_code_is_explained_without_what_generates_code() -> None:
    script = (
        "import sys, archc.pages.explain as e; e.explain('E203'); e.explain('E101')\n"
        "print(sorted({'jinja2', 'numpy', 'torch', 'keras', 'onnx'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"


def test_the_head_is_a_spec_that_lacks_its_layers() -> None:
    assert diagnose(HEAD + "  - a: {type: relu}\n") == []


@pytest.mark.parametrize("name", PAGES)
def test_a_section_explains_itself_with_an_example_that_is_right(name: str) -> None:
    text = explain(name)
    assert text.startswith(f"# {name}\n\n")
    (example,) = re.findall(r"^```yaml\n(.*?)^```", text, re.M | re.S)
    assert re.search(rf"\b{name}:", example)
    assert diagnose(example) == []
    assert max(len(line) for line in text.splitlines()) <= 110
    assert "None" not in text


def test_every_field_of_a_spec_has_a_page() -> None:
    assert {*Spec.model_fields} <= {*PAGES}
    assert not {*PAGES} & {*OPS, *CODES}


def test_a_section_lists_its_fields_with_what_they_mean() -> None:
    assert run("explain", "Train")[1] == explain("train")
    fields = explain("schedule").partition("## Fields\n\n")[2].partition("\n\n## Example")[0]
    assert fields.startswith(
        "- `type: plateau`. Divide when the validation error stops improving.\n"
        "  - `divide_by`. What the rate is divided by each time.\n"
    )
    assert "\n    - `learning_rate`. The rate in this stage." in fields
    assert "- `says`. Published figures, by layer and in total.\n  - `layers`. " in explain(
        "errata"
    )
    assert "\n\nValues: an integer of at least 1; a list of 2, each an integer" in explain("kernel")


@pytest.mark.parametrize(
    ("word", "begins"),
    [
        ("relu6", "archc has no relu6, min(max(0, x), 6); known: conv2d, "),
        ("pooling", "archc calls it 'max_pool', or 'avg_pool' for the mean"),
        ("identity", "leave the layer out"),
        ("xyz", "pass a code, such as E201, or one of conv2d, "),
    ],
)
def test_a_word_without_a_page_is_not_answered_with_a_hundred_names(word: str, begins: str) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        explain(word)
    (found,) = caught.value.diagnostics
    assert found.help.startswith(begins)
    assert "unknown-field" not in found.help and "…" not in found.help
