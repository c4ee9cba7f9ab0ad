"""Random networks of every operation and option are equal everywhere; a failing one is shrunk."""

from collections import defaultdict
from functools import cache

import yaml
from support.planting import template_fault
from support.random_proofs import described, failure, proven, random_specs, shrunken
from support.stream import Stream

import archc
from archc.ops import OPS

SEED = 19981101
COUNT = 500


@cache
def networks() -> list[str]:
    """The same ones every time; some of those made are equal."""
    found = random_specs(SEED, COUNT + COUNT // 5)[:COUNT]
    assert len(found) == COUNT
    return found


def test_random_networks_are_equal_everywhere() -> None:
    with Stream() as stream:
        for text, proof in proven(stream, networks()):
            assert failure(text, proof) is None, described(text, proof, "spec.yaml")
            assert [*proof.targets] == ["torch", "keras", "onnx"]


def test_random_networks_have_every_operation_with_every_option() -> None:
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    for text in networks():
        for node in archc.parse(text).graph.nodes:
            for op in node.operations:
                for field, value in op:
                    seen[op.type, field].add(repr(value))
    for kind, op in OPS.items():
        assert seen[kind, "type"], kind
        for field in op.model_fields.keys() - {"type"}:
            assert len(seen[kind, field]) > 1, (kind, field)
    specs = [yaml.safe_load(text) for text in networks()]
    assert sum("defaults" in spec for spec in specs) > COUNT / 10
    sizes = [(spec["input"]["height"], spec["input"]["width"]) for spec in specs]
    assert sum(height != width for height, width in sizes) > COUNT / 2
    assert {size % 2 for pair in sizes for size in pair} == {0, 1}


def test_a_failing_network_is_shrunk_to_the_layer_at_fault() -> None:
    grouped = "{% if node.op.groups > 1 %}-{% endif %}"
    plain = "self.{{ node.identifier }}({{ values[0] }})"
    with (
        Stream(["torch"]) as stream,
        template_fault(
            "torch", "ops/conv2d.py.jinja", plain, plain.replace("({{", f"({grouped}{{{{")
        ),
    ):
        verdicts = {
            text: failure(text, proof) for text, proof in proven(stream, random_specs(7, 150))
        }
        assert ("torch", "conv2d") in verdicts.values()
        smallest = shrunken(stream, 7, 150, ("torch", "conv2d"), verdicts)
        ((_, proof),) = proven(stream, [smallest])
    (layer,) = yaml.safe_load(smallest)["layers"]
    ((name, fields),) = layer.items()
    assert fields == {"type": "conv2d", "filters": 2, "kernel": 1, "groups": 2}
    words = described(smallest, proof, "spec.yaml")
    assert f"torch: '{name}' (float64)" in words
    assert words.endswith("archc verify spec.yaml --target torch")
