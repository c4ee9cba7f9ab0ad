"""The page on adding an operation, followed to the letter in a copy of the repository."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.shell import ROOT

PAGE = ROOT / "docs" / "adding-an-operation.md"
_BLOCK = re.compile(
    r"^(?:(?P<where>In|At the end of) )?`(?P<file>[\w/.]+)`"
    r"(?:, (?P<how>before|in place of) `(?P<anchor>[^\n]+?)`)?:\n\n```\w+\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
SPEC = """
archc: 1
name: Added
input: {{channels: 3, height: 9, width: 8}}
layers:
  - conv: {{type: conv2d, filters: 4, kernel: 3, activation: {activation}}}
  - own: {{type: {kind}}}
  - flat: {{type: flatten}}
  - fc: {{type: dense, units: 5}}
"""


@dataclass(frozen=True)
class Edit:
    """One block of the page: a file, what stands there now (nothing: at its end), and the text."""

    file: str
    text: str
    before: str = ""
    instead: str = ""

    def apply(self, root: Path) -> None:
        path = root / self.file
        own = path.read_text() if path.exists() else ""
        if self.before or self.instead:
            anchor = self.before or self.instead
            assert own.count(anchor) == 1, (self.file, anchor)
            added = self.text + self.before if self.before else self.text.rstrip("\n")
            own = own.replace(anchor, added)
        else:
            own += self.text
        path.write_text(own)


def edits(section: str) -> Iterator[Edit]:
    """The blocks of a section of the page."""
    page = PAGE.read_text()
    begin = page.index(f"\n## {section}")
    body = page[begin : page.find("\n## ", begin + 1)]
    for match in _BLOCK.finditer(body):
        anchors = {"before": "before", "in place of": "instead"}
        anchor = {anchors[match["how"]]: match["anchor"]} if match["how"] else {}
        yield Edit(match["file"], match["text"], **anchor)


@pytest.mark.parametrize(
    ("section", "kind", "activation", "most", "tests"),
    [
        ("An activation: six files", "softsign", "softsign", 6, []),
        (
            "An operation with weights: nine files",
            "affine",
            "relu",
            12,
            ["tests/ops/test_affine.py"],
        ),
    ],
)
def test_the_page_adds_an_operation_in_few_files(
    section: str, kind: str, activation: str, most: int, tests: list[str], tmp_path: Path
) -> None:
    for name in ("archc", "templates", "specs", "tests", "pyproject.toml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    blocks = [*edits(section)]
    for edit in blocks:
        edit.apply(tmp_path)
    touched = {edit.file for edit in blocks} | {"docs/operations.md"}
    words = {"six": 6, "nine": 9}
    assert len(touched) == words[section.split()[-2]] <= most
    (tmp_path / "net.yaml").write_text(SPEC.format(kind=kind, activation=activation))

    def run(*arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run("archc", "verify", "net.yaml", "--gradients")
    run("archc", "explain", kind)
    run("archc", "draw", "net.yaml", "-o", "net.svg")
    run("archc", "report", "net.yaml", "-o", "net.html")
    held = ["tests/targets/test_completeness.py", "tests/targets/test_capabilities.py",
            "tests/ops/test_arithmetic.py", "tests/picture/test_new_operation.py"]  # fmt: skip
    run("pytest", "-q", "-k", f"{kind} or every_operation or derives", *held, *tests)
