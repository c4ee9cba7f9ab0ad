"""Pages of the site that are not in docs/: the README, the pages of `archc explain`, specs and
generated files. Loaded by mkdocs as a hook (mkdocs.yml)."""

import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pygments.formatters import HtmlFormatter

from archc.catalogue import CATALOGUE
from archc.ops import OPS
from archc.pages.explain import explain

ROOT = Path(__file__).parent.parent
ORIGINS = {
    "index.md": "README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
}
"""Page of the site → file in the repository."""
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
    yield "reference.md", _operations()
    yield "errors.md", _errors()
    light, dark = (
        HtmlFormatter(style=style).get_style_defs(f"{scheme} .codehilite")
        for style, scheme in (("default", ":root"), ("github-dark", "[data-bs-theme=dark]"))
    )
    yield "style.css", f"{light}\n{dark}\n"


def _operations() -> str:
    return "\n".join(
        ["# Operations", "", *(f"- [{kind}](reference/{kind}.md)" for kind in OPS), ""]
    )


def _errors() -> str:
    rows = [
        f"| [{code}](errors/{code}.md) | `{entry.name}` | {entry.pattern} |"
        for code, entry in CATALOGUE.items()
    ]
    return "\n".join(["# Errors", "", "| code | name | message |", "|---|---|---|", *rows, ""])


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links as the site needs them; the files have links that work in the repository."""
    return _LINK.sub(lambda match: f"]({_moved(match[1], page.file.src_uri)})", markdown)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Wrap each table in a box, in which a wide one scrolls."""
    return re.sub(r"<table>.*?</table>", lambda match: _boxed(match[0]), html, flags=re.S)


def _boxed(table: str) -> str:
    # A | in the code of a cell is escaped with a backslash, which Python-Markdown leaves there.
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
