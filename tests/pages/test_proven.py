"""A kept proof that contradicts itself, or is made to do harm, is refused in one line."""

import json
from pathlib import Path
from typing import Any

import pytest

import archc
from archc.errors import EnvironmentProblem
from archc.pages.proven import read
from archc.pages.report import page
from archc.proof.origin import of
from archc.targets import TARGETS
from archc.weights import limits

NET = archc.load("lenet5")
MISSING = "parts of it are missing"
CONTRADICTION = "it says that it passed, and its parts say otherwise"


def record(**changes: Any) -> dict[str, Any]:
    """A proof of two targets that passed, with these parts instead."""
    made = of(
        NET.compiled, {t: NET.compile(t) for t in ("torch", "keras")}, 0, "tensorflow"
    ).record()
    part = {"passed": True, "versions": {"torch": "2.13.0"}, "problems": [], "layers": {},
            "worst": {"layer": "out", "scaled_error": 1e-15}}  # fmt: skip
    return {"passed": True, "origin": made, "vacuous": False, "lost_in_float32": [],
            "targets": {"torch": part, "keras": dict(part)}, "skipped": {"onnx": "not asked"}} | changes  # fmt: skip


def refused(path: Path, content: Any) -> str:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(EnvironmentProblem) as caught:
        read(path, NET.compiled)
    (found,) = caught.value.diagnostics
    assert found.code == "E511"
    return found.message.partition(": ")[2]


def with_target(**changes: Any) -> dict[str, Any]:
    found = record()
    found["targets"]["torch"] |= changes
    return found


def with_hash(value: Any) -> dict[str, Any]:
    found = record()
    found["origin"]["files_sha256"]["nowhere.py"] = value
    return found


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (with_target(passed=False), CONTRADICTION),
        (record(vacuous=True), CONTRADICTION),
        (record(lost_in_float32=["c1"]), CONTRADICTION),
        (record(gradients={"passed": False, "comparisons": {}}), CONTRADICTION),
        (record(targets={}), CONTRADICTION),
        (with_hash(None), "the spec, --set or generated code differs"),
        (record(targets={"caffe": {"passed": True, "versions": {}}}), MISSING),
        (record(skipped={"caffe": "x"}), MISSING),
        (record(skipped={"onnx": 3}), MISSING),
        (record(passed="yes"), MISSING),
        (record(passed=1), MISSING),
        (with_target(worst={"layer": "a", "scaled_error": 10**400}), MISSING),
        (with_target(versions=[]), MISSING),
        (with_target(problems="x"), MISSING),
        ("[" * 200_000, "it is nested too deeply"),
        ("[" + "9" * 5000 + "]", "it is not JSON"),
        ("x" * (limits.PROOF + 1), "it is larger than 32 MiB"),
    ],
)
def test_what_cannot_be_is_refused(content: Any, problem: str, tmp_path: Path) -> None:
    assert refused(tmp_path / "proof.json", content) == problem


@pytest.mark.parametrize("text", ["\ud800", "<script>alert(1)</script>", "x" * 10**5, "\x1b[2J"])
def test_texts_of_a_proof_are_short_and_can_be_written(text: str, tmp_path: Path) -> None:
    found = with_target(versions={text: text}, worst={"layer": text, "scaled_error": 1.0})
    found["origin"]["machine"] = found["skipped"]["onnx"] = text
    (tmp_path / "proof.json").write_text(json.dumps(found))
    shown = read(tmp_path / "proof.json", NET.compiled)
    assert len(shown.rows[0].versions) < 1000
    assert b"<script>alert" not in page(NET.compiled, shown).encode("utf-8")


def test_a_whole_proof_is_shown(tmp_path: Path) -> None:
    (tmp_path / "proof.json").write_text(json.dumps(record()))
    found = read(tmp_path / "proof.json", NET.compiled)
    assert found.passed
    assert [found.states[name] for name in TARGETS] == ["proven", "proven", "skipped"]
