"""Graph → memory: how many bytes of activations are live while each layer runs.

The model: float32, one image. Layers run one at a time in the author's order. Every layer's output
is a buffer, but for those that share their input's memory: `flatten` always, `dropout` at inference.
An `activation` field works in place. Weights, their gradients, the optimiser's state and the
workspace of a framework's kernels are not counted.

- At inference a buffer is live from the layer that makes it to the last that reads it, both
  included; the network's input from the start, its output to the end.
- In training every buffer is stored for the backward pass, which runs the layers in reverse, and is
  live until the layer that made it has run backward; the network's input until the first that reads
  it has. An activation field whose gradient does not follow from its output (`gelu`) stores its
  input too. Each buffer but the network's input has a gradient of its size, live from the backward
  run of the last layer that reads it to that of the layer that made it, both included; that of the
  network's output from the start of the backward pass.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from math import prod

from archc.network.graph import INPUT, Graph, Node

BYTES = 4
"""Bytes of a float32."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that are live while each layer runs, in the order of the layers."""

    inference: tuple[int, ...]
    training: tuple[int, ...]
    """While the layer runs backward, which is never less than while it runs forward."""


@dataclass(slots=True)
class _Buffer:
    size: int
    made: int
    """The index of the layer that makes it; -1 for the network's input."""
    first: int
    last: int
    """The indices of the layers that read it first and last."""


def memory(graph: Graph) -> Memory:
    """The bytes that are live while each layer runs."""
    return Memory(_inference(graph), _training(graph))


def _inference(graph: Graph) -> tuple[int, ...]:
    spans = ((b.size, max(b.made, 0), b.last) for b in _buffers(graph, ("always", "inference")))
    return _live(spans, len(graph.nodes))


def _training(graph: Graph) -> tuple[int, ...]:
    count = len(graph.nodes)
    spans: list[tuple[int, int, int]] = []
    for b in _buffers(graph, ("always",)):
        # While layer i runs backward, the buffers of layers up to i are still live.
        spans.append((b.size, b.first if b.made < 0 else b.made, count - 1))
        if b.made >= 0:
            spans.append((b.size, b.made, b.last))
    for index, node in enumerate(graph.nodes):
        spans += [(_bytes(node), index, count - 1)] * _stores_input(node)
    return _live(spans, count)


def _stores_input(node: Node) -> bool:
    activation = node.activation
    return activation is not None and not activation.from_output


def _buffers(graph: Graph, shared: tuple[str, ...]) -> Iterable[_Buffer]:
    """Every buffer; layers whose `shares` is among `shared` have none of their own."""
    found = {INPUT: _Buffer(BYTES * prod(graph.input), -1, len(graph.nodes), -1)}
    holders = {INPUT: INPUT}
    for index, node in enumerate(graph.nodes):
        for name in node.inputs:
            read = found[holders[name]]
            read.first, read.last = min(read.first, index), index
        if node.op.traits.shares in shared:
            holders[node.name] = holders[node.inputs[0]]
        else:
            holders[node.name] = node.name
            found[node.name] = _Buffer(_bytes(node), index, len(graph.nodes), index)
    found[holders[graph.output.name]].last = len(graph.nodes) - 1
    return found.values()


def _bytes(node: Node) -> int:
    return BYTES * prod(node.shape)


def _live(spans: Iterable[tuple[int, int, int]], count: int) -> tuple[int, ...]:
    """The sizes that are live at each of `count` steps, from (size, first step, last step)."""
    changes = [0] * (count + 1)
    for size, first, last in spans:
        changes[first] += size
        changes[last + 1] -= size
    return tuple(accumulate(changes[:-1]))
