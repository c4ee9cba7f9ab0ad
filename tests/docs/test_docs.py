"""Every example of the documentation runs, every link leads somewhere, and lists are those of the code."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from onnx.helper import VERSION_TABLE
from support.shell import ROOT, Shell
from typer.main import get_command

import archc
from archc.cautions import WARNINGS
from archc.cli import app
from archc.cli.project import KEYS
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
    for target in ("torch", "keras"):
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
    rows = re.findall(r"^\| (\d+) \| (\d+) \| (1\.\d+) \|", page, re.M)
    assert {int(opset): int(version) for opset, version, _ in rows} == IR_VERSIONS
    first: dict[int, str] = {}
    for release, version, opset, *_ in VERSION_TABLE:
        first.setdefault(opset, f"{release.rpartition('.')[0]} {version}")
    for opset, version, release in rows:
        assert first[int(opset)] == f"{release} {version}"


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


def test_the_workflow_and_the_hooks_of_the_page_run_commands_that_there_are() -> None:
    page = (ROOT / "docs" / "ci.md").read_text()
    workflow, local = (
        yaml.safe_load(text) for text in re.findall(r"^```yml\n(.*?)^```", page, re.M | re.S)
    )
    assert workflow[True] == ["push", "pull_request"]  # YAML 1.1 reads `on` so
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert all(("uses" in step) != ("run" in step) for step in steps)
    assert all(
        re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"]) for step in steps if "uses" in step
    )
    runs = [step["run"] for step in steps if "run" in step]
    runs += [hook["entry"] for repo in local["repos"] for hook in repo["hooks"]]
    known = get_command(app)
    for line in runs:
        program, name, *arguments = shlex.split(line)
        if program == "archc":
            command = known.commands[name]  # type: ignore[attr-defined]
            command.make_context(name, [*arguments])
        else:
            assert (program, name) == ("pip", "install")
            assert re.fullmatch(r"archc-compiler(\[all\])?", arguments[0])
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    shipped = {hook["id"]: hook for hook in hooks}
    for hook in local["repos"][0]["hooks"]:
        assert hook["language"] == "system"
        same = ("name", "entry", "always_run", "pass_filenames")
        assert all(hook[key] == shipped[hook["id"]][key] for key in same)


def test_the_warnings_on_the_page_are_those_that_there_are() -> None:
    page = (ROOT / "docs" / "language.md").read_text()
    rows = re.findall(r"^\| (W\d+) `([a-z-]+)` \|", page, re.M)
    assert rows == [(code, words[0]) for code, words in WARNINGS.items()]


def test_the_settings_on_the_pages_are_those_that_there_are() -> None:
    for name in ("commands", "ci"):
        page = (ROOT / "docs" / f"{name}.md").read_text()
        (text,) = re.findall(r"^```toml\n(.*?)^```", page, re.M | re.S)
        assert {*tomllib.loads(text)["tool"]["archc"]} <= {*KEYS}
