"""Live memory: AlexNet by hand, and random networks against the model taken at its word."""

from math import prod

from hypothesis import given
from support.networks import specs

import archc
from archc.counts.memory import memory
from archc.network.graph import INPUT, Graph, Node


def test_alexnet_by_hand() -> None:
    graph = archc.load("alexnet").graph
    figures = archc.load("alexnet").summary().figures
    layers = [node.name for node in graph.nodes]
    live, training = memory(graph).inference, memory(graph).training
    image, first, pooled = 4 * 3 * 227 * 227, 4 * 96 * 55 * 55, 4 * 96 * 27 * 27
    assert live[:3] == (image + first, 2 * first, first + pooled)
    # flat is pool5 under another name, drop6 at inference fc6
    assert live[layers.index("flat")] == 4 * 9216
    assert live[layers.index("drop6")] == 4 * 4096
    assert live[-1] == 4 * (4096 + 1000)
    assert figures.total("live_bytes") == 2 * first == 2_323_200
    # conv1 runs backward with the image, its output, and its output's gradient
    assert training[0] == image + 2 * first
    kept = sum(4 * prod(node.shape) for node in graph.nodes if node.name != "flat")
    assert training[-1] == image + kept + 4 * (4096 + 1000)
    norms = image + 2 * first + pooled + 4 * (4 * 256 * 27 * 27)  # while norm2 runs backward
    assert figures.total("training_bytes") == max(training) == norms == 6_207_468


def test_what_a_branch_skips_stays() -> None:
    net = archc.parse(
        "archc: 1\nname: Skip\ninput: {channels: 1, height: 2, width: 2}\nlayers:\n"
        "  - a: {type: relu}\n  - b: {type: tanh}\n  - c: {type: tanh}\n"
        "  - d: {type: add, from: [a, c]}\n"
    )
    assert memory(net.graph).inference == (32, 32, 48, 48)  # 16 bytes a value: 2, 2, 3, 3 of them
    # d back: input, a, b, c, d and the gradients of a, c, d; then one value less each time, and the
    # gradients of (a, b, c), (a, b) and a
    assert memory(net.graph).training == (48, 80, 112, 128)


def test_an_activation_whose_gradient_needs_its_input_keeps_it() -> None:
    text = "archc: 1\nname: Net\ninput: {channels: 1, height: 2, width: 2}\nlayers:\n  - a: "
    conv = "{{type: conv2d, filters: 1, kernel: 1, activation: {}}}\n"
    relu = archc.parse(text + conv.format("relu")).graph
    gelu = archc.parse(text + conv.format("{gelu: {form: exact}}")).graph
    assert memory(relu).inference == memory(gelu).inference == (32,)
    assert (memory(relu).training, memory(gelu).training) == ((48,), (64,))


def _holder(graph: Graph, name: str, words: tuple[str, ...]) -> str:
    """Whose memory a value lies in."""
    nodes = {node.name: node for node in graph.nodes}
    while name in nodes and nodes[name].op.traits.shares in words:
        (name,) = nodes[name].inputs
    return name


def _readers(graph: Graph, name: str, words: tuple[str, ...]) -> list[Node]:
    return [n for n in graph.nodes if name in {_holder(graph, i, words) for i in n.inputs}]


def _inference(graph: Graph) -> list[int]:
    words, found = ("inference", "always"), []
    for step, node in enumerate(graph.nodes):
        done, now_and_later = graph.nodes[: step + 1], graph.nodes[step:]
        made = {INPUT, *(_holder(graph, n.name, words) for n in done)}
        live = {_holder(graph, name, words) for n in now_and_later for name in n.inputs} & made
        live |= {_holder(graph, node.name, words), _holder(graph, graph.output.name, words)} & made
        found.append(sum(4 * prod(graph.shapes[name]) for name in live))
    return found


def _training(graph: Graph) -> list[int]:
    words, found = ("always",), []
    for step in range(len(graph.nodes)):
        done, back = graph.nodes[: step + 1], {n.name for n in graph.nodes[step:]}
        values = {INPUT, *(_holder(graph, n.name, words) for n in done)}
        gradients = {
            name
            for name in values - {INPUT}
            if name == _holder(graph, graph.output.name, words)
            or name in back
            or any(n.name in back for n in _readers(graph, name, words))
        }
        kept = [n for n in done if n.activation]
        kept = [n for n in kept if n.op.activation.type == "gelu"]  # type: ignore[attr-defined]
        sizes = [graph.shapes[name] for name in (*values, *gradients)]
        found.append(sum(4 * prod(s) for s in (*sizes, *(n.shape for n in kept))))
    return found


@given(specs())
def test_random_networks_against_the_model_taken_at_its_word(text: str) -> None:
    graph = archc.parse(text).graph
    assert list(memory(graph).inference) == _inference(graph)
    assert list(memory(graph).training) == _training(graph)
    values = sum(4 * prod(shape) for shape in graph.shapes.values())
    assert max(memory(graph).inference) <= values
