"""The page at work in Chromium: pointing, holding, sorting, copying, and not one request."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from support.chromium import launched

import archc
from archc.pages.report import LEGIBLE, page
from archc.proof import origin
from archc.proof.result import Errors, Proof, TargetProof
from archc.targets.render import render

NET = archc.load("alexnet")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "alexnet.html"
    path.write_text(page(NET.compiled), encoding="utf-8")
    return path


@contextmanager
def opened(browser: Browser, file: Path, **options: Any) -> Iterator[Page]:
    """The page, which may neither fail in the console nor ask for anything but itself."""
    permissions = ["clipboard-read", "clipboard-write"]
    context = browser.new_context(permissions=permissions, **options)
    shown = context.new_page()
    told: list[Any] = []
    asked: list[str] = []
    shown.on("console", lambda message: told.append(message.text))
    shown.on("pageerror", lambda error: told.append(error))
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(file.as_uri())
    yield shown
    assert told == []
    assert asked == [file.as_uri()]
    context.close()


@pytest.fixture
def shown(browser: Browser, file: Path) -> Iterator[Page]:
    with opened(browser, file) as page:
        yield page


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


def test_rows_without_a_value_are_last_in_both_directions(shown: Page) -> None:
    heading = shown.get_by_role("columnheader", name="kernel")
    cells = shown.locator("#layers tbody td:nth-child(4)")
    names = shown.locator("#layers tbody th")
    own = dict(zip(names.all_text_contents(), cells.all_text_contents(), strict=True))
    empty = [name for name, kernel in own.items() if not kernel]
    assert empty
    for kernels in (["3×3", "5×5", "11×11"], ["11×11", "5×5", "3×3"]):
        heading.get_by_role("button").click()
        found = cells.all_text_contents()
        assert list(dict.fromkeys(found)) == [*kernels, ""]
        assert names.all_text_contents()[-len(empty) :] == empty


@pytest.mark.parametrize("target", ["torch", "keras", "onnx"])
def test_a_listing_is_copied_as_it_is(shown: Page, target: str) -> None:
    button = shown.get_by_role("button", name=f"Copy alexnet_{target}.py")
    button.click()
    expect(shown.get_by_role("status")).to_have_text(f"Copied alexnet_{target}.py.")
    assert shown.evaluate("navigator.clipboard.readText()") == NET.compile(target)


BRANCHED = archc.parse("""
archc: 1
name: Branched
input: {channels: 4, height: 9, width: 9}
layers:
  - stem: {type: conv2d, filters: 4, kernel: 3, padding: 1}
  - relu: {type: relu}
  - left: {type: conv2d, filters: 4, kernel: 3, padding: 1}
  - add: {type: add, from: [relu, left], activation: relu}
  - flat: {type: flatten}
  - out: {type: dense, units: 3}
""")


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of a network with a branch, and a proof of its PyTorch file alone."""
    path = tmp_path_factory.mktemp("proven") / "branched.html"
    found = TargetProof(local64=errors("left"), whole64=errors("left"), wanted=2)
    network = BRANCHED.compiled
    made = origin.of(network, {"torch": BRANCHED.compile("torch")}, seed=0, backend="tensorflow")
    names = tuple(node.name for node in BRANCHED.graph.nodes)
    proof = Proof("spec", "Branched", made, names, 0, {"torch": found}, {"onnx": "a reason"})
    path.write_text(BRANCHED.report(proof), encoding="utf-8")
    return path


def errors(worst: str) -> Errors:
    names = [node.name for node in BRANCHED.graph.nodes]
    return Errors({name: 1e-15 * (name == worst) for name in names}, dict.fromkeys(names, 1e-10))


def test_a_layer_that_two_read_lights_where_it_is_made(browser: Browser, proven: Path) -> None:
    with opened(browser, proven) as shown:
        for layer in ("relu", "left", "add", "out"):
            shown.get_by_role("button", name=layer, exact=True).hover()
            lines = shown.locator(".line.lit")
            assert {line.get_attribute("data-layers") for line in lines.all()} == {layer}
            assert lines.count() == sum(
                [*render(BRANCHED.graph, target, BRANCHED.stem).layers.values()].count(layer)
                for target in ("torch", "keras", "onnx")
            )
            assert shown.locator("figure.light g.lit").count() >= 1


def test_the_proof_is_reached_from_the_top_and_lights_its_worst_layer(
    browser: Browser, proven: Path
) -> None:
    with opened(browser, proven) as shown:
        words = "proven: PyTorch; skipped: ONNX; not in the proof: Keras"
        shown.get_by_role("link", name=words, exact=True).click()
        section = shown.get_by_role("region", name=f"Proof: passed ({words})", exact=True)
        expect(section).to_be_in_viewport()
        expect(section).to_contain_text("ONNX was skipped: a reason.")
        for title, state in (
            ("PyTorch", "proven"),
            ("Keras", "not in the proof"),
            ("ONNX", "skipped"),
        ):
            article = shown.get_by_role("article", name=re.compile(f"^{title} .* {state}$"))
            expect(article).to_have_count(1)
        section.get_by_role("row", name="PyTorch").hover()
        assert shown.locator("#layers tr.lit").get_attribute("data-layers") == "left"


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


SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


def overflow(shown: Page) -> int:
    """By how many pixels the page can be pushed sideways."""
    found: int = shown.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return found


def test_it_fits_a_phone(browser: Browser, file: Path) -> None:
    with opened(browser, file, viewport=SIZES["phone"], has_touch=True) as shown:
        assert overflow(shown) == 0
        shown.get_by_role("button", name="conv2", exact=True).tap()
        assert shown.locator("tr.held").get_attribute("data-layers") == "conv2"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["alexnet", "lenet5"])
def test_a_pictures_text_is_legible_on_any_screen(
    browser: Browser, tmp_path: Path, name: str, size: str
) -> None:
    file = tmp_path / "net.html"
    file.write_text(page(archc.load(name).compiled), encoding="utf-8")
    with opened(browser, file, viewport=SIZES[size]) as shown:
        figure = shown.locator("figure.light")
        smallest = figure.evaluate("""figure => {
            const scale = figure.querySelector("svg").getScreenCTM().a;
            const sizes = [...figure.querySelectorAll("text")].map(e => +e.getAttribute("font-size"));
            return scale * Math.min(...sizes);
        }""")
        assert smallest >= 9
        assert overflow(shown) == 0
        if size == "phone":  # it is scrolled by itself, with the keyboard too
            figure.focus()
            shown.keyboard.press("ArrowRight")
            for _ in range(100):
                if moved := figure.evaluate("figure => figure.scrollLeft"):
                    break
                shown.wait_for_timeout(20)
            assert moved > 0


@pytest.mark.parametrize("name", ["alexnet", "lenet5"])
def test_a_picture_is_as_large_as_it_was_drawn_or_as_its_words_need(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "net.html"
    file.write_text(page(archc.load(name).compiled), encoding="utf-8")
    with opened(browser, file, viewport={"width": 1600, "height": 900}) as shown:
        picture = shown.locator("figure.light svg")
        box = picture.bounding_box()
        assert box is not None
        width, height = (float(picture.get_attribute(side) or 0) for side in ("width", "height"))
        sizes = [text.get_attribute("font-size") for text in picture.locator("text").all()]
        larger = max(1, LEGIBLE / min(float(size or 0) for size in sizes))
        assert box["width"] == pytest.approx(width * larger, abs=1)
        assert box["height"] == pytest.approx(height * larger, abs=1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_stands_on_the_paper_of_the_page(
    browser: Browser, file: Path, theme: str
) -> None:
    with opened(browser, file, color_scheme=theme) as shown:
        expect(shown.locator(f"figure.{theme}")).to_be_visible()
        paper = shown.evaluate("getComputedStyle(document.body).backgroundColor")
        expect(shown.locator(f"figure.{theme} svg > rect")).to_have_css("fill", paper)


def shadows(shown: Page) -> list[str]:
    """How strong the shadows at the left and the right edge of the table are."""
    found: list[str] = shown.locator("#layers .table").evaluate(
        "e => ['::before', '::after'].map(edge => getComputedStyle(e, edge).opacity)"
    )
    return found


@pytest.mark.parametrize("name", ["alexnet", "lenet5-1998"])
def test_all_columns_fit_a_desktop(browser: Browser, tmp_path: Path, name: str) -> None:
    file = tmp_path / "net.html"
    file.write_text(page(archc.load(name).compiled), encoding="utf-8")
    with opened(browser, file, viewport=SIZES["desktop"]) as shown:
        box = shown.get_by_role("region", name="Table of layers")
        assert box.evaluate("box => box.scrollWidth - box.clientWidth") == 0
        expect(shown.locator("#layers .sideways")).to_be_hidden()
        assert shadows(shown) == ["0", "0"]


def test_columns_out_of_sight_are_hinted_at(browser: Browser, file: Path) -> None:
    with opened(browser, file, viewport=SIZES["phone"]) as shown:
        box = shown.get_by_role("region", name="Table of layers")
        expect(shown.get_by_text("The table scrolls sideways.")).to_be_visible()
        edges = shown.locator("#layers .table")
        expect(edges).to_have_class("table after")
        assert shadows(shown) == ["0", "1"]
        box.evaluate("box => { box.scrollLeft = 1e6; }")
        expect(edges).to_have_class("table before")
        assert shadows(shown) == ["1", "0"]


@pytest.mark.parametrize("size", SIZES)
def test_words_of_any_length_stay_on_the_page(browser: Browser, tmp_path: Path, size: str) -> None:
    word = "w" * 150
    name, stem = "N" * 60, "s" * 60
    path = tmp_path / f"{stem}.yaml"
    path.write_text(
        f"archc: 1\nname: {name}\ntitle: {word}\ncite: 'https://example.org/{word}'\n"
        f"notes: [{word}]\ninput: {{channels: 1, height: 4, width: 4}}\nlayers:\n"
        f"  - {'l' * 60}: {{type: relu}}\n"
    )
    net = archc.load(path, [f"title={word}"])
    file = tmp_path / "net.html"
    file.write_text(page(net.compiled), encoding="utf-8")
    with opened(browser, file, viewport=SIZES[size]) as shown:
        assert overflow(shown) == 0


def test_a_screen_reader_finds_names_for_all_of_it(shown: Page) -> None:
    for target in ("torch", "keras", "onnx"):
        listing = shown.get_by_role("region", name=f"alexnet_{target}.py", exact=True)
        expect(listing).to_have_count(1)
        assert f'- region "alexnet_{target}.py"' in shown.locator("#code").aria_snapshot()
    expect(shown.get_by_role("figure", name="Picture of AlexNet")).to_have_count(1)
    for name in ("Picture", "Layers", "Code"):
        expect(shown.get_by_role("region", name=name, exact=True)).to_have_count(1)
    expect(shown.get_by_role("img", name="AlexNet")).to_have_count(1)
    unnamed = shown.evaluate(
        "[...document.querySelectorAll('button, a')].filter(e => !e.textContent.trim()).length"
    )
    assert unnamed == 0
