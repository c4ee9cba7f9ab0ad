"""Spec × graph → warnings: what is valid, but probably not what the author means.

A spec's `allow` silences a warning by its code, with the reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from archc.errors import Diagnostic, Span, count, diagnostic
from archc.language.spec import Layer, Spec
from archc.network.graph import Graph, Node
from archc.network.unseen import unseen
from archc.ops.activations import Activation, LeakyRelu, Relu, Sigmoid, Softmax
from archc.ops.batch_norm import BatchNorm
from archc.ops.conv2d import Conv2d
from archc.ops.dense import Dense
from archc.ops.dropout import Dropout
from archc.ops.flatten import Flatten
from archc.ops.pooling import Pool
from archc.ops.tensor import show

PYTORCH_MOMENTUM = 0.5
"""The largest momentum that looks like a weight of the new statistics."""
DEEP = 8
"""The fewest layers with weights in which an unfit initial scale adds up, if half of them have it."""
GLOBAL_KERNEL = 4
"""The smallest kernel that may have been meant to cover a whole map; smaller ones only shrink it."""


@dataclass(frozen=True, slots=True)
class _Slip:
    """A warning, and the layer that causes it if it is one."""

    layer: str | None
    found: Diagnostic


def warnings(spec: Spec, graph: Graph, before: Graph | None = None) -> list[Diagnostic]:
    """The warnings of a spec that it does not allow, in file order.

    `before` is the network without overrides, where there are any.
    """
    silent: set[tuple[str, str | None]] = set()
    heard: dict[tuple[str, int, int, str], Diagnostic] = {}
    for slip in _slips(spec, graph, before):
        code, span = slip.found.code, slip.found.span
        allowed = spec.allow.get(code, {})
        if isinstance(allowed, str) or slip.layer in allowed:
            silent.add((code, None if isinstance(allowed, str) else slip.layer))
        elif span is not None:  # one of a default shows in every layer that it reaches
            heard.setdefault((span.source.name, span.line, span.column, code), slip.found)
    if before is None:
        for found in _needless(spec, silent):
            assert found.span is not None
            heard[found.span.source.name, found.span.line, found.span.column, found.code] = found
    return [heard[place] for place in sorted(heard)]


def _needless(spec: Spec, silent: set[tuple[str, str | None]]) -> Iterator[Diagnostic]:
    """Entries of `allow` that silence nothing."""
    for code, allowed in spec.allow.items():
        layers = [None] if isinstance(allowed, str) else list(allowed)
        for layer in layers:
            if (code, layer) not in silent:
                what = "the network" if layer is None else f"'{layer}'"
                span = spec.root.place("allow", code, *([layer] if layer else ()), key=True)
                yield diagnostic("W103", span, code=code, what=what)


def _slips(spec: Spec, graph: Graph, before: Graph | None) -> Iterator[_Slip]:
    yield from _unused_defaults(spec)
    yield from _momenta(spec)
    yield from _softmaxes(spec, graph)
    narrow = {slip.layer: slip for slip in _windows(spec, graph, before)}
    yield from narrow.values()
    yield from (slip for slip in _unseen(spec, graph) if slip.layer not in narrow)
    yield from _initialisers(spec, graph)


def _unused_defaults(spec: Spec) -> Iterator[_Slip]:
    """Defaults of a type that no layer has, and those that each layer overrides."""
    given = spec.root.entries.get("defaults")
    for kind, fields in given.entries.items() if given else ():
        layers = [layer for layer in spec.layers if layer.op.type == kind]
        if not layers:
            assert given is not None
            yield _Slip(None, diagnostic("W101", given.keys[kind], type=kind))
            continue
        for field, value in fields.entries.items():
            if field != "init" and all(
                layer.fields.entries.get(field) is not value for layer in layers
            ):
                yield _Slip(None, diagnostic("W102", fields.keys[field], type=kind, field=field))


def _momenta(spec: Spec) -> Iterator[_Slip]:
    for layer in spec.layers:
        if isinstance(layer.op, BatchNorm) and 0 < layer.op.momentum <= PYTORCH_MOMENTUM:
            facts = {"momentum": f"{layer.op.momentum:g}", "old": f"{1 - layer.op.momentum:.12g}"}
            span = layer.fields.place("momentum")
            yield _Slip(layer.name, diagnostic("W201", span, **facts))


def _softmaxes(spec: Spec, graph: Graph) -> Iterator[_Slip]:
    """Softmax of a softmax, by a layer or by the loss; and the loss's of a sigmoid."""
    places = {layer.name: layer.span for layer in spec.layers}
    for node in graph.nodes:
        first = _source(graph.by_name.get(node.inputs[0]), graph)
        if isinstance(node.op, Softmax) and first and isinstance(first.operations[-1], Softmax):
            facts = {"second": f"'{node.name}'", "first": f"the softmax of '{first.name}'"}
            way_out = "remove one of the two"
            span = places[node.name]
            yield _Slip(node.name, diagnostic("W202", span, **facts, way_out=way_out))
    last = _source(graph.output, graph)
    if graph.loss != "cross_entropy" or last is None:
        return
    function = last.operations[-1]
    if isinstance(function, Sigmoid):
        way_out = "remove the sigmoid: cross_entropy is about one class among all"
    elif isinstance(function, Softmax) and last is not graph.output:
        way_out = "end the network with the softmax itself, or without one"
    else:
        return
    facts = {"second": "cross_entropy", "first": f"the {function.type} of '{last.name}'"}
    span = spec.root.place("train", "loss")
    yield _Slip(last.name, diagnostic("W202", span, **facts, way_out=way_out))


def _source(node: Node | None, graph: Graph) -> Node | None:
    """The layer whose values a node's output is, through flatten and dropout."""
    while node is not None and isinstance(node.op, (Flatten, Dropout)):
        node = graph.by_name.get(node.inputs[0])
    return node


def _field(layer: Layer, *fields: str) -> Span:
    """The place of the first of `fields` that a layer has, else of its name."""
    found = next((field for field in fields if field in layer.fields.entries), None)
    return layer.fields.place(found) if found else layer.span


def _windows(spec: Spec, graph: Graph, before: Graph | None) -> Iterator[_Slip]:
    """Windows that cover nearly all of their input, or did cover it before the overrides."""
    sizes = {node.name: before.inputs(node)[0] for node in before.nodes} if before else {}
    layers = {layer.name: layer for layer in spec.layers}
    for node in graph.nodes:
        win = node.geometry
        if win is None or any(win.pads):
            continue
        size = graph.inputs(node)[0][1:]
        was = sizes.get(node.name, ())[1:]
        covered = was == win.kernel and max(win.kernel) > 1
        if covered and size != was:
            ending = f", which was {show(was)} without the overrides"
        elif isinstance(node.op, Pool) and _nearly(win.kernel, size) and _ends_maps(node, graph):
            ending = ""
        else:
            continue
        whole = str(size[0]) if size[0] == size[1] else f"[{size[0]}, {size[1]}]"
        facts = {"layer": node.name, "kernel": show(win.kernel), "size": show(size)}
        span = _field(layers[node.name], "kernel")
        yield _Slip(node.name, diagnostic("W302", span, **facts, before=ending, whole=whole))


def _nearly(kernel: tuple[int, ...], size: tuple[int, ...]) -> bool:
    """Whether a kernel leaves a few pixels of a map uncovered."""
    rest = [length - k for k, length in zip(kernel, size, strict=True)]
    few = all(0 <= r <= k // 2 for r, k in zip(rest, kernel, strict=True))
    return few and any(rest) and min(kernel) >= GLOBAL_KERNEL


def _ends_maps(node: Node, graph: Graph) -> bool:
    """Whether the output of the network, or a flatten, follows a layer."""
    while graph.readers[node.name]:
        node = graph.by_name[graph.readers[node.name][0]]
        if isinstance(node.op, Flatten):
            return True
        if not node.op.keeps_shape:
            return False
    return True


def _unseen(spec: Spec, graph: Graph) -> Iterator[_Slip]:
    layers = {layer.name: layer for layer in spec.layers}
    for each in unseen(graph):
        missing = [(each.rows, "row"), (each.columns, "column")]
        less, more = each.fitting
        if not each.at_end:
            way_out = "they lie between windows: make the stride or the dilation smaller"
        else:
            own = "an input" if each.of_input else "maps"
            pad = "" if more == less else f" or {show(more)}"
            way_out = f"{own} of {show(less)}{pad} would be seen whole; or pad"
        facts = {
            "layer": each.node.name,
            "missing": " and ".join(count(n, what) for n, what in missing if n),
            "size": show(graph.inputs(each.node)[0][1:]),
            "way_out": way_out,
        }
        span = _field(layers[each.node.name], "stride", "kernel")
        yield _Slip(each.node.name, diagnostic("W301", span, **facts))


def _initialisers(spec: Spec, graph: Graph) -> Iterator[_Slip]:
    """Glorot's or LeCun's rule before a ReLU, in a network deep enough for it to matter."""
    layers = {layer.name: layer for layer in spec.layers}
    weighted = [(n, n.op) for n in graph.nodes if isinstance(n.op, (Conv2d, Dense))]
    unfit = [
        (node, op)
        for node, op in weighted
        if op.init.weight.kind.startswith(("glorot_", "lecun_"))
        and isinstance(_activation(node, graph), (Relu, LeakyRelu))
    ]
    if len(weighted) < DEEP or 2 * len(unfit) < len(weighted):
        return
    allowed = spec.allow.get("W303", {})
    quiet = [] if isinstance(allowed, str) else [n for n, _ in unfit if n.name in allowed]
    heard = [(node, op) for node, op in unfit if node not in quiet]
    for node, op in [*((n, o) for n, o in unfit if n in quiet), *heard[:1]]:
        facts = {"rule": op.init.weight.kind, "count": len(heard), "all": len(weighted)}
        span = _field(layers[node.name], "init")
        found = diagnostic("W303", span, **facts, layer=node.name, type=op.type)
        yield _Slip(node.name, found)


def _activation(node: Node, graph: Graph) -> Activation | None:
    """The activation of a layer: its own, or a layer right after it."""
    if node.activation:
        return node.activation
    readers = [graph.by_name[name] for name in graph.readers[node.name]]
    if len(readers) == 1 and isinstance(readers[0].op, Activation):
        return readers[0].op
    return None
