"""What a target states of its framework, once: everything else iterates over the targets."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, final

from archc.files.locations import PACKAGE, TEMPLATES
from archc.network.graph import INPUT, Graph, Node
from archc.ops.tensor import Shape, Weight
from archc.targets.declarations import ITSELF, Emulated, Note, Notes, Refused, Supported
from archc.targets.formatting import WIDTH
from archc.targets.statements import Statement

if TYPE_CHECKING:  # Jinja is needed to render only
    from archc.targets.macros import Macros


@dataclass(frozen=True, slots=True)
class Home:
    """Where a framework keeps a weight: a module or layer, and the variable in it.

    The canonical weight is reshaped to `shape`, and then has its axes in the order `axes`.
    """

    module: str
    variable: str
    shape: Shape
    axes: tuple[int, ...]

    @property
    def name(self) -> str:
        """The path of the variable: `conv1.weight`."""
        return f"{self.module}.{self.variable}"

    @property
    def stored(self) -> Shape:
        """The shape in the framework."""
        return tuple(self.shape[axis] for axis in self.axes)

    def arranged(self, weight: Any) -> Any:
        """A canonical array as the framework has it."""
        return weight.reshape(self.shape).transpose(self.axes)

    def canonical(self, value: Any, shape: Shape) -> Any:
        """The framework's array with the canonical axes and `shape`."""
        back = sorted(range(len(self.axes)), key=self.axes.__getitem__)
        return value.transpose(back).reshape(shape)


class Target(ABC):
    """A framework that archc writes code for; it imports nothing of the framework."""

    name: ClassVar[str]
    """What `--target` takes."""
    title: ClassVar[str]
    """What people call it."""
    language: ClassVar[str] = "python"
    """What its layers are written in, as a fenced block names it."""
    modules: ClassVar[tuple[str, ...]]
    """What must be importable for its files to run."""
    packages: ClassVar[Mapping[str, str]] = {}
    """What `pip install` calls a module, where that is another name."""
    backends: ClassVar[tuple[str, ...]] = ()
    """The modules that its files can run on, the usual one first."""
    endings: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Endings of the files that its users load; the modules that writing one needs."""
    options: ClassVar[tuple[str, ...]] = ()
    """What `compile` takes for this target only."""
    channels_last: ClassVar[bool] = False
    """Whether its maps are H, W, C, and what follows a flatten reads them in that order."""
    trains: ClassVar[bool] = True
    """Whether its files can be trained; those of others are networks at inference."""
    unbiased_variance: ClassVar[bool] = False
    """Whether its running variance is the unbiased one, n / (n - 1) times the definition's."""
    steps_in_float64: ClassVar[bool] = False
    """Whether its optimiser takes a recipe's numbers as float64, not as what float32 holds of them."""
    model: ClassVar[str]
    """The module that fills and saves its models (archc/weights/*_model.py)."""
    builds: ClassVar[bool] = True
    """Whether saving takes a model of the generated code, in a process of its own."""
    prover: ClassVar[str]
    """The module that runs its files in a process of its own."""
    tracer: ClassVar[str] = ""
    """The module that runs models that others wrote for this framework, step by step."""
    originals: ClassVar[tuple[str, ...]] = ()
    """Endings of files that hold such a model as a whole."""
    root: ClassVar[Path] = PACKAGE.parent
    """The folder from which that is imported."""
    effort: ClassVar[int] = 0
    """The targets of the largest are proven first: they take longest."""
    losses: ClassVar[Mapping[str, str]] = {}
    """The loss that goes with an output (`Op.output`), or that a spec's recipe names."""
    single: ClassVar[str] = ""
    """What runs its files in float32, where that is another program than in float64."""
    float32: ClassVar[Mapping[str, str]] = {}
    """Operations that this target computes from numbers it keeps as float32, and why."""
    notes: ClassVar[Notes] = {}
    """What is emulated, inert or refused, field by field; what is not here is supported."""
    shown: ClassVar[tuple[str, ...]]
    """Which parts of its context are the lines that a network's layers become, in their order."""
    filters: ClassVar[dict[str, Callable[..., Any]]] = {}
    """What its operation templates may apply to a node's values."""

    @property
    def templates(self) -> Path:
        """The folder of its templates."""
        return Path(TEMPLATES) / self.name

    def ran_on(self, backend: str) -> tuple[str, ...]:
        """The backend to import, if its files run on one."""
        return (backend,) if self.backends else ()

    def loss(self, graph: Graph) -> str:
        """The loss that goes with a network's output; nothing if that is open."""
        squared = self.losses.get(graph.loss or "")
        return squared or self.losses.get(graph.output.operations[-1].output, "")

    def inexact(self, backend: str) -> Mapping[str, str]:
        """What of `float32` holds on a backend."""
        return self.float32

    def declared(self, kind: str, field: str) -> tuple[Note, ...]:
        """What this target declares of a field, or of an operation itself."""
        found = self.notes.get((kind, field), ())
        if field != ITSELF:
            return found
        if not found and (name := self._defined(kind)):
            found = (Emulated(text=f"`{name}`, in the file"),)
        if kind in self.float32:
            text = f"computed from numbers that are kept as float32: {self.float32[kind]}"
            found += (Supported(text=text),)
        return found

    def _defined(self, kind: str) -> str:
        """The class or function of the operation's own name that its template defines."""
        template = self.templates / "ops" / f"{kind}.py.jinja"
        name = "".join(part.capitalize() for part in kind.split("_"))
        return name if template.exists() and f"macro {name}(" in template.read_text() else ""

    @final
    def refuse(self, node: Node) -> None:
        """Raise Fault E501 if this target cannot express the node."""
        for op in node.operations:
            for field in type(op).model_fields:
                for note in self.notes.get((op.type, field), ()):
                    if isinstance(note, Refused) and note.holds and note.holds(op):
                        raise note.fault(field, getattr(op, field))

    @abstractmethod
    def context(self, graph: Graph, macros: "Macros") -> dict[str, Any]:
        """What `templates/<target>/module.py.jinja` is given beside the graph itself."""

    @abstractmethod
    def home(self, node: Node, weight: Weight) -> Home:
        """Where the running file keeps a canonical weight."""

    def homes(self, node: Node, weight: Weight) -> tuple[Home, ...]:
        """The same in files that others wrote for this framework: the likeliest first."""
        return (self.home(node, weight),)

    def filed(self, node: Node, weight: Weight) -> str:
        """What a weight is called in a file of the generated network's weights."""
        return self.home(node, weight).name

    def leaves(self, node: Node, weight: Weight) -> set[str]:
        """The names that a weight may have within its module, in a file."""
        return {weight.name, self.home(node, weight).variable}


def variables(graph: Graph, chain: str, source: str) -> dict[str, str]:
    """The Python variable that holds each value.

    A value that only the next layer takes as its only input is called `chain`; any other keeps its
    layer's name, and the input then is called `source`.
    """
    order = [INPUT, *(node.name for node in graph.nodes)]
    alone = {node.name for node in graph.nodes if len(node.inputs) == 1}
    identifiers = {node.name: node.identifier for node in graph.nodes} | {INPUT: source}
    found: dict[str, str] = {}
    for here, after in zip(order, [*order[1:], ""], strict=True):
        passing = set(graph.readers[here]) <= {after} & alone
        found[here] = chain if passing else identifiers[here]
    return found


def drawing_name(node: Node) -> str:
    """The constant that holds a layer's drawing: `C3_CONNECTIONS`."""
    return f"{node.identifier}_{node.op.drawn_field}".upper()


def drawings(graph: Graph, *, weights_only: bool = False) -> list[Statement]:
    """The constants that hold the drawings of a network, or only those that weights are made of."""
    return [
        Statement(node, "\n".join([f'{drawing_name(node)} = """', *lines, '"""']))
        for node in graph.nodes
        if node.op.drawings and (not weights_only or any(w.codes for w in node.weights))
        for lines in [_side_by_side(node.op.drawings)]
    ]


def _side_by_side(bitmaps: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """The lines of bitmaps as wide as a file may be, an empty line between the rows of them."""
    most = max(1, (WIDTH + 2) // (len(bitmaps[0][0]) + 2))
    across = -(-len(bitmaps) // -(-len(bitmaps) // most))  # as many in each row
    for start in range(0, len(bitmaps), across):
        yield from [""] if start else []
        for line in zip(*bitmaps[start : start + across], strict=True):
            yield "  ".join(line)


def noted_shape(node: Node, channels_last: bool = False) -> str:
    """The shape that is noted beside a step; nothing where the step could not change it."""
    if node.op.keeps_shape:
        return ""
    shape = (*node.shape[1:], *node.shape[:1]) if channels_last else node.shape
    return "x".join(str(n) for n in shape)
