"""Writes docs/gallery.md: every spec that ships, with picture, table and published figures.

python docs/gallery.py > docs/gallery.md
python docs/gallery.py --pictures docs/pictures
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import archc
from archc.language.published import Claim
from archc.language.shipped import shipped
from archc.ops.tensor import show
from archc.picture.picture import StyleName
from archc.tables.documents import escape_markdown
from archc.targets import TARGETS
from archc.targets.render import file_name

HEAD = """\
# Gallery

Every network that ships with archc, with its picture, its table, and the figures that its sources print, right and wrong.
`archc check` compares each of these figures with the network; `make goldens` writes this page.
"""
# In chronological, not alphabetical order.
FAMILIES = {"LeNet": "lenet", "AlexNet": "alexnet"}
# Each in the style of its best-known figure.
STYLES: dict[str, StyleName] = {"lenet": "lenet", "alexnet": "blocks"}


def plain(text: str) -> str:
    """Text of a spec as Markdown that means nothing but itself."""
    return escape_markdown(" ".join(text.split()))


def sentence(text: str) -> str:
    """The same, beginning with a capital if it begins with a word."""
    word = re.match(r"[a-z]+(?=[ :,])", text)
    return plain(text[:1].upper() + text[1:] if word else text)


def figures(claim: Claim) -> str:
    """What a source prints: `conv1: 34,944 parameters; …`."""
    parts = []
    wholes = {"total": claim.totals} if claim.totals.model_dump(exclude_none=True) else {}
    for name, said in {**claim.layers, **wholes}.items():
        values = [
            show(value) if figure == "shape" else f"{value:,} {figure}"
            for figure, value in said.model_dump(exclude_none=True).items()
        ]
        parts.append(f"{name}: {', '.join(values)}")
    return "; ".join(parts)


def section(name: str) -> Iterator[str]:
    """The lines of one network."""
    net = archc.load(name)
    spec = net.spec
    yield f"### {plain(net.name)}"
    yield ""
    if spec.title:
        yield plain(spec.title) + "."
        yield ""
    if spec.cite:
        yield f"Source: {plain(spec.cite)}"
        yield ""
    files = ", ".join(f"[{target}](../generated/{file_name(name, target)})" for target in TARGETS)
    yield f"[`{name}`](../specs/{name}.yaml): {files}"
    yield ""
    yield f"![{plain(net.name)}, drawn to scale](pictures/{name}.svg)"
    yield ""
    yield net.summary().text("markdown")
    if spec.expect:
        yield ""
        yield "**Published figures, confirmed**"
        yield ""
        for expectation in spec.expect:
            yield f"- {sentence(expectation.source)}. {plain(figures(expectation))}."
    if spec.errata:
        yield ""
        yield "**Published figures, wrong or counted differently**"
        yield ""
        for erratum in spec.errata:
            yield (
                f"- {sentence(erratum.source)}. It says {plain(figures(erratum.says))}. "
                f"But {plain(erratum.because)}."
            )
    if spec.notes:
        yield ""
        yield "**Notes**"
        yield ""
        for note in spec.notes:
            yield f"- {sentence(note)}"


def page() -> str:
    """The whole page."""
    lines = [HEAD]
    for family, prefix in FAMILIES.items():
        lines.append(f"## {family}\n")
        for name in shipped():
            if name.startswith(prefix):
                lines += [*section(name), ""]
    left = [name for name in shipped() if not name.startswith(tuple(FAMILIES.values()))]
    assert not left, f"{left} belong to no family"
    return "\n".join(lines).rstrip() + "\n"


def pictures() -> dict[str, str]:
    """File name → picture of every network."""
    styles = {
        name: style
        for name in shipped()
        for family, style in STYLES.items()
        if name.startswith(family)
    }
    return {f"{name}.svg": archc.load(name).draw(style) for name, style in styles.items()}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--pictures"]:
        for file, text in pictures().items():
            Path(sys.argv[2], file).write_text(text, encoding="utf-8", newline="\n")
    else:
        print(page(), end="")
