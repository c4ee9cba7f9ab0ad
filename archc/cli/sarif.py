"""Diagnostics as SARIF 2.1.0, the format of code scanning."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from archc.catalogue import CATALOGUE
from archc.errors import Diagnostic


def document(diagnostics: Sequence[Diagnostic], version: str) -> dict[str, Any]:
    """One run of archc: a result for each diagnostic and a rule for each code among them."""
    codes = sorted({found.code for found in diagnostics})
    rules = [
        {
            "id": code,
            "name": CATALOGUE[code].name,
            "shortDescription": {"text": CATALOGUE[code].pattern},
        }
        for code in codes
    ]
    driver = {"name": "archc", "version": version, "rules": rules}
    run = {
        "tool": {"driver": driver},
        # archc counts columns in characters; the default is UTF-16 units.
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, codes.index(found.code)) for found in diagnostics],
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def _result(found: Diagnostic, rule: int) -> dict[str, Any]:
    sentences = [found.message, *found.notes, *([found.help] if found.help else [])]
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": found.severity,
        "message": {"text": ". ".join(sentences)},
    }
    if found.span is not None:
        span, path = found.span, PurePath(found.span.source.name)
        uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
        region = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        }
        place = {"artifactLocation": {"uri": uri}, "region": region}
        result["locations"] = [{"physicalLocation": place}]
    return result
