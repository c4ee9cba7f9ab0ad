"""Findings as SARIF 2.1.0, which code scanning reads."""

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from archc.errors import CATALOGUE, Diagnostic


def document(diagnostics: Sequence[Diagnostic], version: str) -> dict[str, Any]:
    """One run of archc with a result for each finding and a rule for each code among them."""
    codes = sorted({found.code for found in diagnostics})
    rules = [{"id": code, "shortDescription": {"text": _pattern(code)}} for code in codes]
    driver = {"name": "archc", "version": version, "rules": rules}
    run = {
        "tool": {"driver": driver},
        # Columns of ours are characters, not the UTF-16 units of the default.
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, codes.index(found.code)) for found in diagnostics],
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def _pattern(code: str) -> str:
    """The message of a code, without the facts of one finding."""
    return re.sub(r"\{\w+\}", "…", CATALOGUE[code].message)


def _result(found: Diagnostic, rule: int) -> dict[str, Any]:
    words = [found.message, *found.notes, *([found.help] if found.help else [])]
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": "error",
        "message": {"text": ". ".join(words)},
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
