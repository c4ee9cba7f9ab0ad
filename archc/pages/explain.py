"""What `archc explain` prints: the page of a diagnostic, an operation or a section of a spec.

The page of a diagnostic is written by hand, in `explanations/<code>.md`: what it means, an example
that fails, and the example fixed. The output of archc for the example is added when the page is
asked for.
"""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from archc.catalogue import CATALOGUE, CODES
from archc.errors import ArchcError, Diagnostic, EnvironmentProblem, diagnostic, did_you_mean
from archc.files.locations import EXPLANATIONS

if TYPE_CHECKING:
    from archc.network.graph import Graph

HEAD = "archc: 1\nname: Example\ninput: {channels: 3, height: 32, width: 32}\nlayers:\n"
"""The start of a spec, for examples that are only layers."""
_YAML = re.compile(r"^```yaml\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def explain(word: str) -> str:
    """The page of a code (E201), its name (unknown-field), an operation or a section, as Markdown.

    Raises EnvironmentProblem if there is no such page.
    """
    code = CODES.get(word.lower(), word.upper())
    if code in CATALOGUE:
        return _code(code)
    from archc.ops import OPS

    if word.lower() in OPS:
        from archc.pages.operation import operation

        return operation(word.lower())
    from archc.pages.section import PAGES, section

    if word.lower() in PAGES:
        return section(word.lower())
    facts = {"what": "code, operation or section", "value": word, "suggestion": _suggestion(word)}
    raise EnvironmentProblem([diagnostic("E205", **facts)])


def page(code: str) -> str:
    """The hand-written page of a code."""
    return (EXPLANATIONS / f"{code}.md").read_text(encoding="utf-8")


def examples(code: str) -> list[str]:
    """The specs on a code's page: one that fails and the same one fixed, or none."""
    return [_whole(text) for text in _YAML.findall(page(code))]


def diagnose(text: str) -> list[Diagnostic]:
    """All that is wrong with a spec; if nothing is, what targets do not support; else its warnings."""
    from archc.compiler import compile_text

    try:
        network = compile_text(text)
    except ArchcError as error:
        return list(error.diagnostics)
    return network.check() or _refusals(network.graph) or network.warnings()


def _refusals(graph: "Graph") -> list[Diagnostic]:
    from archc.targets.render import rendered

    _, refused = rendered(graph, "example")
    return [found for error in refused.values() for found in error.diagnostics]


def _code(code: str) -> str:
    text = page(code)
    wrong = _YAML.search(text)
    if wrong is None:
        return text
    first = replace(diagnose(_whole(wrong[1]))[0], span=None)
    output = f"\narchc reports:\n\n```text\n{first}\n```\n"
    return text[: wrong.end()] + output + text[wrong.end() :]


def _whole(text: str) -> str:
    """An example as a whole spec: a list of layers is put under HEAD."""
    if not text.startswith("- "):
        return text
    return HEAD + "".join(f"  {line}" for line in text.splitlines(keepends=True))


def _suggestion(word: str) -> str:
    """The nearest code, name, operation or section, as archc spells it.

    Where none is near, the operations and sections: there are too many codes to list.
    """
    from archc.language.synonyms import TYPES, suggest
    from archc.ops import OPS
    from archc.pages.section import PAGES

    if not re.fullmatch(r"[eEwW]?\d+", word):
        found = suggest(word, [*CODES, *OPS, *PAGES], TYPES)
        if found.meant is not None:
            return str(found)
        said, _, known = found.said.partition("; known: ")
        if said:  # its meaning is known, and that archc has no such thing
            return f"{said}; known: {', '.join(OPS)}" if known else said
        return f"pass a code, such as E201, or one of {', '.join([*OPS, *PAGES])}"
    hint = did_you_mean(word, [code.lower() for code in sorted(CATALOGUE)])
    return re.sub(r"\b[ew]\d", lambda match: match[0].upper(), hint)
