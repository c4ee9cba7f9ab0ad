"""Published figures against the network: those of `expect` must hold, those of `errata` must not."""

from collections.abc import Iterator
from dataclasses import dataclass

from archc.errors import Diagnostic, Span, diagnostic, did_you_mean
from archc.language.published import Claim
from archc.language.reader import Value
from archc.language.spec import Spec
from archc.network.graph import Graph
from archc.ops.tensor import Cost, Shape, show


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A published figure and the network's own."""

    where: str
    figure: str
    said: int | Shape
    actual: int | Shape
    span: Span

    def diagnose(self, code: str, source: str) -> Diagnostic:
        """The diagnostic `code` about this figure, which `source` has published."""
        facts = {"where": self.where, "figure": self.figure, "source": source}
        said, actual = _show_figure(self.said), _show_figure(self.actual)
        return diagnostic(code, self.span, **facts, said=said, actual=actual)


def _show_figure(figure: int | Shape) -> str:
    return show(figure) if isinstance(figure, tuple) else f"{figure:,}"


def check(spec: Spec, graph: Graph) -> list[Diagnostic]:
    """Expected figures that the network does not have, and errata that it does, in file order."""
    found: list[Diagnostic] = []
    for index, expectation in enumerate(spec.expect):
        place = spec.root.entries["expect"].items[index]
        for item in _compare(expectation, place, graph):
            if isinstance(item, Diagnostic):
                found.append(item)
            elif item.said != item.actual:
                found.append(item.diagnose("E401", expectation.source))
    for index, erratum in enumerate(spec.errata):
        place = spec.root.entries["errata"].items[index].entries["says"]
        for item in _compare(erratum.says, place, graph):
            if isinstance(item, Diagnostic):
                found.append(item)
            elif item.said == item.actual:
                found.append(item.diagnose("E402", erratum.source))
    return found


def figures(spec: Spec) -> int:
    """How many published figures a spec cites."""
    claims: list[Claim] = [*spec.expect, *(erratum.says for erratum in spec.errata)]
    parts = [part for claim in claims for part in (*claim.layers.values(), claim.totals)]
    return sum(len(part.model_dump(exclude_none=True)) for part in parts)


def _compare(claim: Claim, place: Value, graph: Graph) -> Iterator[Diagnostic | _Comparison]:
    """Each figure of a claim beside the network's, or what is wrong with the claim itself."""
    nodes = {node.name: node for node in graph.nodes}
    count = 0
    for name, figures in claim.layers.items():
        if name not in nodes:
            span = place.place("layers", name, key=True)
            yield diagnostic("E403", span, name=name, suggestion=did_you_mean(name, nodes))
            count += 1
            continue
        node = nodes[name]
        for figure, said in figures.model_dump(exclude_none=True).items():
            actual = node.shape if figure == "shape" else _figure(node.cost, figure)
            span = place.place("layers", name, figure)
            yield _Comparison(f"'{name}'", figure, said, actual, span)
            count += 1
    for figure, said in claim.totals.model_dump(exclude_none=True).items():
        actual = _figure(graph.totals, figure)
        yield _Comparison("the network", figure, said, actual, place.place("totals", figure))
        count += 1
    if not count:
        yield diagnostic("E404", place.span)


def _figure(cost: Cost, figure: str) -> int:
    value: int = getattr(cost, figure)
    return value
