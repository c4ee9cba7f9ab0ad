"""The text of a PDF as Chromium writes it: enough to see what is on which page."""

import re
import unicodedata
import zlib

_OBJECT = re.compile(rb"(?s)(\d+) 0 obj\n(.*?)\nendobj")


def pages(pdf: bytes) -> list[str]:
    """The text of each page in the order that it was painted in, without spaces and ligatures."""
    objects = {int(number): content for number, content in _OBJECT.findall(pdf)}
    fonts = {
        number: _characters(_stream(objects[int(found[1])]))
        for number, content in objects.items()
        if (found := re.search(rb"/ToUnicode (\d+) 0 R", content))
    }
    contents = [
        int(found[1])
        for content in objects.values()
        if re.search(rb"/Type /Page\b", content)
        and (found := re.search(rb"/Contents (\d+) 0 R", content))
    ]
    return [_text(_stream(objects[number]), fonts) for number in sorted(contents)]


def plain(text: str) -> str:
    """Words as `pages` gives them."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _stream(content: bytes) -> str:
    head, _, body = content.partition(b"stream\n")
    packed = b"/FlateDecode" in head  # a page with nothing on it is not
    return (zlib.decompressobj().decompress(body) if packed else body).decode("latin-1")


def _characters(table: str) -> dict[str, str]:
    """Codes of a font, in hexadecimal → characters."""
    found = {}
    for block in re.findall(r"(?s)beginbfchar\n(.*?)endbfchar", table):
        for code, character in re.findall(r"<(\w+)> <(\w+)>", block):
            found[code] = bytes.fromhex(character).decode("utf-16-be")
    for block in re.findall(r"(?s)beginbfrange\n(.*?)endbfrange", table):
        for first, last, character in re.findall(r"<(\w+)> <(\w+)> <(\w+)>", block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                code = f"{int(first, 16) + step:0{len(first)}X}"
                found[code] = chr(int(character, 16) + step)
    return found


def _text(stream: str, fonts: dict[int, dict[str, str]]) -> str:
    words: list[str] = []
    characters: dict[str, str] = {}
    for font, codes in re.findall(r"/F(\d+) \S+ Tf|<(\w+)> Tj", stream):
        if font:
            characters = fonts[int(font)]  # Chromium names a font by its object
        else:
            width = len(next(iter(characters)))
            words += [characters[codes[i : i + width]] for i in range(0, len(codes), width)]
    return plain("".join(words))
