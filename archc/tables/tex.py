"""Text of a spec, escaped for TeX."""

import re

SIGNS = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    # Babel makes it a command, and the old encoding has no name for it.
    '"': r"\symbol{34}",
    "×": r"\texttimes{}",
    "·": r"\textperiodcentered{}",
    "…": r"\ldots{}",
    "≤": r"$\le$",
    **{character: f"\\{character}" for character in "#$%&_{}"},
}
"""Characters that TeX reads as commands, or that the standard fonts lack."""


def escape_tex(text: str) -> str:
    """Text escaped for TeX; letters beyond ASCII are left as they are."""
    signs = "".join(SIGNS.get(character, character) for character in text)
    # Fonts have ligatures of two hyphens, apostrophes or commas.
    return re.sub(r"([-',])(?=\1)", r"\1{}", signs)
