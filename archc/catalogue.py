"""The wording of every diagnostic: its code, its name, what is wrong and what to do.

Warnings, whose codes begin with W, are worded in `archc.cautions`. Names in braces are filled with
the facts that the reporting module passes to `errors.diagnostic`.
"""

import re
from typing import NamedTuple

from archc.cautions import WARNINGS


class Entry(NamedTuple):
    """The wording of one code."""

    name: str
    """What people call the code: unique, in kebab-case."""
    message: str
    """What is wrong."""
    help: str = ""
    """What to do about it."""

    @property
    def pattern(self) -> str:
        """The message with … in place of the facts."""
        return re.sub(r"\{\w+(:,)?\}", "…", self.message)


CATALOGUE: dict[str, Entry] = {
    # E1: the text is not YAML that archc supports
    "E101": Entry("invalid-yaml", "invalid YAML: {problem}", "{hint}"),
    "E102": Entry("not-utf8", "the file is not valid UTF-8: {problem}", "save the file as UTF-8"),
    "E103": Entry(
        "duplicate-key",
        "'{key}' appears twice, first on line {line}",
        "keep one of the two, or merge them",
    ),
    "E104": Entry(
        "unsupported-yaml",
        "YAML {what} are not supported",
        "write the values out where they are used, or put what layers share into 'defaults'",
    ),
    "E105": Entry("yaml-tag", "YAML tags such as {tag} are not supported", "write a plain value"),
    "E106": Entry(
        "multiple-documents",
        "a second YAML document starts here",
        "put each network into its own file",
    ),
    "E107": Entry(
        "nested-too-deeply",
        "nested more than {limit} levels deep",
        "specs need only a few levels: look for a repeated bracket or name",
    ),
    "E108": Entry(
        "file-too-large",
        "the file is larger than {limit} MiB",
        "specs have a few kilobytes; is this the right file?",
    ),
    "E109": Entry(
        "integer-too-long", "this integer has more than {limit} digits", "quote it if it is text"
    ),
    "E110": Entry("not-finite", "expected a finite number, got {value}"),
    "E111": Entry(
        "invalid-character",
        "the character {character} is not allowed",
        "delete it; many editors do not show it",
    ),
    "E112": Entry("key-not-string", "keys must be strings", "quote the key if it is a name"),
    "E113": Entry(
        "empty-spec", "the spec is empty", "it needs the fields archc, name, input and layers"
    ),
    "E114": Entry(
        "spec-too-large",
        "the spec has more than {limit:,} values",
        "a 10,000-layer spec has about half as many; is this the right file?",
    ),
    # E2: a field is not what the language allows
    "E201": Entry("unknown-field", "{owner} has no field '{field}'", "{suggestion}"),
    "E202": Entry("missing-field", "{owner} requires the field '{field}'", "{hint}"),
    "E203": Entry("invalid-value", "{field} must be {expected}, not {value}", "{hint}"),
    "E204": Entry("out-of-range", "{field} must be {expected}, not {value}"),
    "E205": Entry("unknown-name", "unknown {what} '{value}'", "{suggestion}"),
    "E206": Entry(
        "invalid-layer",
        "a layer must be a mapping of its name to its fields",
        "write - {example}: {{type: …}}",
    ),
    "E207": Entry("invalid-name", "'{name}' cannot be a {what}", "use {rule}"),
    "E208": Entry(
        "reserved-name",
        "'{name}' is reserved: {reason}",
        "choose another name, such as {suggestion}",
    ),
    "E209": Entry(
        "duplicate-layer",
        "'{name}' is already the name of the layer on line {line}",
        "rename one of the two; upper and lower case are not distinguished",
    ),
    "E210": Entry(
        "derived-name",
        "'{name}' clashes with a name that the generated code derives from '{owner}' on line {line}",
        "rename one of the two layers",
    ),
    "E212": Entry(
        "even-window",
        "the window size must be odd, not {size}",
        "an even window has no centre; use {near}",
    ),
    "E213": Entry(
        "uneven-drawing",
        "this drawing is not a rectangle: {problem}",
        "draw X or . in every position",
    ),
    # E3: the layers do not make a network
    "E301": Entry("unknown-layer", "unknown layer '{name}'", "{suggestion}"),
    "E302": Entry(
        "forward-reference",
        "'{name}' is defined later, on line {line}",
        "move '{name}' above this layer",
    ),
    "E303": Entry(
        "unused-layer",
        "'{name}' is not used by any layer and is not the last one",
        "name it in the 'from' of a later layer, or remove it",
    ),
    "E304": Entry(
        "kernel-too-large",
        "the kernel of {kernel}{dilated} is larger than its input of {size}{padded}",
        "{room}",
    ),
    "E305": Entry(
        "indivisible-groups",
        "{count} {what} cannot be split into {groups} groups",
        "groups must divide both the input channels and the filters: {divisors}",
    ),
    "E306": Entry(
        "vector-expected",
        "{type} takes a vector as input, not feature maps of {shape}",
        "add a layer before it: - flat: {{type: flatten}}",
    ),
    "E307": Entry(
        "add-shape-mismatch",
        "add needs inputs of the same shape, got {shapes}",
        "add does not broadcast: bring the branches to the same shape first",
    ),
    "E308": Entry(
        "concat-size-mismatch",
        "concat needs inputs of the same height and width, got {shapes}",
        "pad or pool the branches to the same size",
    ),
    "E309": Entry("wrong-input-count", "{type} takes {expected}, got {count}", "{suggestion}"),
    "E310": Entry(
        "maps-expected",
        "{type} takes feature maps (channels×height×width) as input, not a vector of {shape}",
        "move it above the flatten or dense layer",
    ),
    "E311": Entry(
        "ambiguous-same-padding",
        "'same' padding with a stride above 1 differs between frameworks",
        "use same_upper (the odd pixel at the bottom and right, as in Keras) or same_lower",
    ),
    "E312": Entry(
        "padding-too-large",
        "padding of {padding} is not smaller than the kernel of {kernel}: a window would cover "
        "only padding",
        "make the padding smaller than the kernel",
    ),
    "E313": Entry("self-input", "'{name}' takes its own output as input", "name a layer above it"),
    "E314": Entry(
        "connection-table-size",
        "a connection table needs a {what}: {count}, not {found}",
        "draw a row per input map and a column per filter",
    ),
    "E315": Entry(
        "unconnected-filter",
        "filter {filter} of this connection table has no inputs",
        "mark an input map with X in its column, or remove the column",
    ),
    "E316": Entry(
        "groups-with-connections",
        "groups and connections are mutually exclusive: both choose the inputs of each filter",
        "remove one of them",
    ),
    "E317": Entry(
        "code-size-mismatch",
        "each code has {size} dots, but the input has {values} values",
        "draw bitmaps of {values} dots, or change the layer before",
    ),
    "E318": Entry(
        "glorot-with-connections",
        "Glorot initialisation needs a fan-out, which a connection table does not have",
        "use init: {{weight: lecun_uniform}}, another fan-in rule, or a rule with a scale",
    ),
    # E4: the network does not have the figures published about it
    "E401": Entry(
        "figure-mismatch",
        "{where} has {figure} {actual}, not {said} ({source})",
        "if the source is wrong or counts differently, list the figure under 'errata'",
    ),
    "E402": Entry(
        "correct-erratum",
        "{where} does have {figure} {actual}, so this is not an erratum ({source})",
        "list the figure under 'expect' instead",
    ),
    "E403": Entry("unknown-layer-in-figures", "unknown layer '{name}'", "{suggestion}"),
    "E404": Entry(
        "no-figures", "this entry has no figures to check", "add figures under layers: or totals:"
    ),
    # E5: a target cannot express the spec, or files, packages or memory are missing
    "E501": Entry(
        "unsupported-by-target",
        "the {target} target does not support {what} of '{layer}': {reason}",
        "{help}",
    ),
    "E502": Entry(
        "not-generated",
        "{path} exists and was not generated by archc",
        "choose another folder with -o, or overwrite the file with --force",
    ),
    "E503": Entry(
        "output-clash", "two specs would both write {path}", "rename one of the two specs"
    ),
    "E504": Entry("missing-package", "{what} is not installed", "{install}"),
    "E505": Entry("unreadable-file", "cannot read {path}: {problem}", "{suggestion}"),
    "E506": Entry("unknown-spec", "no spec named '{name}' ships with archc", "{suggestion}"),
    "E507": Entry(
        "unwritable-file", "cannot write {path}: {problem}", "choose another output path"
    ),
    "E508": Entry(
        "invalid-file-name",
        "generated files cannot be named after '{name}'",
        "rename the spec: {rule}",
    ),
    "E509": Entry(
        "unknown-opset", "opset {opset} is not supported", "use an opset from {least} to {most}"
    ),
    "E510": Entry(
        "proof-too-large",
        "proving {name} needs at least {needed} bytes of memory, but only {free} are free",
        "use a smaller input or fewer filters",
    ),
    "E511": Entry(
        "outdated-proof",
        "{path} does not prove {name}: {problem}",
        "prove it again: archc verify SPEC --report FILE.json --force",
    ),
    "E512": Entry(
        "picture-too-large",
        "a picture of {wide} by {high} pixels is too large for a PNG",
        "use .svg or .pdf",
    ),
    "E513": Entry(
        "out-of-memory",
        "archc needs more memory than it may take",
        "use a machine with more memory, raise the memory limit, or use a smaller network",
    ),
    "E521": Entry("empty-section", "no path leads from '{first}' to '{last}'", "{suggestion}"),
    "E522": Entry(
        "conflicting-sizes",
        "{one} and {other} are mutually exclusive",
        "leave one out: {other} decides the width, too",
    ),
    "E523": Entry(
        "unknown-picture-format",
        "no picture can be written as {path}",
        "let its name end in {endings}",
    ),
    "E524": Entry(
        "picture-does-not-fit",
        "{name} does not fit {frame}: its smallest letters would be {size}, and less than {least} "
        "cannot be read",
        "use {ways}, or draw a part of it with --from and --to",
    ),
    "E530": Entry(
        "no-specs",
        "there are no specs in {path}",
        "specs are .yaml or .yml files with the fields archc and layers; folders below it are "
        "searched by a pattern such as 'specs/**/*.yaml'",
    ),
    "E531": Entry(
        "invalid-configuration",
        "[tool.archc] in {path}: {name} {said}",
        "{hint}",
    ),
    # E6: an option cannot be applied: an override of --set, or what a proof is asked for
    "E601": Entry(
        "invalid-override",
        "expected PATH=VALUE, got '{argument}'",
        "name a layer, its field and the value, as in fc8.units=10",
    ),
    "E602": Entry("unknown-override", "{spec} has no layer or field '{name}'", "{suggestion}"),
    "E603": Entry(
        "fixed-field",
        "'{field}' cannot be overridden",
        "set a field of a layer, or one of {settable}",
    ),
    "E604": Entry(
        "override-too-deep",
        "{path} is {value}, which has no fields",
        "set the whole value: {path}=…",
    ),
    "E605": Entry(
        "override-of-layer",
        "'{layer}' is a layer, not a field",
        "set its fields one by one: {layer}.FIELD=VALUE",
    ),
    "E606": Entry(
        "too-few-targets",
        "{what} need {needed}, got {asked}",
        "add {others}, or leave --target out",
    ),
    "E607": Entry(
        "nothing-to-train", "{name} has no parameters to train", "leave --train-steps out"
    ),
    "E608": Entry(
        "unknown-model",
        "cannot tell what model '{source}' is",
        "{hint}",
    ),
    "E609": Entry(
        "model-failed",
        "cannot run {source}: {problem}",
        "the model must take the spec's input and run on the CPU",
    ),
    "E610": Entry(
        "samples-without-weights",
        "samples say nothing of a network with other weights",
        "name the weights as well, with --weights or --against",
    ),
    "E611": Entry(
        "invalid-samples",
        "cannot use the samples in {path}: {problem}",
        "save them with np.savez(path, inputs=x, outputs=y), x as (N, C, H, W)",
    ),
    # E7: stored weights
    "E701": Entry(
        "file-exists", "{path} already exists", "choose another name, or overwrite with --force"
    ),
    "E702": Entry(
        "invalid-checkpoint", "{path} is not a checkpoint archc can read: {problem}", "{hint}"
    ),
    "E703": Entry(
        "shape-mismatch",
        "{tensor} in {path} is {found}, but '{weight}' of the network is {expected}",
        "{hint}",
    ),
    "E704": Entry("missing-weights", "{path} has no tensors for {missing}", "{hint}"),
    "E705": Entry(
        "extra-tensors",
        "extra tensors in {path}: {names}",
        "{hint}",
    ),
    "E706": Entry(
        "ambiguous-match",
        "{layers} could be any of {candidates}",
        "match {settled} in a --map file, with {lines} such as {example}; {follow}",
    ),
    "E707": Entry("invalid-weight", "'{weight}' in {path} {problem}", "{hint}"),
    "E708": Entry(
        "not-enough-space",
        "{what} needs at least {needed} bytes {of}, but only {free} are free",
        "{hint}",
    ),
    "E709": Entry(
        "flatten-order",
        "{path} does not say how the {maps} maps before '{layer}' were flattened",
        "pass --flatten channels_last, Keras's own order, or --flatten channels_first",
    ),
    "E710": Entry(
        "export-failed",
        "{target} failed to write {path}: {problem}",
        "check disk space, memory and the version of the framework",
    ),
    "E711": Entry(
        "unknown-weights-format",
        "the file extension of {path} is not that of {what}",
        "{hint}",
    ),
    "E712": Entry(
        "layer-mismatch",
        "{field} of {layers} is {ours} in the spec, but {theirs} in {path}",
        "{hint}",
    ),
    "E713": Entry(
        "unproven-order",
        "{layers} fit {candidates} equally well, and {path} does not say in which order they are used",
        "if the model uses them in this order ({pairs}), pass --by-order; otherwise match them in a "
        "--map file",
    ),
}

CATALOGUE |= {code: Entry(*words) for code, words in WARNINGS.items()}

CODES: dict[str, str] = {entry.name: code for code, entry in CATALOGUE.items()}
"""The code of each name."""
