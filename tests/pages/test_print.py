"""The page on paper: all of it, in its order, within the margins."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from support.chromium import launched
from support.pdf import pages, plain

import archc
from archc.pages.proven import Proven, Row
from archc.pages.report import page

PAPER = {"width": 688, "height": 1016}
"""A4 within the page's margins, in pixels."""
LAYERS = 40
NETS = {
    "alexnet": archc.load("alexnet"),
    "branched": archc.parse("""
archc: 1
name: Branched
input: {channels: 4, height: 9, width: 9}
layers:
  - stem: {type: conv2d, filters: 4, kernel: 3, padding: 1}
  - left: {type: conv2d, filters: 4, kernel: 3, padding: 1}
  - add: {type: add, from: [stem, left], activation: relu}
  - flat: {type: flatten}
  - out: {type: dense, units: 3}
"""),
    "deep": archc.parse(
        "archc: 1\nname: Deep\ninput: {channels: 4, height: 32, width: 32}\nlayers:\n"
        + "".join(
            f"  - c{n}: {{type: conv2d, filters: 4, kernel: 3, padding: 1}}\n"
            f"  - a{n}: {{type: add, from: [c{n}, {f'a{n - 1}' if n else 'input'}]}}\n"
            for n in range(LAYERS)
        )
    ),
}
PROOF = Proven(
    passed=True,
    states={"torch": "proven", "keras": "proven", "onnx": "proven"},
    rows=(Row("torch", "torch 2.13.0", "equal", "float64", "", "1.0e-15"),),
    files=("spec_torch.py",),
    skipped={},
    vacuous=False,
    lost=(),
    training=(),
    origin=(("spec sha256", "0123456789abcdef" * 4), ("machine", "some machine")),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module", params=NETS)
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("print") / f"{request.param}.html"
    path.write_text(page(NETS[request.param].compiled, PROOF), encoding="utf-8")
    return path


def opened(browser: Browser, file: Path, **options: Any) -> Page:
    shown = browser.new_page(viewport=PAPER, **options)
    shown.goto(file.as_uri())
    shown.emulate_media(media="print")
    return shown


def test_nothing_is_lost(browser: Browser, file: Path) -> None:
    net = NETS[file.stem]
    shown = opened(browser, file)
    printed = pages(shown.pdf(format="A4"))
    total = plain(shown.locator("#layers tfoot").text_content() or "")
    shown.close()
    text, after = "".join(printed), 0
    for target in ("torch", "keras", "onnx"):
        for line in net.compile(target).splitlines():
            place = text.find(plain(line), after)
            assert place >= 0, line
            after = place
    assert text.count(total) == 1
    for words in ("spec sha256", "0123456789abcdef" * 4, "some machine", "Made by archc"):
        after = text.find(plain(words), after)
        assert after >= 0, words


def test_each_page_of_the_table_has_its_headings(browser: Browser, file: Path) -> None:
    shown = opened(browser, file)
    headings = plain(shown.locator("#layers thead").text_content() or "")
    last = plain(shown.locator("#layers tfoot").text_content() or "")
    printed = pages(shown.pdf(format="A4"))
    shown.close()
    end = next(n for n, text in enumerate(printed) if last in text)
    assert [headings in text for text in printed] == [n <= end for n in range(len(printed))]


def test_the_picture_stands_whole_beneath_the_title(browser: Browser, file: Path) -> None:
    shown = opened(browser, file)
    first = pages(shown.pdf(format="A4"))[0]
    words = shown.locator("figure.light text").all_text_contents()
    shown.close()
    assert first.startswith(plain(NETS[file.stem].graph.name))
    for word in words:
        assert plain(word) in first


def test_no_heading_ends_a_page(browser: Browser, file: Path) -> None:
    shown = opened(browser, file)
    headings = shown.locator("h2, h3").all_text_contents()
    printed = pages(shown.pdf(format="A4"))
    shown.close()
    for text in printed:
        assert not text.endswith(tuple(map(plain, headings)))


def test_no_box_is_wider_than_the_page_or_too_tall_to_be_divided(
    browser: Browser, file: Path
) -> None:
    shown = opened(browser, file)
    found = shown.evaluate(
        """({width, height}) => {
        const wide = [], tall = [];
        for (const each of document.querySelectorAll("body *:not(svg *)")) {
            const box = each.getBoundingClientRect();
            if (box.right > width + 1) wide.push(each.outerHTML.slice(0, 80));
            const {display, overflow} = getComputedStyle(each);
            const whole = overflow !== "visible" || /inline-|grid|flex/.test(display);
            if (whole && box.height > height) tall.push(each.outerHTML.slice(0, 80));
        }
        return [wide, tall];
    }""",
        PAPER,
    )
    shown.close()
    assert found == [[], []]


def test_listings_are_whole_and_sections_stand_below_each_other(
    browser: Browser, file: Path
) -> None:
    shown = opened(browser, file)
    hidden = shown.locator(".code, .scroll").evaluate_all(
        "all => all.map(e => e.scrollHeight - e.clientHeight + e.scrollWidth - e.clientWidth)"
    )
    edges = shown.locator("main > section, .listing").evaluate_all("""
        all => all.filter(e => e.id !== "code").map(e => e.getBoundingClientRect())
            .map(box => [box.top, box.bottom])
    """)
    shown.close()
    assert len(hidden) == 5 and set(hidden) == {0}
    assert all(above[1] <= below[0] for above, below in pairwise(edges))


def test_a_reader_of_dark_pages_prints_on_white(browser: Browser, file: Path) -> None:
    shown = opened(browser, file, color_scheme="dark")
    paper = shown.evaluate("getComputedStyle(document.body).backgroundColor")
    pictures = [figure.is_visible() for figure in shown.locator("figure").all()]
    shown.close()
    assert paper == "rgb(255, 255, 255)"
    assert pictures == [True, False]
