"""Tables as documents: text of a spec is shown as it is in each format."""

import csv
import io
import re

import pytest
from support.markup import Text

from archc.tables.documents import escape_markdown, render_documents, to_csv
from archc.tables.sheet import Sheet

HOSTILE = "<script>&\"'</td> _a_ *b* |c| `d` \\e {f} $g% #h ~i^ ![j](k)"


def test_no_text_becomes_markup() -> None:
    sheet = Sheet(HOSTILE, (HOSTILE,), ("left",), [(HOSTILE,)], (HOSTILE,), (HOSTILE,))
    page = Text()
    page.feed(render_documents([sheet], "html", named=True))
    assert page.tags == {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "p"}
    assert page.text.count(HOSTILE) == 5
    markdown = render_documents([sheet], "markdown", named=True)
    for mark in ("<script", "_a", "*b", "|c", "`d", "[j"):
        assert mark in HOSTILE
        assert not re.search(rf"(?<!\\){re.escape(mark)}", markdown)
    latex = render_documents([sheet], "latex", named=True)
    for mark in ("_a", "{f", "$g", "%", "#h", "&"):
        lines = [line for line in latex.splitlines() if "script" in line]
        assert lines
        assert not any(re.search(rf"(?<!\\){re.escape(mark)}", line) for line in lines)
    rows = [*csv.reader(io.StringIO(to_csv((HOSTILE,), [(HOSTILE,)])))]
    assert rows == [[HOSTILE], [HOSTILE]]


@pytest.mark.parametrize(
    "text", [HOSTILE, "LeNet-5 & AlexNet &amp; &#126; ~~a~~ a_b \\* <b> 1 < 2"]
)
def test_every_markdown_shows_text_as_it_stands(text: str) -> None:
    """On GitHub it is CommonMark, on the site Python-Markdown with tables."""
    from markdown import markdown as site
    from markdown_it import MarkdownIt

    pages = [site(escape_markdown(text), extensions=["tables"])]
    pages += [MarkdownIt("commonmark").enable("strikethrough").render(escape_markdown(text))]
    for html in pages:
        page = Text()
        page.feed(html)
        assert (page.text.strip(), page.tags) == (text, {"p"})


def test_a_table_without_rows_or_totals_has_no_blank_lines() -> None:
    sheet = Sheet("Empty", ("name", "macs%"), ("left", "right"), [], None)
    assert render_documents([sheet], "html", named=True) == (
        '<table>\n<caption>Empty</caption>\n<thead>\n<tr><th style="text-align: left">name</th>'
        '<th style="text-align: right">macs%</th></tr>\n</thead>\n<tbody>\n</tbody>\n</table>'
    )
    latex = render_documents([sheet], "latex", named=True)
    assert "\\toprule\nname & MACs (\\%) \\\\\n\\midrule\n\\bottomrule\n" in latex
