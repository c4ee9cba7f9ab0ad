"""What `verify` prints and keeps: the same proof for people and for programs."""

import json
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from support.faults import SMALL
from typer.testing import CliRunner

import archc
from archc.cli import app
from archc.errors import EnvironmentProblem
from archc.proof import documents, terminal
from archc.proof.result import Proof
from archc.proof.verify import verify

pytestmark = pytest.mark.usefixtures("warm")

NET = archc.parse(SMALL, "small.yaml")


@pytest.fixture(scope="module")
def proof() -> Proof:
    return NET.verify(gradients=True, train_steps=3)


@pytest.fixture(scope="module")
def failing() -> Proof:
    text = NET.compile("torch").replace("eps=0.001", "eps=0.002")
    (found,) = verify(
        [NET.compiled], targets=["torch"], sources=[{"torch": text}], with_gradients=True
    )
    return found


def shown(proof: Proof) -> str:
    stream = StringIO()
    terminal.show(Console(file=stream, width=200), proof)
    return stream.getvalue()


def test_the_terminal_names_both_targets_of_a_comparison_and_draws_the_drift(proof: Proof) -> None:
    text = shown(proof)
    assert "  torch, keras   gradients agree, whole   " in text
    assert "  keras          in training              " in text
    assert "torch: its running variance is the unbiased one" in text
    recipe = "learning rate 0.01, momentum 0.9, weight decay 0.0005, cross entropy, batches of 4"
    assert f"3 steps of sgd (the spec): {recipe}\n" in text
    (curve,) = {line.split()[-1] for line in text.splitlines() if "torch in float32 drifts" in line}
    assert len(curve) == 3
    assert text.rstrip().splitlines()[-1].startswith("Small: 3 targets equal to the reference")


def test_the_terminal_says_where_it_first_differs_with_values(failing: Proof) -> None:
    text = shown(failing)
    assert "first difference: 'norm' on torch, its values (float64, norm.output): " in text
    headings, _, worst, *_ = text.partition("output): ")[2].splitlines()[1:]
    assert headings.split() == ["at", "expected", "found", "difference"]
    assert worst.startswith("  [1, 2, 2, 1]   18.62")
    assert "torch, `momentum`: emulated: 1 - `momentum`" in text
    assert "Small: NOT proven: torch, gradients (" in text


def test_json_keeps_all_that_a_second_run_needs(proof: Proof) -> None:
    record = json.loads(documents.in_json([proof]))
    assert record == json.loads(json.dumps(proof.record()))
    origin = record["origin"]
    assert origin["spec_sha256"] == sha256(SMALL.encode()).hexdigest()
    keras = sha256(NET.compile("keras").encode()).hexdigest()
    assert origin["files_sha256"]["small_keras.py"] == keras
    assert (origin["seed"], origin["backend"]) == (0, "tensorflow")
    assert {*record["targets"]["torch"]["versions"]} == {"torch"}
    layers = [node.name for node in NET.graph.nodes]
    for target in record["targets"].values():
        assert [*target["layers"]] == [*target["limits"]] == [*target["accumulated"]] == layers
    assert record["steps"]["recipe"]["steps"] == 3
    assert record["gradients"]["passed"] is True
    assert [type(r) for r in json.loads(documents.in_json([proof, proof]))] == [dict, dict]


def test_markdown_shows_every_layer_and_every_step(proof: Proof) -> None:
    text = documents.in_markdown([proof])
    assert text.startswith("# Small: proven\n\n3 targets equal to the reference in every layer (")
    assert "\n\n\n" not in text
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["## Layer by layer", "## Gradients", "## Training steps", "## Origin"]
    for node in NET.graph.nodes:
        assert text.count(f"| {node.name} ") >= 2
    steps = text.partition("## Training steps")[2].partition("## Origin")[0]
    assert [row.split("|")[1].strip() for row in steps.splitlines() if row.startswith("| ")] == [
        "steps", "0", "1", "2", "3",
    ]  # fmt: skip
    assert sha256(SMALL.encode()).hexdigest() in text


def test_markdown_shows_where_it_first_differs(failing: Proof) -> None:
    text = documents.in_markdown([failing])
    assert text.startswith("# Small: not proven\n\nNOT proven: torch, gradients (")
    assert "## First difference\n\n'norm' on torch, its values (float64, norm.output): " in text
    assert "| at " in text
    assert "**" in next(line for line in text.splitlines() if line.startswith("| norm"))


def test_a_failed_proof_is_kept_too(failing: Proof, tmp_path: Path) -> None:
    documents.write(tmp_path / "new" / "proof.json", [failing])
    assert json.loads((tmp_path / "new" / "proof.json").read_text())["passed"] is False


def test_a_file_that_is_there_is_kept(proof: Proof, tmp_path: Path) -> None:
    path = tmp_path / "proof.md"
    path.write_text("mine")
    with pytest.raises(EnvironmentProblem, match="already exists"):
        documents.write(path, [proof])
    assert path.read_text() == "mine"
    documents.write(path, [proof], force=True)
    assert path.read_text().startswith("# Small")


def test_what_cannot_be_kept_is_said_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archc.proof.verify.verify", None)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["verify", "lenet5", "--report", "proof.txt"])
    assert done.exit_code == 2
    assert "'proof.txt' does not end in .json or .md" in done.stderr
    Path("proof.json").write_text("mine")
    done = CliRunner().invoke(app, ["verify", "lenet5", "--report", "proof.json"])
    assert done.exit_code == 2
    assert "error E701 [file-exists]: proof.json already exists" in done.stderr
    assert Path("proof.json").read_text() == "mine"
