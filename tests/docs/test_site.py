"""The documentation builds strictly, with every link and anchor, and fetches nothing."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from support.shell import ROOT

from archc.catalogue import CATALOGUE
from archc.language.shipped import shipped
from archc.ops import OPS


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


def test_no_backslash_is_left_in_the_code_of_a_cell(site: Path) -> None:
    text = (site / "commands.html").read_text()
    assert "<code>archc explain CODE|NAME|OP</code>" in text
    assert not re.findall(r"<code>[^<]*\\\|", text)


@pytest.fixture(scope="module")
def opened() -> Iterator[Page]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "install Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=Path(path), args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_no_page_scrolls_sideways(site: Path, opened: Page) -> None:
    wide: list[tuple[str, int]] = []
    for page in sorted(site.rglob("*.html")):
        opened.goto(page.as_uri())
        for width in (390, 1280):
            opened.set_viewport_size({"width": width, "height": 800})
            if opened.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((page.relative_to(site).as_posix(), width))
    assert not wide


def test_what_is_wider_than_its_page_scrolls_in_its_own_box(site: Path, opened: Page) -> None:
    opened.set_viewport_size({"width": 390, "height": 800})
    for page, box in (("gallery", ".table-responsive"), ("counting", ".codehilite code")):
        opened.goto((site / f"{page}.html").as_uri())
        moved = opened.locator(box).first.evaluate(
            "box => { box.scrollLeft = 50; return box.scrollLeft }"
        )
        assert moved == 50, page
