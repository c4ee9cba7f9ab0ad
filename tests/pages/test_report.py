"""What a page holds, and that nothing of a spec becomes markup in it."""

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import archc
from archc.cli import app
from archc.errors import EnvironmentProblem
from archc.language.shipped import shipped
from archc.pages.listings import listing
from archc.pages.proven import read
from archc.pages.report import page
from archc.picture.picture import picture
from archc.picture.svg import svg
from archc.proof import documents
from archc.proof.origin import of
from archc.targets.render import render

NET = archc.load("alexnet")


class Text(HTMLParser):
    """The text of a page by the id that it stands under, tags left out."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def record(network: Any = NET, **changes: Any) -> dict[str, Any]:
    """What `archc verify --report` keeps of a proof that passed."""
    files = {target: network.compile(target) for target in ("torch", "keras", "onnx")}
    origin = of(network.compiled, files, seed=0, backend="tensorflow").record()
    target = {"passed": True, "versions": {"torch": "2.13.0"}, "layers": {},
              "worst": {"layer": "fc8", "scaled_error": 3.9e-15}}  # fmt: skip
    return {"spec": network.stem, "passed": True, "origin": origin, "targets": {"torch": target},
            "steps": {"passed": True, "rule": {"torch": 0, "keras": 0}}} | changes  # fmt: skip


def kept(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content))
    return path


def test_the_same_page_twice() -> None:
    assert page(NET.compiled) == page(NET.compiled)


def test_all_is_in_it_and_nothing_is_fetched() -> None:
    text = page(NET.compiled)
    assert svg(picture(NET.graph)) in text
    for note in NET.spec.notes:
        assert html.escape(note, quote=False).replace("'", "&#39;") in text.replace("&#34;", '"')
    for figure in ("60,965,224", "724,406,816", "725,066,088"):
        assert figure in text
    found = Text(text)
    assert not {"link", "iframe", "img"} & {*found.tags}
    for name, value in found.attributes:
        if name in ("src", "href"):
            assert value and value.startswith("#")
    assert "@import" not in text and "url(" not in text


def test_the_listings_are_the_generated_files() -> None:
    for target in ("torch", "keras", "onnx"):
        source = render(NET.graph, target, NET.stem)
        lines = listing(target, source).lines
        plain = [html.unescape(re.sub(r"<[^>]*>", "", line.html)) for line in lines]
        assert "\n".join(plain) + "\n" == source.text


def test_nothing_of_a_spec_becomes_markup() -> None:
    net = archc.parse(
        "archc: 1\nname: Net\ntitle: '<script>alert(1)</script>'\n"
        "cite: '</style><img src=x onerror=alert(1)>'\nnotes: ['<b>\"&']\n"
        "input: {channels: 1, height: 4, width: 4}\nlayers:\n  - a: {type: relu}\n"
    )
    found = Text(page(net.compiled))
    assert found.tags.count("script") == 1
    assert not {"img"} & {*found.tags}
    assert "onerror" not in dict(found.attributes)


def test_a_target_that_refuses_says_why() -> None:
    net = archc.parse(
        "archc: 1\nname: Net\ninput: {channels: 4, height: 9, width: 9}\nlayers:\n"
        "  - a: {type: leaky_relu, slope: 1e-40}\n"
    )
    text = page(net.compiled)
    assert text.count('class="listing"') == 2
    assert "ONNX stores it as float32, which cannot represent it" in text


def test_a_proof_of_this_very_code_is_shown(tmp_path: Path) -> None:
    proof = read(kept(tmp_path / "proof.json", record()), NET.compiled)
    assert proof.passed
    text = page(NET.compiled, proof)
    assert "Proof: passed" in text
    assert "3.9e-15" in text
    assert "Training steps (PyTorch, Keras): equal." in text
    assert record()["origin"]["spec_sha256"] in text


def test_python_shows_what_it_has_proven_or_kept(tmp_path: Path) -> None:
    net = archc.load("lenet5")
    path = tmp_path / "proof.json"
    proof = net.verify("torch")
    documents.write(path, [proof])
    text = net.report(proof)
    assert text == net.report(path) == net.report(str(path))
    assert "Proof: passed" in text
    assert net.report() == page(net.compiled)
    with pytest.raises(EnvironmentProblem, match="this proof does not prove AlexNet"):
        NET.report(proof)


def target_record(**changes: Any) -> dict[str, Any]:
    """What a record holds of one target."""
    return {"passed": True, "versions": {}, "layers": {"a": 0.0}, "problems": []} | changes


def test_only_the_targets_of_the_proof_are_called_proven(tmp_path: Path) -> None:
    proof = read(kept(tmp_path / "proof.json", record()), NET.compiled)
    text = page(NET.compiled, proof)
    words = "proven: PyTorch; not in the proof: Keras, ONNX"
    assert f'<a href="#proof">{words}</a>' in text
    assert f"Proof: passed ({words})" in text
    assert states(text) == {
        "torch": "proven", "keras": "not in the proof", "onnx": "not in the proof"
    }  # fmt: skip
    assert "<code>alexnet_torch.py</code> was run" in text
    assert "<dt>backend</dt>" not in text


def test_all_three_are_named_where_all_are_proven(tmp_path: Path) -> None:
    targets = {
        "torch": target_record(float32={}),
        "keras": target_record(),
        "onnx": target_record(onnxruntime={}),
    }
    text = page(
        NET.compiled, read(kept(tmp_path / "p.json", record(targets=targets)), NET.compiled)
    )
    assert "Proof: passed (proven: PyTorch, Keras, ONNX)" in text
    assert {*states(text).values()} == {"proven"}
    for precisions in ("float64, float32", "float64", "float64, float32 (onnxruntime)"):
        assert f"<td>{precisions}</td>" in text
    assert "<dt>backend</dt><dd><code>tensorflow</code>" in text


def test_a_target_that_was_skipped_or_failed_says_why(tmp_path: Path) -> None:
    net = archc.parse(
        "archc: 1\nname: Net\ninput: {channels: 4, height: 9, width: 9}\nlayers:\n"
        "  - a: {type: leaky_relu, slope: 1e-40}\n"
    )
    files = {target: net.compile(target) for target in ("torch", "keras")}
    made = {
        "passed": False,
        "origin": of(net.compiled, files, seed=0, backend="tensorflow").record(),
        "targets": {"torch": target_record(passed=False, problems=["killed"]),
                    "keras": target_record()},
        "skipped": {"onnx": "it <cannot>"},
    }  # fmt: skip
    text = page(net.compiled, read(kept(tmp_path / "p.json", made), net.compiled))
    assert "Proof: not passed (proven: Keras; not proven: PyTorch; skipped: ONNX)" in text
    assert states(text) == {"torch": "not proven", "keras": "proven"}
    assert "ONNX was skipped: it &lt;cannot&gt;." in text
    assert "<td>killed</td>" in text


@pytest.mark.parametrize(
    "changes",
    [
        {"vacuous": True},
        {"lost_in_float32": ["fc8"]},
        {"gradients": {"passed": False, "comparisons": {}}},
    ],
)
def test_what_fails_as_a_whole_proves_no_file(changes: dict[str, Any], tmp_path: Path) -> None:
    made = record(passed=False, **changes)
    text = page(NET.compiled, read(kept(tmp_path / "p.json", made), NET.compiled))
    assert states(text)["torch"] == "not proven"
    assert "proven: PyTorch;" not in text.replace("not proven: PyTorch;", "")


def test_what_set_changes_of_a_recipe_was_not_proven(tmp_path: Path) -> None:
    other = archc.load("alexnet", {"train.batch": 7})
    assert other.compile("torch") == NET.compile("torch")
    with pytest.raises(EnvironmentProblem, match="does not prove"):
        read(kept(tmp_path / "proof.json", record()), other.compiled)


def states(text: str) -> dict[str, str]:
    """What stands beside each listing."""
    found = re.findall(r'<h3 id="file-(\w+)">.*?<span class="state">([^<]*)', text)
    return dict(found)


def test_what_is_stored_and_not_trained_is_counted_apart() -> None:
    assert (
        "<b>60,000</b> parameters,\n<b>840</b> non-trainable," in archc.load("lenet5-1998").report()
    )
    assert "non-trainable" not in NET.report().partition("<nav")[0]


def test_of_several_proofs_the_networks_own_is_taken(tmp_path: Path) -> None:
    other = record(archc.load("lenet5"), passed=False)
    assert read(kept(tmp_path / "proof.json", [record(), other]), NET.compiled).passed


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({}, "code differs"),
        ([], "code differs"),
        ("text", "code differs"),
        (record(archc.load("lenet5")), "code differs"),
        (record() | {"origin": record()["origin"] | {"files_sha256": {}}}, "code differs"),
        (record() | {"origin": record()["origin"] | {"files_sha256": {"alexnet_torch.py": ""}}}, "code differs"),
        ({"origin": record()["origin"]}, "parts of it are missing"),
        (record() | {"origin": record()["origin"] | {"files_sha256": of(NET.compiled, {"onnx": NET.compile("onnx")}, 0, "").files_sha256}}, "parts of it are missing"),
        (record(targets={"torch": None}), "parts of it are missing"),
        (record(targets={"torch": {"passed": True, "versions": {}, "worst": {"layer": "a", "scaled_error": "b"}}}), "parts of it are missing"),
        (record(targets={"torch": {"passed": True, "versions": {}, "worst": {}}}), "parts of it are missing"),
    ],
)  # fmt: skip
def test_a_proof_of_something_else_is_refused(content: Any, problem: str, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        read(kept(tmp_path / "proof.json", content), NET.compiled)
    (found,) = caught.value.diagnostics
    assert found.code == "E511"
    assert problem in found.message


def test_what_is_no_json_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "proof.json").write_bytes(b"\xff{")
    with pytest.raises(EnvironmentProblem, match="it is not JSON"):
        read(tmp_path / "proof.json", NET.compiled)
    with pytest.raises(EnvironmentProblem) as caught:
        read(tmp_path / "prof.json", NET.compiled)
    (found,) = caught.value.diagnostics
    assert found.code == "E505"
    assert found.message.endswith("prof.json: no such file or directory")
    assert found.help == f"did you mean {tmp_path / 'proof.json'}?"


def test_what_set_has_changed_is_said() -> None:
    net = archc.load("alexnet", ["fc8.units=10", "title=<b>Mine</b>"])
    changes = "<code>fc8.units=10</code>, <code>title=&lt;b&gt;Mine&lt;/b&gt;</code>"
    text = page(net.compiled)
    assert f'<p class="changes">With {changes}.</p>' in text
    assert f"from <code>alexnet.yaml</code> with {changes}.</p></footer>" in text
    assert (
        "changes"
        not in re.sub(r"(?s)<(script|style)>.*?</\1>", "", page(NET.compiled)).split("<main>")[0]
    )


def test_one_layer_is_one() -> None:
    net = archc.parse(
        "archc: 1\nname: Net\ninput: {channels: 1, height: 4, width: 4}\nlayers:\n"
        "  - a: {type: relu}\n"
    )
    assert "<b>1</b> layer\n" in page(net.compiled)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, arguments)


def test_the_command_writes_a_page_and_replaces_its_own_alone(tmp_path: Path) -> None:
    path = tmp_path / "alexnet.html"
    done = run("report", "alexnet", "-o", str(path))
    assert (done.exit_code, done.stdout) == (0, f"{path}\n")
    assert path.read_text("utf-8") == page(NET.compiled)
    again = run("report", "alexnet", "-o", str(path), "--set", "fc8.units=10")
    assert (again.exit_code, again.stdout) == (0, f"{path}\n")
    assert "fc8.units=10" in path.read_text("utf-8")
    path.write_text("mine")
    done = run("report", "alexnet", "-o", str(path))
    assert done.exit_code == 2
    assert "already exists" in done.stderr
    assert path.read_text() == "mine"
    assert run("report", "alexnet", "-o", str(path), "--force", "--quiet").stdout == ""
    assert path.read_text("utf-8") == page(NET.compiled)


def test_a_page_is_html_and_of_a_right_spec(tmp_path: Path) -> None:
    done = run("report", "alexnet", "-o", str(tmp_path / "alexnet.pdf"))
    assert done.exit_code == 2
    assert "does not end in .html or .htm" in " ".join(done.stderr.replace("│", "").split())
    (tmp_path / "wrong.yaml").write_text("archc: 1\n")
    done = run("report", str(tmp_path / "wrong.yaml"), "-o", str(tmp_path / "x.html"))
    assert done.exit_code == 1
    assert not (tmp_path / "x.html").exists()


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_network_has_its_page(name: str) -> None:
    net = archc.load(name)
    text = page(net.compiled)
    for node in net.graph.nodes:
        assert re.search(rf'<g data-layers="[^"]*\b{re.escape(node.name)}\b', text), node.name
        assert f'<tr data-layers="{node.name}">' in text
        for file in text.split('<article class="listing"')[1:]:
            assert re.search(rf'class="line" data-layers="{re.escape(node.name)}"', file)
