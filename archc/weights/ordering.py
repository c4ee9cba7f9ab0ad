"""In which order layers of equal shapes run, and in which order a file has them."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from archc.network.graph import Graph, Node
from archc.weights.checkpoint import Tensor, numbers


class Order:
    """What of a network depends on what."""

    def __init__(self, graph: Graph) -> None:
        self.place = {node.name: number for number, node in enumerate(graph.nodes)}
        self._behind: dict[str, int] = {}
        for node in graph.nodes:
            found = 0
            for name in node.inputs:
                if name in self._behind:
                    found |= self._behind[name] | 1 << self.place[name]
            self._behind[node.name] = found  # a bit for each layer that it depends on

    def follows(self, later: str, earlier: str) -> bool:
        """Whether a layer depends on another."""
        return bool(self._behind[later] >> self.place[earlier] & 1)

    def chain(self, nodes: Sequence[Node]) -> bool:
        """Whether each of these layers depends on the one before: parallel ones have no order."""
        return all(self.follows(second.name, first.name) for first, second in pairwise(nodes))

    def beside(self, nodes: Sequence[Node]) -> list[Node]:
        """The fewest of these layers without which the others are a chain."""
        longest: list[list[Node]] = []
        for node in nodes:
            before = [c for c in longest if self.follows(node.name, c[-1].name)]
            longest.append([*max(before, key=len, default=[]), node])
        kept = {node.name for node in max(longest, key=len, default=[])}
        return [node for node in nodes if node.name not in kept]

    def kept(self, positions: Mapping[str, int]) -> bool:
        """Whether of layers that depend on each other the later one has the later position."""
        known = sorted(positions, key=self.place.__getitem__)
        return all(
            positions[first] < positions[second]
            for number, first in enumerate(known)
            for second in known[number + 1 :]
            if self.follows(second, first)
        )


def ordered(
    modules: Sequence[list[Tensor]], positions: bool, in_use: bool
) -> list[list[Tensor]] | None:
    """Modules of a file in its order: by their positions, if those have a meaning, and by the
    numbers in their names, if they differ in nothing else. None if the two disagree, or if there is
    neither; positions that are those of use decide alone."""
    orders = []
    if positions and all(module[0].position is not None for module in modules):
        orders.append(sorted(modules, key=lambda module: module[0].position or 0))
        if in_use:
            return orders[0]
    numbered = {id(module): numbers(module[0].path) for module in modules}
    if len({text for text, _ in numbered.values()}) == 1:
        orders.append(sorted(modules, key=lambda module: numbered[id(module)][1]))
    return orders[0] if orders and all(order == orders[0] for order in orders) else None
