"""Which names a spec may give: to itself, to its layers, and so to what the generated code defines."""

import builtins
import keyword
import re

from archc.errors import Diagnostic, Span, diagnostic
from archc.language.reserved import DERIVED, GENERATED, KERAS_MODEL, SCRIPT, TORCH_MODULE

LAYER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
LAYER_RULE = "a letter, then up to 63 letters, digits or underscores"
NETWORK = re.compile(r"[A-Za-z]([A-Za-z0-9 ._+-]{0,62}[A-Za-z0-9._+-])?")
NETWORK_RULE = "a letter, then up to 63 letters, digits, spaces or . _ + -, the last no space"

FILE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
FILE_RULE = "its name needs a letter, then up to 63 letters, digits, underscores or hyphens"


def why_reserved(name: str) -> str | None:
    """Why no layer may have this name; None if it may."""
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        return "it is a Python keyword"
    if name in TORCH_MODULE:
        return "PyTorch's nn.Module owns it"
    if name in KERAS_MODEL:
        return "Keras's Model owns it"
    if name in GENERATED:
        return "the generated code uses it"
    return None


def layer_name(name: str, span: Span) -> Diagnostic | None:
    """What is wrong with a layer's name by itself."""
    if not LAYER.fullmatch(name):
        return diagnostic("E207", span, name=name, what="layer's name", rule=LAYER_RULE)
    reason = why_reserved(name)
    if reason:
        return diagnostic("E208", span, name=name, reason=reason, suggestion=f"{name}1")
    return None


def class_name(network: str) -> str:
    """`LeNet-5` → `LeNet5`: the network's name as that of a class."""
    return "".join(c for c in network if c.isascii() and c.isalnum())


def function_name(stem: str) -> str:
    """`lenet5-1998` → `lenet5_1998`: a spec's file name as the name of a function.

    `_network` follows where the generated file or Python itself uses the name: `main_network`.
    """
    name = stem.replace("-", "_").lower()
    return f"{name}_network" if name in SCRIPT or _why_not_defined(name) else name


def network_name(name: str, span: Span) -> Diagnostic | None:
    """What is wrong with a network's name; its class must not hide anything."""
    if not NETWORK.fullmatch(name):
        return diagnostic("E207", span, name=name, what="network's name", rule=NETWORK_RULE)
    word = class_name(name)
    reason = _why_not_defined(word)
    if reason:
        return diagnostic("E208", span, name=word, reason=reason, suggestion=f"{name} net")
    return None


def _why_not_defined(word: str) -> str | None:
    """Why a generated file must not define a class or function of that name; None if it may."""
    if word in GENERATED:
        return "the generated code uses it"
    if keyword.iskeyword(word):
        return "it is a Python keyword"
    return "it shadows a Python builtin" if word in dir(builtins) else None


def collisions(names: dict[str, Span]) -> list[Diagnostic]:
    """Layers that the generated code could not tell from a part of another layer."""
    found = []
    owners = {name.lower(): name for name in names}  # constants are in capitals
    for name, span in names.items():
        for suffix in DERIVED:
            owner = owners.get(name.lower().removesuffix(f"_{suffix}"))
            if owner is not None and owner.lower() != name.lower():
                line = names[owner].line
                found.append(diagnostic("E210", span, name=name, owner=owner, line=line))
    return found
