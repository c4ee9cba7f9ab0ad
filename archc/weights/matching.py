"""Which tensor of a checkpoint is which weight of a network.

The user's mapping comes first, then equal names, canonical or the framework's own. The rest is
matched layer by layer with the modules of the file: a layer matches a module if each weight has
exactly one tensor of a matching name and shape, and no tensor is left over. If several match, the
order decides: that of the file, if the modules matched so far are in the network's order there, and
that of the numbers in the modules' names, if they differ in nothing else. If these two disagree, or
if there is neither, the match is ambiguous; if nothing says that the file's order is that in which
the layers are used, the match is unproven, and made only if that is asked for.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from archc.errors import Diagnostic, EnvironmentProblem, diagnostic, quoted
from archc.network.graph import Graph, Node
from archc.ops.tensor import Weight
from archc.weights.canonical import show_shape, weights_of
from archc.weights.checkpoint import Checkpoint, Convert, Tensor
from archc.weights.initial import canonical_name
from archc.weights.mapping import Mapped, fits
from archc.weights.ordering import Order, ordered

FLOATING = ("float32", "float16", "bfloat16", "float64")
ABSENT: Mapping[tuple[str, str], float] = {
    ("batch_norm", "scale"): 1.0,
    ("batch_norm", "bias"): 0.0,
}
"""(operation, weight) → what a file means that does not have it."""


@dataclass(frozen=True)
class Match:
    """The tensor of a weight, its conversion, and what the two were matched by."""

    tensor: Tensor
    convert: Convert
    by: str
    proven: bool = True
    """False if it is by an order that need not be that of use."""


@dataclass(frozen=True)
class Wishes:
    """What the user says of a match."""

    mapped: Mapped = field(default_factory=Mapped)
    fresh: tuple[str, ...] = ()
    """Layers that are drawn anew."""
    ignored: tuple[str, ...] = ()
    """Patterns of names of tensors to leave out."""
    by_order: bool = False
    """Whether an order is taken that need not be that of use."""


class Matcher:
    """Matches one network with one checkpoint."""

    def __init__(
        self, graph: Graph, checkpoint: Checkpoint, path: Path, wishes: Wishes = Wishes()
    ) -> None:
        self.graph, self.checkpoint, self.path, self.wishes = graph, checkpoint, path, wishes
        self.weights = {
            name: (node, weight)
            for name, (node, weight) in weights_of(graph).items()
            if node.name not in wishes.fresh
        }
        self.order = Order(graph)
        self.found: dict[str, Match] = {}
        self.absent: dict[str, float] = {}
        """Weights that the file means without having them: all numbers of each."""
        self.problems: list[Diagnostic] = []
        self.begun: set[str] = set()
        """Modules some tensors of which were matched by name or by the user."""
        self.ignored = [t.name for t in checkpoint.tensors if self._left_out(t)]
        left_out = {*self.ignored}
        self.left = {t.name: t for t in checkpoint.tensors if t.name not in left_out}

    def _left_out(self, tensor: Tensor) -> bool:
        patterns = (*self.wishes.ignored, *self.wishes.mapped.ignored)
        named = any(fits(pattern, [tensor.name]) for pattern in patterns)
        return named or tensor.dtype not in FLOATING

    def run(self) -> Mapping[str, Match]:
        """The tensor of every weight, except for codes that the checkpoint does not have, for what
        is drawn anew, and for what is `absent`.

        Raises EnvironmentProblem with all that is missing, left over or ambiguous.
        """
        for name, tensor in self.wishes.mapped.names.items():
            # Otherwise the tensor's dtype is not that of a weight, or the layer is drawn anew.
            if tensor in self.left and name in self.weights:
                self._take(name, self.left[tensor], "map")
        self._by_name()
        if not self.problems:
            self._by_module()
        self._complete()
        if self.problems:
            raise EnvironmentProblem(self.problems)
        return self.found

    def _take(self, name: str, tensor: Tensor, by: str, proven: bool = True) -> None:
        node, weight = self.weights[name]
        convert = self.checkpoint.conversion(node, weight, tensor.shape)
        if convert is None:
            stored = self.checkpoint.shape_of(node, weight)
            facts = {"tensor": quoted([tensor.name]), "path": self.path, "weight": name}
            facts |= {"found": show_shape(tensor.shape), "expected": show_shape(stored)}
            hint = (
                f"use the --set that the weights were made with, match another tensor in a --map "
                f"file, or draw the layer anew with --fresh {node.name}"
            )
            if [n for n in tensor.shape if n != 1] == [n for n in stored if n != 1]:
                hint = (
                    f"only axes of length 1 differ: reshape it to {show_shape(stored)} and save it"
                )
            self.problems.append(diagnostic("E703", hint=hint, **facts))
            return
        self.found[name] = Match(tensor, convert, by, proven)
        self.left.pop(tensor.name)

    def _by_name(self) -> None:
        prefix = _shared_prefix(self.left)
        alike: dict[str, list[Tensor]] = defaultdict(list)
        for each in self.left.values():
            alike[_plain(each.name)].append(each)
            if prefix:
                alike[_plain(each.name.removeprefix(prefix))].append(each)
        for name, (node, weight) in self.weights.items():
            own = self.checkpoint.native_name(node, weight)
            aliases = [p + alias for p in dict.fromkeys(["", prefix]) for alias in (own, name)]
            tensor = next((self.left[alias] for alias in aliases if alias in self.left), None)
            if tensor is None:  # names that differ only in what stands between their parts
                near = {t.name for alias in (own, name) for t in alike[_plain(alias)]}
                tensor = self.left.get(near.pop()) if len(near) == 1 else None
            if tensor and name not in self.found:
                self._take(name, tensor, "name")

    def _by_module(self) -> None:
        modules: dict[str, list[Tensor]] = defaultdict(list)
        for tensor in self.left.values():
            modules[tensor.module].append(tensor)
        self.begun = {match.tensor.module for match in self.found.values()} - {""}
        groups: dict[tuple[str, ...], list[Node]] = defaultdict(list)
        for node in self.graph.nodes:
            if self._open(node):
                fitting = tuple(m for m in modules if self._fits(node, modules[m]))
                groups[fitting].append(node)
        groups.pop((), None)
        unsure = {}
        for fitting, nodes in groups.items():
            if len(fitting) == len(nodes) == 1:
                self._join(nodes[0], modules[fitting[0]], "shape")
            else:
                unsure[fitting] = nodes
        positions = self._positions()
        for fitting, nodes in unsure.items():
            self._settle(nodes, {name: modules[name] for name in fitting}, positions)

    def _settle(
        self, nodes: Sequence[Node], modules: Mapping[str, list[Tensor]], positions: bool
    ) -> None:
        """Match layers with modules that each of them fits, or report what keeps them from it."""
        in_use = self.checkpoint.remarks.in_use
        beside = self.order.beside(nodes)
        if self.wishes.by_order and len(nodes) == len(modules):
            near = {node.name: self._near(node, modules) for node in beside}
            if all(near.values()) and len({*near.values()}) == len(near):
                for node in beside:
                    self._join(node, modules[near[node.name]], "order", proven=False)
                taken = {*near.values()}
                modules = {name: m for name, m in modules.items() if name not in taken}
                nodes = [node for node in nodes if node.name not in near]
                beside = []
        order = None
        if len(nodes) == len(modules) and not beside:
            order = ordered([*modules.values()], positions, in_use)
        if order is None:
            self._ambiguous(nodes, modules, positions)
        elif not in_use and not self.wishes.by_order:
            self._unproven(nodes, order)
        else:
            for node, module in zip(nodes, order, strict=True):
                self._join(node, module, "order", in_use)

    def _near(self, node: Node, names: Iterable[str]) -> str:
        """The one of these modules that stands beside that of the layer which a layer reads, such as
        `downsample.1` beside `downsample.0`; nothing if there is not exactly one."""
        before = [
            match.tensor.module
            for name, match in self.found.items()
            if name.rpartition(".")[0] == node.inputs[0]
        ]
        parent = before[0].rpartition(".")[0] if before else ""
        found = [name for name in names if parent and name.rpartition(".")[0] == parent]
        return found[0] if len(found) == 1 else ""

    def _open(self, node: Node) -> list[Weight]:
        """The weights of a node that have no tensor yet."""
        names = {weight.name: canonical_name(node, weight) for weight in node.weights}
        return [w for w in node.weights if names[w.name] in self.weights and names[w.name] not in self.found]  # fmt: skip

    def _fits(self, node: Node, module: Sequence[Tensor]) -> bool:
        """Whether the unmatched weights of a node and the tensors of a module pair up completely."""
        started = {
            self.found[name].tensor.module
            for name in (canonical_name(node, weight) for weight in node.weights)
            if name in self.found
        }
        name = module[0].module
        if started and name not in started:
            return False
        if name in self.begun and not started:
            return False  # it is another layer's
        pairs = self._pairs(node, module)
        paired = {weight.name for weight, _ in pairs}
        without = [w for w in self._open(node) if w.name not in paired]
        return len(pairs) == len(module) and all((node.op.type, w.name) in ABSENT for w in without)

    def _pairs(self, node: Node, module: Sequence[Tensor]) -> list[tuple[Weight, Tensor]]:
        pairs = []
        for weight in self._open(node):
            leaves = self.checkpoint.leaves(node, weight)
            fitting = [
                tensor
                for tensor in module
                if tensor.leaf in leaves
                and self.checkpoint.conversion(node, weight, tensor.shape) is not None
            ]
            pairs += [(weight, fitting[0])] if len(fitting) == 1 else []
        return pairs

    def _join(self, node: Node, module: Sequence[Tensor], by: str, proven: bool = True) -> None:
        for weight, tensor in self._pairs(node, module):
            self._take(canonical_name(node, weight), tensor, by, proven)

    def _positions(self) -> bool:
        """Whether the modules matched so far are in the network's order in the file."""
        places = {
            node.name: match.tensor.position
            for node in self.graph.nodes
            for match in [self.found.get(canonical_name(node, w)) for w in node.weights[:1]]
            if match is not None
        }
        known = {name: place for name, place in places.items() if place is not None}
        return len(known) == len(places) and self.order.kept(known)

    def _ambiguous(
        self, nodes: Sequence[Node], modules: Mapping[str, list[Tensor]], positions: bool
    ) -> None:
        """Report layers that could be any of these modules, with the smallest map that settles it."""
        names, beside = [*modules], self.order.beside(nodes)
        if not beside or ordered([*modules.values()], positions, False) is None:
            beside = [*nodes[: len(names) - 1 if len(nodes) == len(names) else None]]
        first = canonical_name(beside[0], beside[0].weights[0])
        likely = self._near(beside[0], names) or names[0]
        example = next(t.name for t in self.left.values() if t.module == likely)
        lines = f"{len(beside)} line{'s' * (len(beside) > 1)}"
        follow = "one for each"
        if len(beside) == len(nodes) - 1:
            follow = "the last one then follows"
        elif len(beside) < len(nodes):
            follow = "the others then follow from their order"
            follow += "" if self.checkpoint.remarks.in_use else ", with --by-order"
        facts = {"layers": quoted((node.name for node in nodes), 6), "candidates": quoted(names, 8)}
        facts |= {"lines": lines, "settled": quoted((node.name for node in beside), 6)}
        example = f"{first}: {example}"
        self.problems.append(diagnostic("E706", **facts, follow=follow, example=example))
        self._unclear(names)

    def _unproven(self, nodes: Sequence[Node], modules: Sequence[list[Tensor]]) -> None:
        pairs = [f"{n.name} = {m[0].module}" for n, m in zip(nodes, modules, strict=True)]
        shown = ", ".join(pairs[:4]) + (", and so on" if len(pairs) > 4 else "")
        names = [module[0].module for module in modules]
        facts = {"layers": quoted((n.name for n in nodes), 6), "candidates": quoted(names, 6)}
        self.problems.append(diagnostic("E713", path=self.path, pairs=shown, **facts))
        self._unclear(names)

    def _unclear(self, modules: Iterable[str]) -> None:
        names = {*modules}
        self.left = {name: t for name, t in self.left.items() if t.module not in names}

    def _complete(self) -> None:
        """Report what is missing and what is left over, unless there are other problems."""
        if self.problems:
            return
        self._means_absent()
        missing = [
            (name, node, weight)
            for name, (node, weight) in self.weights.items()
            if name not in self.found and name not in self.absent and not weight.codes
        ]
        self._old_heads()
        if missing:
            facts = {"path": self.path, "missing": quoted(name for name, _, _ in missing)}
            self.problems.append(diagnostic("E704", hint=self._of_missing(missing), **facts))
        elif self.left and not self._constants():
            hint = "to leave them out, pass --ignore with a name or a pattern such as 'head.*'"
            facts = {"path": self.path, "names": quoted(self.left), "hint": hint}
            self.problems.append(diagnostic("E705", **facts))
        else:
            self.ignored += self.left

    def _means_absent(self) -> None:
        """Note what a file leaves out where its value is known: all others of the layer are there."""
        for node in self.graph.nodes:
            names = {canonical_name(node, w): (node.op.type, w.name) for w in node.weights}
            without = [name for name in names if name in self.weights and name not in self.found]
            if len(without) < len(names) and all(names[name] in ABSENT for name in without):
                self.absent |= {name: ABSENT[names[name]] for name in without}

    def _old_heads(self) -> None:
        """Leave out a module for each layer that is drawn anew, if nothing else is left of it."""
        taken = {match.tensor.module for match in self.found.values()}
        modules = [m for m in dict.fromkeys(t.module for t in self.left.values()) if m not in taken]
        if len(modules) <= len(self.wishes.fresh):
            gone = [name for name, tensor in self.left.items() if tensor.module in modules]
            self.ignored += gone
            self.left = {name: t for name, t in self.left.items() if name not in gone}

    def _of_missing(self, missing: Sequence[tuple[str, Node, Weight]]) -> str:
        """What can be done about weights that no tensor was found for."""
        shown = show_shape(self.checkpoint.shape_of(*missing[0][1:]))
        layers = list(dict.fromkeys(node.name for _, node, _ in missing))
        norms = [node for node in self.graph.nodes if node.op.type == "batch_norm"]
        kinds = {operation.kind for operation in self.checkpoint.operations}
        if norms and kinds and "batch_norm" not in kinds:
            return (
                "the file has no batch normalisation: it was folded into the layers before it, which "
                f"have a bias; take '{norms[0].name}' and its like out of the spec"
            )
        if not self.left:
            return f"the first is {shown}, and the file has no other tensors"
        fresh = " ".join(f"--fresh {name}" for name in layers[:3])
        return (
            f"the first is {shown}, and the file still has {quoted(self.left)}; match them in a "
            f"--map file, or draw the layer anew with {fresh}"
        )

    def _constants(self) -> bool:
        """Whether all tensors left over may be constants of the graph rather than weights."""
        named = all(match.by == "name" for match in self.found.values())
        single = all(tensor.shape in ((), (1,)) for tensor in self.left.values())
        return self.checkpoint.remarks.constants and (named or single)


def _plain(name: str) -> str:
    """A name with one sign between its parts, whichever it has."""
    return re.sub(r"[._/]+", "_", name)


def _shared_prefix(names: Iterable[str]) -> str:
    """The prefix that all names share, such as `module.`, or an empty string."""
    heads = {name.partition(".")[0] + "." if "." in name else "" for name in names}
    return heads.pop() if len(heads) == 1 else ""
