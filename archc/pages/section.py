"""The page of a section of a spec: what it is for, an example, and its fields from the schema."""

from typing import Any

from archc.language.schema import schema
from archc.pages.operation import values, wrapped

NETWORK = """\
archc: 1
name: Example
input: {channels: 1, height: 28, width: 28}
layers:
  - conv1: {type: conv2d, filters: 8, kernel: 5, activation: relu}
  - pool1: {type: max_pool, kernel: 2}
  - flat: {type: flatten}
  - fc1: {type: dense, units: 10}
"""

PAGES: dict[str, tuple[str, str]] = {
    "archc": ("The version of the language; there is one.", NETWORK),
    "name": (
        "The name of the network. Its letters and digits form the name of the generated class: "
        "LeNet-5 gives LeNet5.",
        NETWORK.replace("Example", "LeNet-5"),
    ),
    "title": ("What the network is, in one line, as `archc list` shows it.", f"{NETWORK}title: A first network\n"),
    "year": ("The year of publication.", f"{NETWORK}year: 1998\n"),
    "cite": (
        "The publication. Generated files have it as the constant CITATION.",
        f'{NETWORK}cite: "LeCun et al.: Gradient-Based Learning. 1998"\n',
    ),
    "input": (
        "The size of one sample, channels first. The batch is not part of a spec.",
        NETWORK.replace("channels: 1, height: 28", "channels: 3, height: 64"),
    ),
    "defaults": (
        "Fields for every layer of a type. A layer's own field replaces the default as a whole; only "
        "init is merged weight by weight. activation: null cancels a default.",
        NETWORK.replace("layers:", "defaults:\n  conv2d: {padding: same, init: {weight: he_normal}}\nlayers:"),
    ),
    "layers": (
        "The layers in the order in which they are computed, each a mapping of its name to its fields. "
        "`archc explain conv2d` shows the fields of a type. The last layer is the output.",
        NETWORK,
    ),
    "from": (
        "A layer's inputs, by name; left out, it is the layer before. `input` is the network's own.",
        NETWORK.replace(
            "  - flat", "  - other: {type: avg_pool, kernel: 2, from: conv1}\n"
            "  - both: {type: concat, from: [pool1, other]}\n  - flat"
        ),
    ),
    "activation": (
        "A function of the layer's own output, applied last: a word, or a mapping for one with fields.",
        NETWORK.replace("activation: relu", "activation: {leaky_relu: {slope: 0.01}}"),
    ),
    "padding": (
        "Pixels around the input of a window. `same` keeps the size with a stride of 1; with a larger "
        "one say where the odd pixel goes, same_upper as Keras or same_lower. Zeros count in a "
        "convolution; in a max_pool padding never wins.",
        NETWORK.replace("kernel: 5,", "kernel: 5, padding: same,"),
    ),
    "kernel": (
        "Height and width of a window, in pixels: one number, or [height, width].",
        NETWORK.replace("kernel: 5,", "kernel: [3, 5],"),
    ),
    "stride": (
        "The step from one window to the next, in pixels; of a pool the kernel by default.",
        NETWORK.replace("kernel: 5,", "kernel: 6, stride: 2,"),
    ),
    "init": (
        "How parameters start: a number, a rule by its name, or a rule with its number.",
        NETWORK.replace("activation: relu", "init: {weight: he_normal, bias: 0.1}, activation: relu"),
    ),
    "train": (
        "How the network was trained. It affects no count and no generated code; `archc verify "
        "--train-steps` runs steps of it in every framework that trains.",
        f"{NETWORK}train:\n  source: the paper\n  loss: cross_entropy\n"
        "  optimizer: {type: sgd, learning_rate: 0.01, momentum: 0.9}\n  batch: 128\n",
    ),
    "optimizer": (
        "The rule of a recipe that changes the parameters: stochastic gradient descent, with coupled "
        "weight decay as in Krizhevsky et al. 2012.",
        f"{NETWORK}train:\n  source: the paper\n  loss: cross_entropy\n"
        "  optimizer: {type: sgd, learning_rate: 0.01, momentum: 0.9, weight_decay: 5e-4}\n",
    ),
    "schedule": (
        "How the learning rate of a recipe changes: on a plateau, every so many epochs, or in stages.",
        f"{NETWORK}train:\n  source: the paper\n  loss: cross_entropy\n"
        "  schedule: {type: every, divide_by: 10, epochs: 30}\n",
    ),
    "augmentation": (
        "Random changes of the training images of a recipe, in their order.",
        f"{NETWORK}train:\n  source: the paper\n  loss: cross_entropy\n"
        "  augmentation: [{type: random_crop, size: 28, image: 32}, {type: horizontal_flip}]\n",
    ),
    "expect": (
        "Published figures that the network must have, each with its source: `archc check` fails where "
        "it does not have one.",
        f"{NETWORK}expect:\n  - source: counted by hand\n    totals: {{parameters: 11738}}\n",
    ),
    "errata": (
        "Published figures that are wrong, each with the reason: `archc check` fails where the network "
        "does have one.",
        f"{NETWORK}errata:\n  - source: a lecture\n    says: {{totals: {{parameters: 11720}}}}\n"
        "    because: the biases are left out\n",
    ),
    "allow": (
        "Warnings that do not apply, by code, each with its reason: one for the whole network, or one "
        "for each layer.",
        NETWORK.replace("kernel: 2}", "kernel: 5}") + 'allow: {W301: {pool1: "the border is empty"}}\n',
    ),
    "notes": ("The author's remarks; nothing checks them.", f'{NETWORK}notes: ["A first network."]\n'),
}  # fmt: skip
"""What each section is for, and a spec that has it."""


def section(name: str) -> str:
    """The page of a section, as Markdown: what it is for, its fields or values, an example."""
    meaning, example = PAGES[name]
    parts = [f"# {name}", wrapped(meaning), _fields(name), f"## Example\n\n```yaml\n{example}```"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _fields(name: str) -> str:
    """The fields of a mapping, or the values of anything else; nothing where a layer's type decides."""
    if name in ("layers", "defaults"):
        return ""
    whole = schema()
    definitions = whole["definitions"]
    layer = definitions["op_conv2d"]["properties"]
    train = definitions["Train"]["properties"]
    field = _resolve({**layer, **train, **whole["properties"]}[name], definitions)
    lines = _listed(field, "")
    if lines:
        return "## Fields\n\n" + "\n".join(lines)
    known = name not in ("archc", "allow") and values(field)
    return wrapped(f"Values: {known}.") if known else ""


def _listed(field: dict[str, Any], margin: str) -> list[str]:
    """A line for each field of a mapping, of the mappings in a list, and of each of several forms."""
    lines: list[str] = []
    for form in _forms(field):
        below = margin
        kind = form.get("properties", {}).get("type", {})
        if "const" in kind:
            lines.append(
                wrapped(f"- `type: {kind['const']}`. {kind['description']}", margin, f"{margin}  ")
            )
            below = f"{margin}  "
        for name, own in form.get("properties", {}).items():
            if name != "type":
                lines.append(wrapped(f"- `{name}`. {own['description']}", below, f"{below}  "))
                lines += _listed(own, f"{below}  ")
        inner = (form.get("items"), form.get("additionalProperties"))
        lines += [line for each in inner if isinstance(each, dict) for line in _listed(each, below)]
    return lines


def _forms(field: dict[str, Any]) -> list[dict[str, Any]]:
    """A schema and its alternatives."""
    inner = (*field.get("anyOf", ()), *field.get("oneOf", ()))
    return [field, *(form for each in inner for form in _forms(each))]


def _resolve(field: Any, definitions: dict[str, Any]) -> Any:
    """A schema with what it refers to in its place."""
    if isinstance(field, list):
        return [_resolve(item, definitions) for item in field]
    if not isinstance(field, dict):
        return field
    if "$ref" in field:
        return _resolve(definitions[field["$ref"].rpartition("/")[2]], definitions)
    return {key: _resolve(item, definitions) for key, item in field.items()}
