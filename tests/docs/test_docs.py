"""Every example of the documentation runs, every link leads somewhere, and lists are those of the code."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.shell import ROOT, Shell

import archc
from archc.language.reserved import DERIVED
from archc.targets import TARGETS
from archc.targets.onnx.target import IR_VERSIONS

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
HEAD = "archc: 1\nname: Net\ninput: {channels: 4, height: 13, width: 13}\nlayers:\n"


def blocks(language: str) -> list[tuple[str, str]]:
    """(where, text) of every fenced block of a language."""
    found = []
    for page in PAGES:
        text = page.read_text()
        for match in re.finditer(rf"^```{language}\n(.*?)^```", text, re.M | re.S):
            line = text[: match.start()].count("\n") + 1
            below = match[1].startswith("expect:")  # of the network shown before
            found.append(
                (f"{page.name}:{line}", f"{found[-1][1]}\n{match[1]}" if below else match[1])
            )
    return found


@pytest.mark.parametrize(("where", "text"), blocks("yaml"), ids=lambda value: value[:30])
def test_yaml_is_a_network_whose_figures_hold(where: str, text: str) -> None:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        return  # a comment for editors alone
    if lines[0].startswith("- "):
        text = HEAD + "\n".join(f"  {line}" for line in lines)
    if "upsample" in text:
        return  # the operation that adding-an-operation.md is about to add
    net = archc.parse(text, where)
    assert net.check() == []
    for target in ("torch", "onnx"):
        assert net.compile(target)


def test_the_tutorial_is_walked_to_its_end(shell: Shell, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "tutorial.md").read_text()
    network, figures = re.findall(r"^```yaml\n(.*?)^```", page, re.M | re.S)
    (tmp_path / "mynet.yaml").write_text(f"{network}\n{figures}")
    for part in page.split("\n## "):
        done = shell(re.findall(r"^\$ (.*)$", part, re.M))
        assert done.returncode == 0, done.stdout + done.stderr
    made = set(re.findall(r"`(?:generated/)?(\w+\.(?!yaml)\w+)`", page))
    assert {"mynet_keras.py", "proof.json", "mynet.svg", "mynet.html"} <= made
    assert made <= {path.name for path in tmp_path.rglob("*")}


def test_a_model_of_the_meta_device_is_initialised_as_the_page_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    (example,) = (
        text for text in re.findall(r"^```python\n(.*?)^```", page, re.M | re.S) if "meta" in text
    )
    script = tmp_path / "example.py"
    script.write_text(f"{example}print(round(model.conv1.weight.std().item(), 3))\n")
    environment = os.environ | {"PYTHONPATH": str(ROOT / "generated")}
    command = [sys.executable, str(script)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "0.01\n"), done.stderr


def test_the_suffixes_on_the_page_are_those_reserved() -> None:
    page = (ROOT / "docs" / "language.md").read_text()
    sentence = page.partition("\nThe suffixes are ")[2].partition(", in\nlower")[0]
    assert re.findall(r"`_(\w+)`", sentence) == DERIVED


def test_the_opsets_on_the_page_are_those_of_the_target() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    opsets, versions = re.findall(r"^\| (?:opset|IR version) \| (.*) \|$", page, re.M)
    pairs = zip(opsets.split(" | "), versions.split(" | "), strict=True)
    found = {int(opset): int(version) for same, version in pairs for opset in same.split(", ")}
    assert found == IR_VERSIONS


@pytest.mark.parametrize("target", ["torch", "keras"])
def test_the_losses_on_the_page_are_those_of_the_targets(target: str) -> None:
    section = (
        (ROOT / "docs" / "operations.md").read_text().partition("\n## The output and its loss\n")[2]
    )
    section = section.partition("\n## ")[0]
    for loss in TARGETS[target].losses.values():
        code = re.search(r"\w+\(.*\)", loss.removeprefix("the right class's own: "))
        assert code and code[0] in section


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_gallery_is_fresh() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "gallery.py")],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    same = done.stdout == (ROOT / "docs" / "gallery.md").read_text()
    assert same, "docs/gallery.md is stale: run `make goldens`"


def test_the_pictures_of_the_gallery_are_fresh(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "docs" / "gallery.py"), "--pictures", str(tmp_path)]
    subprocess.run(command, check=True, timeout=120)
    drawn = {path.name: path.read_text() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text() for path in (ROOT / "docs" / "pictures").iterdir()}
    assert drawn == kept, "docs/pictures is stale: run `make goldens`"


def test_every_page_is_reached_from_the_readme() -> None:
    text = (ROOT / "README.md").read_text()
    for page in PAGES[2:]:
        assert f"docs/{page.name}" in text
