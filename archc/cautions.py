"""The wording of every warning: (name, what is likely wrong, what to do) by its code.

A warning is about a valid spec that probably does not mean what it says. Codes have the first digit
of the errors about the same thing: 1 the text, 2 a field, 3 the network.
"""

WARNINGS: dict[str, tuple[str, str, str]] = {
    "W101": (
        "unused-defaults",
        "unused defaults: no layer has the type '{type}'",
        "remove them",
    ),
    "W102": (
        "overridden-default",
        "unused default: every {type} layer has {field} of its own",
        "remove it here, or in the layers that have the same value",
    ),
    "W103": (
        "needless-allow",
        "{code} is allowed, but {what} does not cause it",
        "remove the entry",
    ),
    "W201": (
        "inverted-momentum",
        "a momentum of {momentum} looks like PyTorch's, the weight of the new statistics; here it is "
        "the weight of the old",
        "PyTorch's {momentum} is momentum: {old} here",
    ),
    "W202": (
        "repeated-softmax",
        "{second} takes the softmax of {first}",
        "{way_out}",
    ),
    "W301": (
        "unseen-pixels",
        "no window of '{layer}' sees {missing} of its {size} input",
        "{way_out}",
    ),
    "W302": (
        "nearly-global-window",
        "the {kernel} window of '{layer}' does not cover its whole input of {size}{before}",
        "for one window over all of it, write kernel: {whole}",
    ),
    "W303": (
        "initialiser-mismatch",
        "{rule} starts {count} of {all} layers with weights, '{layer}' first, although a ReLU follows: "
        "it leaves out that a ReLU halves the signal",
        "use he_normal, for a whole type as defaults: {{{type}: {{init: {{weight: he_normal}}}}}}",
    ),
}
