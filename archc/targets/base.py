"""What every target states: its name, its refusals, and what its templates are given."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, final

from archc.network.graph import INPUT, Graph, Node
from archc.ops.conv2d import Conv2d
from archc.ops.rbf import Rbf
from archc.ops.tensor import Shape
from archc.ops.window import Window
from archc.targets.declarations import ITSELF, Note, Notes, Refused, Supported
from archc.targets.formatting import WIDTH

Macro = Callable[..., str]


class Target(ABC):
    """A framework that archc writes code for; it imports nothing of the framework."""

    name: ClassVar[str]
    package: ClassVar[str]
    """What `pip install` calls it."""
    float32: ClassVar[Mapping[str, str]] = {}
    """Operations that this target computes from numbers it keeps as float32, and why."""
    notes: ClassVar[Notes] = {}
    """What is emulated, inert or refused, field by field; what is not here is supported."""
    told: ClassVar[tuple[str, ...]]
    """Which parts of its context are the lines that a network's layers become, in their order."""
    filters: ClassVar[dict[str, Callable[..., Any]]] = {}
    """What its operation templates may apply to a node's values."""

    def inexact(self, backend: str) -> Mapping[str, str]:
        """What of `float32` holds on a backend of Keras."""
        return self.float32

    def told_of(self, kind: str, field: str) -> tuple[Note, ...]:
        """What this target declares of a field, or of an operation itself."""
        found = self.notes.get((kind, field), ())
        if field == ITSELF and kind in self.float32:
            text = f"computed from numbers that are kept as float32: {self.float32[kind]}"
            found += (Supported(text=text),)
        return found

    @final
    def refuse(self, graph: Graph, node: Node) -> None:
        """Raise Fault E501 if this target cannot express the node."""
        for op in node.operations:
            for field in type(op).model_fields:
                for note in self.notes.get((op.type, field), ()):
                    if isinstance(note, Refused) and note.holds and note.holds(op):
                        raise note.fault(field, getattr(op, field))

    @abstractmethod
    def context(self, graph: Graph, macros: "Macros") -> dict[str, Any]:
        """What `templates/<target>/module.py.jinja` is given beside the graph itself."""


class Macros:
    """The macros of a target's operation templates, by operation."""

    def __init__(self, load: Callable[[str], Any]) -> None:
        self._load = load
        self._modules: dict[str, Any] = {}

    def has(self, kind: str, macro: str) -> bool:
        return hasattr(self._module(kind), macro)

    def __call__(self, kind: str, macro: str, /, *values: Any, **named: Any) -> str:
        """The text of one macro, without the white space around it."""
        return str(getattr(self._module(kind), macro)(*values, **named)).strip()

    def _module(self, kind: str) -> Any:
        if kind not in self._modules:
            self._modules[kind] = self._load(kind)
        return self._modules[kind]


def variables(graph: Graph, chain: str, source: str) -> dict[str, str]:
    """The Python variable that holds each value.

    A value that only the next layer reads, and reads alone, is called `chain`; any other keeps its
    layer's name, and the input then is called `source`.
    """
    order = [INPUT, *(node.name for node in graph.nodes)]
    alone = {node.name for node in graph.nodes if len(node.inputs) == 1}
    found: dict[str, str] = {}
    for here, after in zip(order, [*order[1:], ""], strict=True):
        passing = set(graph.readers[here]) <= {after} & alone
        found[here] = chain if passing else source if here == INPUT else here
    return found


def drawing_name(node: Node) -> str:
    """The constant that holds a layer's table of connections or its bitmaps."""
    return f"{node.name}_{'codes' if node.op.type == 'rbf' else 'connections'}".upper()


def drawings(graph: Graph, kinds: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """(constant, lines) of each drawing that the operations `kinds` of a network have."""
    found = []
    for node in graph.nodes:
        if isinstance(node.op, Conv2d) and node.op.connections and "conv2d" in kinds:
            found.append((drawing_name(node), list(node.op.connections)))
        elif isinstance(node.op, Rbf) and "rbf" in kinds:
            found.append((drawing_name(node), list(_side_by_side(node.op.codes))))
    return found


def _side_by_side(bitmaps: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """The lines of bitmaps as wide as a file may be, an empty line between the rows of them."""
    most = max(1, (WIDTH + 2) // (len(bitmaps[0][0]) + 2))
    across = -(-len(bitmaps) // -(-len(bitmaps) // most))  # as many in each row
    for start in range(0, len(bitmaps), across):
        yield from [""] if start else []
        for line in zip(*bitmaps[start : start + across], strict=True):
            yield "  ".join(line)


def noted_shape(node: Node) -> Shape | None:
    """The shape that stands beside a step; None where the step could not change it."""
    return None if node.op.keeps_shape else node.shape


def kinds(graph: Graph) -> list[str]:
    """The operations of a network in order of their first use, activations among them."""
    found: dict[str, None] = {}
    for node in graph.nodes:
        found |= dict.fromkeys(op.type for op in node.operations)
    return list(found)


def helpers(graph: Graph, macros: Macros, body: str) -> list[str]:
    """The definitions that the body of a module uses, from the operations' templates."""
    texts = []
    for kind in kinds(graph):
        for number in range(1, 4):
            if not macros.has(kind, f"helper{number}"):
                break
            text = macros(kind, f"helper{number}")
            if defined(text) in words(body) and text not in texts:
                texts.append(text)
    return texts


def words(text: str) -> set[str]:
    """The identifiers in a text."""
    import re

    return set(re.findall(r"\w+", text))


def defined(text: str) -> str:
    """The name that a definition binds."""
    import re

    match = re.search(r"^(?:class|def) (\w+)", text, re.MULTILINE)
    assert match is not None
    return match[1]


def sides(window: Window) -> tuple[int, int, int, int]:
    """All padding of a window, what ceil_mode adds included: (top, bottom, left, right)."""
    top, bottom, left, right = window.pads
    return top, bottom + window.extra[0], left, right + window.extra[1]


def grouped(items: Mapping[str, Any]) -> dict[Any, list[str]]:
    """The keys by their values, in order of first appearance."""
    found: dict[Any, list[str]] = {}
    for key, value in items.items():
        found.setdefault(value, []).append(key)
    return found
