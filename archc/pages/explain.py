"""What `archc explain` says: the page of an error code, or of an operation.

A code's page is written by hand, `explanations/<code>.md`: its prose, an example that fails and the
same example mended. What archc says of the failing one is computed when the page is asked for.
"""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from archc.errors import (
    CATALOGUE,
    ArchcError,
    Diagnostic,
    EnvironmentProblem,
    diagnostic,
    did_you_mean,
)
from archc.files.locations import EXPLANATIONS

if TYPE_CHECKING:
    from archc.network.graph import Graph

HEAD = "archc: 1\nname: Example\ninput: {channels: 3, height: 32, width: 32}\nlayers:\n"
"""What stands above an example that begins with a layer."""
_YAML = re.compile(r"^```yaml\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def explain(word: str) -> str:
    """The page of the code or operation that `word` names, as Markdown.

    Raises EnvironmentProblem if there is none of that name.
    """
    if word.upper() in CATALOGUE:
        return _code(word.upper())
    from archc.ops import OPS

    if word.lower() in OPS:
        from archc.pages.operation import operation

        return operation(word.lower())
    raise EnvironmentProblem(
        [diagnostic("E205", what="code or operation", value=word, suggestion=_suggestion(word))]
    )


def page(code: str) -> str:
    """What is written about a code."""
    return (EXPLANATIONS / f"{code}.md").read_text(encoding="utf-8")


def examples(code: str) -> list[str]:
    """The specs on a code's page: one that fails and the same one mended, or none."""
    return [_whole(text) for text in _YAML.findall(page(code))]


def findings(text: str) -> list[Diagnostic]:
    """All that is wrong with a spec, or else with it on the targets."""
    from archc.compiler import compile_text

    try:
        network = compile_text(text)
    except ArchcError as error:
        return list(error.diagnostics)
    return network.check() or _refusals(network.graph)


def _refusals(graph: "Graph") -> list[Diagnostic]:
    from archc.targets.render import rendered

    _, refused = rendered(graph, "example")
    return [finding for error in refused.values() for finding in error.diagnostics]


def _code(code: str) -> str:
    text = page(code)
    wrong = _YAML.search(text)
    if wrong is None:
        return text
    finding = replace(findings(_whole(wrong[1]))[0], span=None)
    said = f"\narchc says:\n\n```text\n{finding}\n```\n"
    return text[: wrong.end()] + said + text[wrong.end() :]


def _whole(text: str) -> str:
    """An example as a spec: layers alone are put under HEAD."""
    if not text.startswith("- "):
        return text
    return HEAD + "".join(f"  {line}" for line in text.splitlines(keepends=True))


def _suggestion(word: str) -> str:
    """The nearest code or operation, in the spelling that archc prints."""
    from archc.language.synonyms import TYPES
    from archc.ops import OPS

    if not re.fullmatch(r"[eE]?\d+", word):
        return did_you_mean(word, [*sorted(CATALOGUE), *OPS], TYPES)
    hint = did_you_mean(word, [code.lower() for code in sorted(CATALOGUE)])
    return re.sub(r"\be\d", lambda match: match[0].upper(), hint)
