"""Every finding that archc can report: its place, its words and the way out.

This module imports nothing of archc, so that all others can report through it, and it is the only
one that words an error: the others name a code and hand over the facts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, NoReturn

CLIP = 100  # widest part of a source line that a message shows, in characters


@dataclass(frozen=True)
class Source:
    """A text with the name under which messages cite it."""

    name: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        # YAML's own line breaks; str.splitlines knows more of them.
        text = self.text
        for other in ("\r\n", "\r", "\x85", "\u2028", "\u2029"):
            text = text.replace(other, "\n")
        return text.split("\n")


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """A stretch of a source; lines and columns count from 1, the end column is exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int


class Entry(NamedTuple):
    """The words of one code: what is wrong, and how to mend it."""

    message: str
    help: str = ""


CATALOGUE: dict[str, Entry] = {
    # E1: the text is not YAML as archc reads it
    "E101": Entry("this is not YAML: {problem}", "{hint}"),
    "E102": Entry("the file is not UTF-8: {problem}", "save it as UTF-8"),
    "E103": Entry(
        "'{key}' is written twice; it first stands in line {line}", "keep one, or merge the two"
    ),
    "E104": Entry(
        "{what} are not read",
        "write the values out where they are used, or put what layers share into 'defaults'",
    ),
    "E105": Entry("tags such as {tag} are not read", "write the value alone"),
    "E106": Entry("a second document begins here", "put each network into a file of its own"),
    "E107": Entry("this is nested deeper than {limit} levels"),
    "E108": Entry("the file is larger than {limit} MiB"),
    "E109": Entry(
        "this whole number has more than {limit} digits", "quote it if it is meant as text"
    ),
    "E110": Entry("{value} is not a number that a network can hold"),
    "E111": Entry("the character {character} may not stand in a spec"),
    "E112": Entry("a key must be text", "quote it if it is meant as a name"),
    "E113": Entry("the spec is empty", "it needs archc, name, input and layers"),
    "E114": Entry("the spec holds more than {limit} values", "no network needs so many"),
    # E2: a field is not what the language allows
    "E201": Entry("{owner} has no field '{field}'", "{suggestion}"),
    "E202": Entry("{owner} needs the field '{field}'", "{hint}"),
    "E203": Entry("{field} must be {expected}, not {value}", "{hint}"),
    "E204": Entry("{field} must be {expected}, not {value}"),
    "E205": Entry("{what} '{value}' is not known", "{suggestion}"),
    "E206": Entry(
        "a layer is a mapping of its name to its fields",
        "write - {example}: {{type: …}}",
    ),
    "E207": Entry(
        "'{name}' cannot be a {what}",
        "{rule}",
    ),
    "E208": Entry("'{name}' is reserved: {reason}", "choose another, such as {suggestion}"),
    "E209": Entry(
        "'{name}' is taken by the layer in line {line}",
        "give one of the two another name; upper and lower case do not count",
    ),
    "E210": Entry(
        "'{name}' is what the generated code calls a part of the layer '{owner}' in line {line}",
        "give one of the two another name",
    ),
    "E211": Entry("no layer has the type '{type}', so these defaults do nothing", "{suggestion}"),
    "E212": Entry("the window must be odd, not {size}", "an even one has no centre; use {near}"),
    "E213": Entry("this drawing is uneven: {problem}", "draw X or . in every place"),
    # E3: the layers do not make a network
    "E301": Entry("there is no layer '{name}'", "{suggestion}"),
    "E313": Entry("'{name}' reads itself", "name a layer above it"),
    "E302": Entry("'{name}' comes only later, in line {line}", "move '{name}' above this layer"),
    "E303": Entry(
        "nothing reads '{name}', and it is not the last layer",
        "name it in the 'from' of a later layer, or remove it",
    ),
    "E304": Entry(
        "the kernel of {kernel}{dilated} is larger than its input of {size}{padded}",
        "{room}",
    ),
    "E305": Entry(
        "{count} {what} cannot be split into {groups} groups",
        "groups that divide both: {divisors}",
    ),
    "E306": Entry(
        "{type} reads a vector, not maps of {shape}",
        "put - flat: {{type: flatten}} before it",
    ),
    "E307": Entry(
        "add needs inputs of one shape, not {shapes}",
        "it never broadcasts: bring the branches to one shape first",
    ),
    "E308": Entry(
        "concat joins channels, so height and width must agree: {shapes}",
        "pad or pool the branches to one size",
    ),
    "E309": Entry("{type} reads {expected}, not {count}", "{suggestion}"),
    "E310": Entry(
        "{type} reads maps of channels×height×width, not a vector of {shape}",
        "move it above the flatten or dense layer",
    ),
    "E311": Entry(
        "'same' with a stride above 1 means different things in different frameworks",
        "write same_upper (the odd pixel at the bottom and right, as Keras) or same_lower",
    ),
    "E312": Entry(
        "padding of {padding} is not smaller than the kernel of {kernel}: a window would see "
        "padding alone",
        "keep the padding of a pool below its kernel",
    ),
    "E314": Entry("a table of connections needs a {what}: {count}, not {found}"),
    "E315": Entry(
        "filter {filter} of this table reads no map",
        "mark a map with X in its column, or remove it",
    ),
    "E316": Entry(
        "groups and a table of connections both say which maps a filter reads", "remove one of them"
    ),
    "E317": Entry(
        "each code has {size} dots, but this layer reads {values} values",
        "draw bitmaps of {values} dots, or change the layer before",
    ),
    "E318": Entry(
        "Glorot's rules need a fan-out, which a table of connections does not have",
        "write init: {{weight: lecun_uniform}}, another rule of the fan-in, or a rule with a number",
    ),
    # E4: the network does not have the figures that are said of it
    "E401": Entry(
        "{where} has {figure} {actual}, not {said} ({source})",
        "where the source errs or counts otherwise, make it an 'errata'",
    ),
    "E402": Entry(
        "{where} does have {figure} {actual}: nothing here is wrong ({source})",
        "an erratum is a figure that the network does not have; make it an 'expect'",
    ),
    "E403": Entry("there is no layer '{name}'", "{suggestion}"),
    "E404": Entry("this says nothing to compare", "add layers: or totals: with figures"),
    # E5: a target cannot follow, or the outside world does not play along
    "E501": Entry("the {target} target cannot express {what} of '{layer}': {reason}", "{help}"),
    "E502": Entry("{path} was not written by archc", "choose another folder with -o, or --force"),
    "E503": Entry("two specs would both write {path}", "rename one of the files"),
    "E504": Entry("{what} is not installed", "{install}"),
    "E505": Entry("{path} cannot be read: {problem}", "{suggestion}"),
    "E506": Entry("there is no spec called '{name}'", "{suggestion}"),
    "E507": Entry("{path} cannot be written: {problem}", "write to another place"),
    "E510": Entry(
        "proving {name} needs at least {needed} bytes of memory, and {free} are free",
        "prove a smaller input or fewer filters",
    ),
    "E511": Entry(
        "{path} is no proof of {name}: {problem}",
        "prove it again: archc verify SPEC --report FILE.json --force",
    ),
    "E512": Entry(
        "a picture of {wide} by {high} pixels is too large for a PNG",
        "draw it as .svg or .pdf",
    ),
    "E509": Entry("opset {opset} is not known", "give one from {least} to {most}"),
    "E508": Entry("a spec called '{name}' cannot name generated files", "rename the file: {rule}"),
    # E6: an override of --set leads nowhere
    "E601": Entry(
        "'{argument}' is not PATH=VALUE",
        "name a layer, its field and the value, as in fc8.units=10",
    ),
    "E602": Entry("{spec} has no layer or field '{name}'", "{suggestion}"),
    "E603": Entry("'{field}' cannot be set", "what can: the fields of each layer, and {settable}"),
    "E604": Entry("{path} is {value}, which has no fields", "set it whole: {path}=…"),
    "E605": Entry(
        "'{layer}' is a layer, and its fields are set one by one", "write {layer}.FIELD=VALUE"
    ),
    # E7: stored weights
    "E701": Entry("{path} is there already", "give another name, or --force"),
    "E702": Entry("{path} is no checkpoint that archc reads: {problem}", "{hint}"),
    "E703": Entry("{tensor} of {path} is {found}, but '{weight}' is {expected}", "{hint}"),
    "E704": Entry("{path} holds nothing for {missing}", "{hint}"),
    "E705": Entry(
        "the network has no place for {names} of {path}",
        "if they are to be left out, list them under 'ignore' in a file for --map",
    ),
    "E706": Entry(
        "{layers} could be any of {candidates}",
        "say which with --map FILE, in lines such as {example}",
    ),
    "E707": Entry("'{weight}' in {path} {problem}", "{hint}"),
    "E708": Entry("{what} needs at least {needed} bytes {of}, and {free} are free", "{hint}"),
    "E709": Entry(
        "{path} does not say in which order '{layer}' reads the {maps} maps before it",
        "say --flatten channels_last, which is Keras's own, or --flatten channels_first",
    ),
    "E710": Entry("{target} could not write {path}: {problem}"),
    "E711": Entry("the ending of {path} names no format of weights", "{hint}"),
}


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: a code of the catalogue, its words, and the place if it has one."""

    code: str
    message: str
    span: Span | None = None
    help: str = ""
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The finding with the source line and a caret under the place."""
        text = f"error {self.code}: {self.message}"
        if self.span is not None:
            place = f"{file_name(self.span.source.name)}:{self.span.line}:{self.span.column}"
            text = f"{place}: {text}\n{_excerpt(self.span)}"
        text += "".join(f"\n  note: {note}" for note in self.notes)
        return text + (f"\n  help: {self.help}" if self.help else "")

    def record(self) -> dict[str, str | int | list[str] | None]:
        """The finding as plain values: the JSON contract."""
        span = self.span
        return {
            "code": self.code,
            "message": self.message,
            "file": span.source.name if span else None,
            "line": span.line if span else None,
            "column": span.column if span else None,
            "end_line": span.end_line if span else None,
            "end_column": span.end_column if span else None,
            "help": self.help,
            "notes": list(self.notes),
        }


class ArchcError(Exception):
    """One or more findings; `str` shows them all, each with its place."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(d) for d in self.diagnostics))


class EnvironmentProblem(ArchcError):
    """What is wrong lies outside the spec: a missing file or framework (exit code 2)."""


class Fault(Exception):
    """A finding without a place, raised by an operation or a target about one of its fields."""

    def __init__(self, code: str, field: str = "", /, **facts: object) -> None:
        super().__init__(code, field, facts)
        self.code, self.field, self.facts = code, field, facts


def diagnostic(code: str, span: Span | None = None, /, **facts: object) -> Diagnostic:
    """The finding `code`, worded with `facts`."""
    entry = CATALOGUE[code]
    words = {name: _printable(value) for name, value in facts.items()}
    return Diagnostic(code, entry.message.format(**words), span, entry.help.format(**words))


def fail(code: str, span: Span | None = None, /, **facts: object) -> NoReturn:
    """Raise ArchcError with the one finding `code`."""
    raise ArchcError([diagnostic(code, span, **facts)])


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What an unknown name may mean; `str` is the sentence that a message ends with."""

    meant: str | None
    """The one name that was probably meant; None if nothing comes near."""
    known: tuple[str, ...]
    synonym: bool = False
    """Whether other tools call it what was written."""

    def __str__(self) -> str:
        if self.synonym:
            return f"archc calls it '{self.meant}'"
        if self.meant is not None:
            return f"did you mean '{self.meant}'?"
        return f"known: {', '.join(self.known)}" if self.known else "there is none"


def nearest(
    word: str, choices: Iterable[str], synonyms: Mapping[str, str] | None = None
) -> Suggestion:
    """Which of `choices` an unknown word may mean: a synonym of it, else the nearest in spelling."""
    import difflib

    known = tuple(choices)[-200:]  # of very many, the nearest above; each look costs time
    synonym = (synonyms or {}).get(word.lower())
    if synonym in known:
        return Suggestion(synonym, known, synonym=True)
    near = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return Suggestion(near[0] if near else None, known)


def did_you_mean(
    word: str, choices: Iterable[str], synonyms: Mapping[str, str] | None = None
) -> str:
    """The sentence that helps with a misspelling: the synonym, the nearest choice, or all."""
    return str(nearest(word, choices, synonyms))


def shown(value: object) -> str:
    """A value of a spec as a message shows it: short, and in YAML's words."""
    words = {None: "null", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return words[value]
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, tuple):
        return f"[{', '.join(shown(item) for item in value[:4])}{', …' * (len(value) > 4)}]"
    text = f"the text '{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def file_name(name: str) -> str:
    """A file's name as it may begin a line: without control characters, and no command to CI."""
    text = printable(name)
    return f"./{text}" if text.startswith(("::", "##[")) else text


def _printable(value: object) -> object:
    return printable(value) if isinstance(value, str) else value


def printable(text: str) -> str:
    """Text as it may go to a terminal: control characters as escapes."""
    return "".join(c if c.isprintable() or c == "\t" else ascii(c)[1:-1] for c in text)


def _excerpt(span: Span) -> str:
    from rich.cells import cell_len

    lines = span.source.lines
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    start = min(span.column - 1, len(line))
    stop = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    first = max(0, start - CLIP // 2) if len(line) > CLIP else 0
    clipped = line[first : first + CLIP]
    # A tab stays a tab in the margin below, so that both lines move alike.
    margin = "".join(c if c == "\t" else " " * cell_len(c) for c in clipped[: start - first])
    width = max(1, cell_len(clipped[start - first : max(stop - first, 0)]))
    clean = "".join(
        c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in clipped
    )
    number = str(span.line)
    return f" {number} | {clean}\n {' ' * len(number)} | {margin}{'^' * width}"
