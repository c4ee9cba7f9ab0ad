"""Text of a spec in TeX."""

import re

SIGNS = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    # Babel gives this sign a meaning, and the old encoding has no name for it.
    '"': r"\symbol{34}",
    "×": r"\texttimes{}",
    "·": r"\textperiodcentered{}",
    "…": r"\ldots{}",
    "≤": r"$\le$",
    **{character: f"\\{character}" for character in "#$%&_{}"},
}
"""What TeX takes for more than a letter, or for none."""


def escaped(text: str) -> str:
    """Text that TeX shows as it stands; letters beyond ASCII are left as they are."""
    signs = "".join(SIGNS.get(character, character) for character in text)
    # Fonts make one sign of two hyphens, apostrophes or commas.
    return re.sub(r"([-',])(?=\1)", r"\1{}", signs)
