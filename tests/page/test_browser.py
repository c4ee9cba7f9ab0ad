"""The page at work in Chromium: pointing, holding, sorting, copying, and not one request."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

import archc
from archc.page.page import page

NET = archc.load("alexnet")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "install Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=Path(path), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "alexnet.html"
    path.write_text(page(NET.compiled), encoding="utf-8")
    return path


@pytest.fixture
def shown(browser: Browser, file: Path) -> Iterator[Page]:
    """The page, which may neither fail in the console nor ask for anything but itself."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    told: list[Any] = []
    asked: list[str] = []
    opened.on("console", lambda message: told.append(message.text))
    opened.on("pageerror", lambda error: told.append(error))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(file.as_uri())
    yield opened
    assert told == []
    assert asked == [file.as_uri()]
    context.close()


def marked(shown: Page, kind: str) -> set[str]:
    found: list[str] = shown.locator(f".{kind}").evaluate_all(
        "all => all.map(e => (e.closest('section').id) + ' ' + (e.closest('pre')?.ariaLabel ?? ''))"
    )
    return {place.strip() for place in found}


EVERYWHERE = {
    "picture", "layers", "code alexnet_torch.py", "code alexnet_keras.py", "code alexnet_onnx.py",
}  # fmt: skip


def test_pointing_at_a_layer_lights_it_up_everywhere(shown: Page) -> None:
    for place in (
        "tr[data-layers=pool1]",
        "svg [data-layers=pool1] path",
        ".line[data-layers=pool1]",
    ):
        shown.hover(f"{place} >> nth=0")
        assert marked(shown, "lit") == EVERYWHERE
        assert shown.locator("tr.lit").get_attribute("data-layers") == "pool1"
    shown.hover("h1")
    assert marked(shown, "lit") == set()


def test_a_click_holds_a_layer_and_shows_it_in_each_listing(shown: Page) -> None:
    button = shown.get_by_role("button", name="fc8", exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert marked(shown, "held") == EVERYWHERE
    for listing in shown.locator("pre").all():
        expect(listing.locator(".held").first).to_be_visible()
        assert listing.evaluate("box => box.scrollTop") > 0
    shown.get_by_role("button", name="fc7", exact=True).click()
    expect(button).to_have_attribute("aria-pressed", "false")
    shown.keyboard.press("Escape")
    assert marked(shown, "held") == set()


def test_layers_are_reached_by_keyboard(shown: Page) -> None:
    shown.get_by_role("button", name="conv1", exact=True).focus()
    assert marked(shown, "lit") == EVERYWHERE
    shown.keyboard.press("Enter")
    assert marked(shown, "held") == EVERYWHERE
    shown.keyboard.press("Tab")
    assert shown.locator("tr.lit").get_attribute("data-layers") == NET.graph.nodes[1].name


def test_enter_holds_a_layer_while_text_is_selected(shown: Page) -> None:
    shown.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
    shown.get_by_role("button", name="conv1", exact=True).focus()
    assert shown.evaluate("String(getSelection())") == "AlexNet"
    shown.keyboard.press("Enter")
    assert marked(shown, "held") == EVERYWHERE
    shown.keyboard.press("Escape")
    shown.locator("#layers tbody tr").first.locator("td").first.dispatch_event(
        "click", {"detail": 1}
    )
    assert marked(shown, "held") == set()


def test_a_column_sorts_up_down_and_back(shown: Page) -> None:
    def column() -> list[str]:
        return shown.locator("#layers tbody th").all_text_contents()

    heading = shown.get_by_role("columnheader", name="parameters")
    own = [node.name for node in NET.graph.nodes]
    order = sorted(NET.graph.nodes, key=lambda node: node.cost.parameters)
    up = [node.name for node in order]
    expect(heading).to_have_attribute("aria-sort", "none")
    for direction, expected in (("ascending", up), ("descending", up[::-1]), ("none", own)):
        heading.get_by_role("button").click()
        expect(heading).to_have_attribute("aria-sort", direction)
        assert column() == expected


@pytest.mark.parametrize("target", ["torch", "keras", "onnx"])
def test_a_listing_is_copied_as_it_is(shown: Page, target: str) -> None:
    button = shown.get_by_role("button", name=f"Copy alexnet_{target}.py")
    button.click()
    expect(shown.get_by_role("status")).to_have_text(f"Copied alexnet_{target}.py.")
    assert shown.evaluate("navigator.clipboard.readText()") == NET.compile(target)


REJECTED = "navigator.clipboard.writeText = () => Promise.reject(new Error('no'));"


@pytest.mark.parametrize(
    "failing",
    ["document.execCommand = () => false", "document.execCommand = () => { throw new Error(); }"],
)
def test_what_cannot_be_copied_is_said(shown: Page, failing: str) -> None:
    shown.evaluate(f"() => {{ {REJECTED} {failing} }}")
    button = shown.get_by_role("button", name="Copy alexnet_torch.py")
    button.focus()
    shown.keyboard.press("Enter")
    words = "Could not copy; select the text instead"
    expect(shown.get_by_role("status")).to_have_text(f"{words}: alexnet_torch.py.")
    expect(shown.get_by_role("button", name=f"{words} alexnet_torch.py")).to_be_focused()
    assert shown.locator("textarea").count() == 0


def test_without_a_clipboard_the_old_way_copies(shown: Page) -> None:
    shown.evaluate(f"() => {{ {REJECTED} }}")
    shown.get_by_role("button", name="Copy alexnet_onnx.py").click()
    expect(shown.get_by_role("status")).to_have_text("Copied alexnet_onnx.py.")
    expect(shown.get_by_role("button", name="Copied alexnet_onnx.py")).to_be_focused()
    assert shown.evaluate("navigator.clipboard.readText()") == NET.compile("onnx")


def test_it_fits_a_phone(browser: Browser, file: Path) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    opened = context.new_page()
    opened.goto(file.as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360
    opened.get_by_role("button", name="conv2", exact=True).tap()
    assert opened.locator("tr.held").get_attribute("data-layers") == "conv2"
    context.close()


def test_a_screen_reader_finds_names_for_all_of_it(shown: Page) -> None:
    for name in ("Picture", "Layers", "Code"):
        expect(shown.get_by_role("region", name=name, exact=True)).to_have_count(1)
    expect(shown.get_by_role("img", name="AlexNet")).to_have_count(1)
    unnamed = shown.evaluate(
        "[...document.querySelectorAll('button, a')].filter(e => !e.textContent.trim()).length"
    )
    assert unnamed == 0
