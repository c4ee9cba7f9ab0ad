"""The documentation builds strictly, with every link and anchor, and fetches nothing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from archc.errors import CATALOGUE
from archc.ops import OPS
from archc.shipped import shipped

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_there_is_a_page_for_everything(site: Path) -> None:
    for kind in OPS:
        assert f'<h1 id="{kind}">{kind}' in (site / "reference" / f"{kind}.html").read_text()
    for code in CATALOGUE:
        assert code in (site / "errors" / f"{code}.html").read_text()
    for name in shipped():
        assert (site / "specs" / f"{name}.yaml").is_file()
        assert f"specs/{name}.yaml" in (site / "gallery.html").read_text()
    assert (site / "generated" / "alexnet_torch.py").is_file()


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text()
        assert not re.findall(r"<(?:script|img|iframe)[^>]+src=\"(?:https?:)?//", text), page
        assert not re.findall(r"<link[^>]+href=\"(?:https?:)?//", text), page
    for sheet in site.rglob("*.css"):
        assert not re.findall(r"url\(['\"]?(?:https?:)?//", sheet.read_text()), sheet
