"""Layers whose names have dots, as inside blocks: nothing about a graph needs an identifier."""

from dataclasses import replace

import pytest
from support.networks import scoped

import archc
from archc.counts.summary import Summary
from archc.network.check import check
from archc.network.diff import diff
from archc.tables.documents import Format

SPEC = """\
archc: 1
name: Net
input: {channels: 4, height: 8, width: 8}
layers:
  - conv1: {type: conv2d, filters: 4, kernel: 3, padding: 1}
  - conv2: {type: conv2d, filters: 4, kernel: 1}
  - sum: {type: add, from: [conv1, conv2]}
expect:
  - source: here
    layers: {layer1.0.conv1: {parameters: 7}, layer1.0.cnv2: {macs: 1}}
"""


NET = archc.parse(SPEC)
GRAPH = scoped(NET.graph, {node.name: ("layer1", "0") for node in NET.graph.nodes})


@pytest.mark.parametrize("form", ["table", "json", "markdown", "csv", "latex", "html"])
def test_a_table_names_them_as_they_are(form: Format) -> None:
    text = Summary(GRAPH, ("type", "inputs", "macs", "live_bytes")).text(form)
    for name in ("layer1.0.conv1", "layer1.0.conv2", "layer1.0.sum"):
        assert name in text


def test_their_figures_are_those_of_the_same_layers_elsewhere() -> None:
    assert Summary(GRAPH).record()["totals"] == Summary(NET.graph).record()["totals"]


def test_a_difference_shows_them_without_quotes() -> None:
    renamed = diff(NET.graph, GRAPH)
    assert [layer.name for layer in renamed.changed][:1] == ["conv1 -> layer1.0.conv1"]
    assert {line for layer in renamed.changed for line in layer.lines} == {"renamed"}
    *others, last = GRAPH.nodes
    rewired = replace(GRAPH, nodes=(*others, replace(last, inputs=("layer1.0.conv2", "input"))))
    (changed,) = diff(GRAPH, rewired).changed
    assert changed.lines == ["reads: [layer1.0.conv1, layer1.0.conv2] -> [layer1.0.conv2, input]"]


def test_published_figures_name_them() -> None:
    figure, name = check(NET.spec, GRAPH)
    assert figure.code == "E401"
    assert figure.span is not None
    assert (figure.span.line, figure.span.column) == (10, 43)
    assert "'layer1.0.conv1'" in figure.message
    assert (name.code, name.help) == ("E403", "did you mean 'layer1.0.conv2'?")
    assert name.span is not None
    assert (name.span.line, name.span.column) == (10, 47)
