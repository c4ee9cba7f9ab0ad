"""Scene → TikZ: a picture that a paper takes in with \\input, its text set by LaTeX."""

from archc.files.header import TEX
from archc.picture.scene import Path, Scene, Text
from archc.picture.svg import number
from archc.tables.tex import escape_tex

HEAD = (
    "% In the preamble: \\usepackage[T1]{fontenc} and \\usepackage{tikz}. Then \\input this file."
)
_ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}
BP = 0.75
"""A CSS pixel in PostScript points."""


def tikz(scene: Scene) -> str:
    """The scene as one `tikzpicture`, in ASCII and the same bytes every time."""
    parts = [*scene.parts()]
    used = {scene.paper, *(part.ink for part in parts if isinstance(part, Text))}
    for part in parts:
        if isinstance(part, Path):
            used |= {part.fill or scene.paper, part.stroke or scene.paper}
    names = {colour: f"archc{place}" for place, colour in enumerate(sorted(used))}
    return "\n".join(
        (
            TEX,
            HEAD,
            f"\\begin{{tikzpicture}}[x={BP}bp, y=-{BP}bp, line join=round]",
            *(
                f"\\definecolor{{{name}}}{{HTML}}{{{colour[1:].upper()}}}"
                for colour, name in names.items()
            ),
            f"\\fill[{names[scene.paper]}] (0,0) rectangle "
            f"({number(scene.width)},{number(scene.height)});",
            *(
                _text(part, names) if isinstance(part, Text) else _path(part, names)
                for part in parts
            ),
            "\\end{tikzpicture}%\n",  # else the end of the line is a space beside the picture
        )
    )


def label(text: str) -> str:
    """Text in ASCII that means nothing to TeX but itself; a letter beyond ASCII is a `?`."""
    return "".join(c if " " <= c <= "~" else "?" for c in escape_tex(text))


def _path(path: Path, names: dict[str, str]) -> str:
    options = [f"fill={names[path.fill]}"] if path.fill else []
    if path.stroke:
        options += [f"draw={names[path.stroke]}", f"line width={number(path.thick * BP)}bp"]
    if path.opacity != 1:
        options.append(f"opacity={number(path.opacity)}")
    corners = " -- ".join(f"({number(x)},{number(y)})" for x, y in path.points)
    return f"\\path[{', '.join(options)}] {corners}{' -- cycle' * path.closed};"


def _text(text: Text, names: dict[str, str]) -> str:
    size, series = number(text.size * BP), "b" if text.bold else "m"
    font = f"\\fontsize{{{size}bp}}{{{size}bp}}\\usefont{{T1}}{{phv}}{{{series}}}{{n}}"
    options = f"anchor={_ANCHORS[text.anchor]}, inner sep=0, text={names[text.ink]}, font={font}"
    return f"\\node[{options}] at ({number(text.x)},{number(text.y)}) {{{label(text.text)}}};"
