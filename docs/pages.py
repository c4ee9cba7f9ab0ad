"""Pages of the site that stand elsewhere: the README, the operations and errors as `archc explain`
prints them, specs and generated files. Loaded by mkdocs as a hook (mkdocs.yml)."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pygments.formatters import HtmlFormatter

from archc.errors import CATALOGUE
from archc.ops import OPS
from archc.pages.explain import explain

ROOT = Path(__file__).parent.parent
ORIGINS = {
    "index.md": "README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
}
"""Pages of the site by the files that they are."""
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)\s]+)\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages and files that are not in docs/."""
    for name, content in _pages():
        files.append(File.generated(config, name, content=content))
    for folder, pattern in (("specs", "*.yaml"), ("generated", "*.py")):
        for path in sorted((ROOT / folder).glob(pattern)):
            name = f"{folder}/{path.name}"
            files.append(File.generated(config, name, abs_src_path=str(path)))
    return files


def _pages() -> Iterator[tuple[str, str]]:
    for name, origin in ORIGINS.items():
        yield name, (ROOT / origin).read_text("utf-8")
    yield "LICENSE.txt", (ROOT / "LICENSE").read_text("utf-8")
    for kind in OPS:
        # Python-Markdown nests lists by four spaces.
        yield f"reference/{kind}.md", re.sub(r"^  ( *- )", r"    \1", explain(kind), flags=re.M)
    for code in CATALOGUE:
        yield f"errors/{code}.md", explain(code)
    yield "reference.md", _index("Operations", "reference", OPS)
    yield "errors.md", _index("Errors", "errors", CATALOGUE)
    light, dark = (
        HtmlFormatter(style=style).get_style_defs(f"{scheme} .codehilite")
        for style, scheme in (("default", ":root"), ("github-dark", "[data-bs-theme=dark]"))
    )
    yield "style.css", f"{light}\n{dark}\n"


def _index(title: str, folder: str, names: Iterable[str]) -> str:
    headings = {name: explain(name).splitlines()[0].strip("# ") for name in names}
    lines = [f"- [{heading}]({folder}/{name}.md)" for name, heading in headings.items()]
    return "\n".join([f"# {title}", "", *lines, ""])


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links as the site has them: they are written for those who read the files where they lie."""
    return _LINK.sub(lambda match: f"]({_moved(match[1], page.file.src_uri)})", markdown)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Each table in a box of its own, in which a wide one scrolls."""
    return re.sub(r"<table>.*?</table>", lambda match: _boxed(match[0]), html, flags=re.S)


def _boxed(table: str) -> str:
    # A line in a cell's code is written with a backslash, which Python-Markdown leaves there.
    plain = re.sub(r"<code>[^<]*", lambda match: match[0].replace(r"\|", "|"), table)
    return f'<div class="table-responsive">\n{plain}\n</div>'


def _moved(link: str, page: str) -> str:
    path, mark, anchor = link.partition("#")
    if not path:
        return link
    path = path.removeprefix("../") if page not in ORIGINS else path.removeprefix("docs/")
    path = re.sub(r"^archc/pages/explanations/", "errors/", path)
    homes = {origin: name for name, origin in ORIGINS.items()} | {"LICENSE": "LICENSE.txt"}
    return homes.get(path, path) + mark + anchor
