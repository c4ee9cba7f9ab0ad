"""Which tensor of a checkpoint is which weight of a network.

The user's mapping comes first, then equal names, canonical or the framework's own. The rest is
matched layer by layer with the modules of the file: a layer matches a module if each weight has
exactly one tensor of a matching name and shape, and no tensor is left over. If several match, the
order decides: that of the file, if the modules matched so far are in the network's order there, and
that of the numbers in the modules' names, if they differ in nothing else. If these two disagree, or
if there is neither, the match is ambiguous.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from archc.errors import Diagnostic, EnvironmentProblem, diagnostic, quoted
from archc.network.graph import Graph, Node
from archc.ops.tensor import Weight
from archc.weights.canonical import show_shape, weights_of
from archc.weights.checkpoint import Checkpoint, Convert, Tensor, numbers
from archc.weights.initial import canonical_name
from archc.weights.mapping import Mapped

FLOATING = ("float32", "float16", "bfloat16", "float64")


@dataclass(frozen=True)
class Match:
    """The tensor of a weight, its conversion, and what the two were matched by."""

    tensor: Tensor
    convert: Convert
    by: str


class Matcher:
    """Matches one network with one checkpoint."""

    def __init__(self, graph: Graph, checkpoint: Checkpoint, path: Path, mapped: Mapped) -> None:
        self.graph, self.checkpoint, self.path = graph, checkpoint, path
        self.weights = weights_of(graph)
        self.found: dict[str, Match] = {}
        self.problems: list[Diagnostic] = []
        self.mapped = mapped
        self.ignored = [
            t.name
            for t in checkpoint.tensors
            if t.dtype not in FLOATING or t.name in mapped.ignored
        ]
        self.left = {t.name: t for t in checkpoint.tensors if t.name not in self.ignored}

    def run(self) -> Mapping[str, Match]:
        """The tensor of every weight, except for codes that the checkpoint does not have.

        Raises EnvironmentProblem with all that is missing, left over or ambiguous.
        """
        for name, tensor in self.mapped.names.items():
            if tensor in self.left:  # otherwise its dtype is not that of a weight
                self._take(name, self.left[tensor], "map")
        self._by_name()
        if not self.problems:
            self._by_module()
        self._complete()
        if self.problems:
            raise EnvironmentProblem(self.problems)
        return self.found

    def _take(self, name: str, tensor: Tensor, by: str) -> None:
        node, weight = self.weights[name]
        convert = self.checkpoint.conversion(node, weight, tensor.shape)
        if convert is None:
            expected = show_shape(self.checkpoint.shape_of(node, weight))
            facts = {"tensor": f"'{tensor.name}'", "path": self.path, "expected": expected}
            hint = "match another tensor in a --map file, or use the --set that the weights were made with"
            found = show_shape(tensor.shape)
            self.problems.append(diagnostic("E703", found=found, weight=name, hint=hint, **facts))
            return
        self.found[name] = Match(tensor, convert, by)
        self.left.pop(tensor.name)

    def _by_name(self) -> None:
        prefix = _shared_prefix(self.left)
        for name, (node, weight) in self.weights.items():
            own = self.checkpoint.native_name(node, weight)
            aliases = [p + alias for p in dict.fromkeys(["", prefix]) for alias in (own, name)]
            tensor = next((self.left[alias] for alias in aliases if alias in self.left), None)
            if tensor and name not in self.found:
                self._take(name, tensor, "name")

    def _by_module(self) -> None:
        modules: dict[str, list[Tensor]] = defaultdict(list)
        for tensor in self.left.values():
            modules[tensor.module].append(tensor)
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
        in_order = self._in_order()
        for fitting, nodes in unsure.items():
            order = self._order(nodes, [modules[m] for m in fitting], in_order)
            if order is None:
                self._ambiguous(nodes, fitting)
            for node, module in zip(nodes, order or (), strict=False):
                self._join(node, module, "order")

    def _open(self, node: Node) -> list[Weight]:
        """The weights of a node that have no tensor yet."""
        return [w for w in node.weights if canonical_name(node, w) not in self.found]

    def _fits(self, node: Node, module: Sequence[Tensor]) -> bool:
        """Whether the unmatched weights of a node and the tensors of a module pair up completely."""
        started = {
            self.found[name].tensor.module
            for name in (canonical_name(node, weight) for weight in node.weights)
            if name in self.found
        }
        if started and module[0].module not in started:
            return False
        return len(self._pairs(node, module)) == len(module) == len(self._open(node))

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

    def _join(self, node: Node, module: Sequence[Tensor], by: str) -> None:
        for weight, tensor in self._pairs(node, module):
            self._take(canonical_name(node, weight), tensor, by)

    def _in_order(self) -> bool:
        """Whether the modules matched so far are in the network's order in the file."""
        places = [
            match.tensor.position
            for node in self.graph.nodes
            for match in [self.found.get(canonical_name(node, w)) for w in node.weights[:1]]
            if match is not None
        ]
        known = [place for place in places if place is not None]
        return len(known) == len(places) and known == sorted(known)

    def _order(
        self, nodes: Sequence[Node], modules: Sequence[list[Tensor]], in_order: bool
    ) -> list[list[Tensor]] | None:
        """The modules in the order of the nodes; None if that is ambiguous."""
        if len(nodes) != len(modules) or not self._chain(nodes):
            return None
        orders = []
        if in_order and all(module[0].position is not None for module in modules):
            orders.append(sorted(modules, key=lambda module: module[0].position or 0))
        numbered = {id(module): numbers(module[0].path) for module in modules}
        if len({text for text, _ in numbered.values()}) == 1:
            orders.append(sorted(modules, key=lambda module: numbered[id(module)][1]))
        return orders[0] if orders and all(order == orders[0] for order in orders) else None

    def _chain(self, nodes: Sequence[Node]) -> bool:
        """Whether each node is connected to the next one: parallel branches have no order."""
        for first, second in pairwise(nodes):
            reached = {first.name}
            for node in self.graph.nodes:
                if reached & {*node.inputs}:
                    reached.add(node.name)
            if second.name not in reached:
                return False
        return True

    def _ambiguous(self, nodes: Sequence[Node], modules: Iterable[str]) -> None:
        first = canonical_name(nodes[0], nodes[0].weights[0])
        names = list(modules)
        example = next(t.name for t in self.left.values() if t.module == names[0])
        facts = {"layers": quoted(node.name for node in nodes), "candidates": quoted(names)}
        self.problems.append(diagnostic("E706", **facts, example=f"{first}: {example}"))
        unclear = {name for name, tensor in self.left.items() if tensor.module in names}
        self.left = {name: self.left[name] for name in self.left if name not in unclear}

    def _complete(self) -> None:
        """Report what is missing and what is left over, unless there are other problems."""
        if self.problems:
            return
        missing = [
            (name, node, weight)
            for name, (node, weight) in self.weights.items()
            if name not in self.found and not weight.codes
        ]
        if missing:
            shown = show_shape(self.checkpoint.shape_of(*missing[0][1:]))
            rest = quoted(self.left) if self.left else "no other tensors"
            hint = (
                f"the first is {shown}, and the file still has {rest}; match them in a --map file"
            )
            names = quoted(name for name, _, _ in missing)
            facts = {"path": self.path, "missing": names, "hint": hint}
            self.problems.append(diagnostic("E704", **facts))
        elif self.left and not self._constants():
            facts = {"path": self.path, "names": quoted(self.left)}
            self.problems.append(diagnostic("E705", **facts))
        else:
            self.ignored += self.left

    def _constants(self) -> bool:
        """Whether all tensors left over may be constants of the graph rather than weights."""
        named = all(match.by == "name" for match in self.found.values())
        single = all(tensor.shape in ((), (1,)) for tensor in self.left.values())
        return self.checkpoint.constants and (named or single)


def _shared_prefix(names: Iterable[str]) -> str:
    """The prefix that all names share, such as `module.`, or an empty string."""
    heads = {name.partition(".")[0] + "." if "." in name else "" for name in names}
    return heads.pop() if len(heads) == 1 else ""
