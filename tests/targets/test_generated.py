"""The committed files are what the templates make, and what a linter and a type checker like."""

import difflib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.networks import spec_text, specs

import archc
from archc.language.shipped import shipped
from archc.targets import literals
from archc.targets.render import file_name

TARGETS = ("torch", "keras", "onnx")
REFRESH = "make goldens"


def ruff(*arguments: str, text: str) -> subprocess.CompletedProcess[str]:
    """Ruff with its default settings, on one file's text."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            *arguments,
            "--isolated",
            "--stdin-filename",
            "made.py",
            "-",
        ],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def assert_clean(text: str) -> None:
    """Nothing that `ruff check` or `ruff format` would change."""
    done = ruff("check", "--quiet", text=text)
    assert done.returncode == 0, done.stdout + done.stderr
    formatted = ruff("format", "--quiet", text=text)
    assert formatted.returncode == 0, formatted.stderr
    assert formatted.stdout == text


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("spec", sorted(shipped()))
def test_committed_files_are_fresh(root: Path, spec: str, target: str) -> None:
    path = root / "generated" / file_name(spec, target)
    made = archc.load(spec).compile(target).splitlines(keepends=True)
    committed = path.read_text().splitlines(keepends=True) if path.exists() else []
    diff = "".join(difflib.unified_diff(committed, made, "committed", "made now"))
    assert not diff, f"{diff}\nIf the change is meant: {REFRESH}"


def test_nothing_else_is_committed_as_generated(root: Path) -> None:
    expected = {file_name(spec, target) for spec in shipped() for target in TARGETS}
    assert {path.name for path in (root / "generated").iterdir() if path.is_file()} == expected


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("spec", sorted(shipped()))
def test_committed_files_are_clean(spec: str, target: str) -> None:
    text = archc.load(spec).compile(target)
    assert text.isascii()
    assert text.endswith("\n")
    assert_clean(text)


def test_pytorch_files_pass_strict_type_checks(root: Path, tmp_path: Path) -> None:
    files = [str(root / "generated" / file_name(spec, "torch")) for spec in shipped()]
    wild = tmp_path / "wild_torch.py"
    wild.write_text(archc.parse(WILD).compile("torch"))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, *files, str(wild)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout


WILD = spec_text(
    [
        {"first": {"type": "conv2d", "filters": 2, "kernel": 1}},
        {"second": {"type": "conv2d", "filters": 2, "kernel": 1, "from": "input"}},
        {"start": {"type": "add", "from": ["first", "second"]}},
        {"a": {"type": "conv2d", "filters": 4, "kernel": [3, 2], "padding": {"top": 1}}},
        {
            "b": {
                "type": "avg_pool",
                "kernel": 2,
                "padding": {"left": 1},
                "activation": "scaled_tanh",
            }
        },
        {"c": {"type": "max_pool", "kernel": 2, "stride": 1, "padding": {"left": 1}}},
        {"d": {"type": "conv2d", "filters": 4, "kernel": 1, "from": "c"}},
        {"e": {"type": "add", "from": ["c", "d"], "activation": "sigmoid"}},
        {"f": {"type": "concat", "from": ["e", "c"]}},
        {"g": {"type": "scaled_tanh"}},
        {"h": {"type": "flatten"}},
        {"i": {"type": "dense", "units": 2, "bias": False, "init": {"weight": {"uniform": 0.1}}}},
    ]
)


def test_the_same_bytes_on_every_run(tmp_path: Path) -> None:
    """Whatever the hash seed, the locale and the working directory."""
    code = "import archc, sys; sys.stdout.write(archc.load('alexnet').compile('keras'))"
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale},
            cwd=folder,
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed, locale, folder in (("1", "C", "/"), ("2", "C.UTF-8", tmp_path))
    }
    assert len(texts) == 1


@settings(max_examples=25)
@given(specs())
def test_random_networks_make_clean_files(text: str) -> None:
    net = archc.parse(text, "random.yaml")
    for target in TARGETS:
        assert_clean(net.compile(target))


names = st.from_regex(r"q[a-z0-9]{25,62}", fullmatch=True)  # none is reserved or derived


@settings(max_examples=15)
@given(
    st.lists(names, min_size=6, max_size=6, unique=True),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=300),
)
def test_long_names_and_any_citation_make_clean_files(long: list[str], cite: str) -> None:
    a, b, c, d, e, f = long
    conv = {"type": "conv2d", "filters": 4, "kernel": 3, "padding": 1, "activation": "relu"}
    layers = [
        {a: conv},
        {b: {"type": "max_pool", "kernel": 3, "stride": 1, "padding": {"top": 1}, "from": a}},
        {c: {**conv, "from": b, "groups": 2, "padding": {"bottom": 2, "right": 1}}},
        {d: {"type": "conv2d", "filters": 4, "kernel": 3, "from": c}},
        {e: {"type": "concat", "from": [d, d]}},
        {f: {"type": "flatten"}},
    ]
    net = archc.parse(spec_text(layers, cite=cite))
    for target in TARGETS:
        assert_clean(net.compile(target))


@given(st.one_of(st.text(), st.text(min_size=90), st.text(" \0a", min_size=90)))
def test_a_text_comes_back_from_its_literal(text: str) -> None:
    for line in (f"CITATION = {literals.text(text)}", literals.assigned("CITATION", text)):
        assert line.isascii()
        scope: dict[str, str] = {}
        exec(line, scope)
        assert scope["CITATION"] == text
