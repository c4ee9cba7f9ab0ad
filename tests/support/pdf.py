"""The text of a printed page: enough to see what is on which sheet."""

import unicodedata
from io import BytesIO

from pypdf import PdfReader


def pages(pdf: bytes) -> list[str]:
    """The text of each page in the order that it was painted in, without spaces and ligatures."""
    return [plain(page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]


def plain(text: str) -> str:
    """Words as `pages` gives them."""
    return "".join(unicodedata.normalize("NFKC", text).split())
