"""Hypothesis strategies for whole networks: random valid specs, chains and branches."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import yaml
from hypothesis import strategies as st

from archc.network.graph import Graph
from archc.ops import OPS
from support.cases import ACTIVATION_CASES, ACTIVATIONS, CASES

INITS: list[Any] = [
    0.25,
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
    {"normal": 0.02},
    {"truncated_normal": 0.03},
    {"uniform": 0.04},
    {"fan_in_uniform": 2.4},
]
BIASES: list[Any] = [0.25, 0, {"normal": 0.02}]
# A table has no fan-out, so Glorot's rules do not apply.
INITS_OF_TABLES = [init for init in INITS if "glorot" not in str(init)]
activations = st.sampled_from([None, *ACTIVATIONS])
sizes = st.integers(1, 4)
pairs = st.one_of(sizes, st.tuples(sizes, sizes).map(list))


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def scoped(graph: Graph, scopes: Mapping[str, tuple[str, ...]]) -> Graph:
    """The graph with its layers in these scopes, as inside blocks: `layer1.0.conv1`."""
    names = {name: ".".join([*scope, name]) for name, scope in scopes.items()}
    nodes = tuple(
        replace(
            node,
            name=names[node.name],
            inputs=tuple(names.get(name, name) for name in node.inputs),
            scope=scopes[node.name],
        )
        for node in graph.nodes
    )
    return replace(graph, nodes=nodes)


def spec_text(layers: list[dict[str, Any]], **head: Any) -> str:
    """A spec as YAML."""
    base = {"archc": 1, "name": "Random", "input": {"channels": 2, "height": 9, "width": 11}}
    return yaml.dump({**base, **head, "layers": layers}, Dumper=_Dumper, sort_keys=False)


@st.composite
def paddings(draw: st.DrawFn, kernel: Any, pool: bool) -> Any:
    """Any padding that a window of this kernel may have; a pool's stays below its kernel."""
    most = min(kernel if isinstance(kernel, list) else [kernel]) - 1 if pool else 3
    side = st.integers(0, most)
    explicit = st.one_of(
        side,
        st.tuples(side, side).map(list),
        st.fixed_dictionaries({}, optional=dict.fromkeys(("top", "bottom", "left", "right"), side)),
    )
    return draw(st.one_of(explicit, st.sampled_from(["valid", "same_upper", "same_lower"])))


@st.composite
def convolutions(draw: st.DrawFn, channels: int) -> dict[str, Any]:
    kernel = draw(pairs)
    groups = draw(st.sampled_from([g for g in range(1, channels + 1) if channels % g == 0]))
    fields: dict[str, Any] = {
        "type": "conv2d",
        "filters": groups * draw(st.integers(1, 3)),
        "kernel": kernel,
        "padding": draw(paddings(kernel, pool=False)),
        "groups": groups,
        "bias": draw(st.booleans()),
        "activation": draw(activations),
        "init": {"weight": draw(st.sampled_from(INITS)), "bias": draw(st.sampled_from(BIASES))},
    }
    if groups == 1 and draw(st.booleans()):
        fields["connections"] = draw(tables(channels, fields["filters"]))
        fields["init"]["weight"] = draw(st.sampled_from(INITS_OF_TABLES))
    for field in draw(st.sampled_from([["stride"], ["dilation"], ["stride", "dilation"]])):
        fields[field] = draw(pairs)
    return fields


@st.composite
def tables(draw: st.DrawFn, maps: int, filters: int) -> str:
    """A table of connections in which every filter reads a map."""
    marks = st.lists(st.booleans(), min_size=maps, max_size=maps).filter(any)
    columns = [draw(marks) for _ in range(filters)]
    return "\n".join("".join("X" if mark else "." for mark in row) for row in zip(*columns))


@st.composite
def subsamples(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "type": "subsample",
        "kernel": draw(pairs),
        "stride": draw(pairs),
        "activation": draw(activations),
        "init": {
            "coefficient": draw(st.sampled_from(INITS)),
            "bias": draw(st.sampled_from(BIASES)),
        },
    }


@st.composite
def pools(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["max_pool", "avg_pool"]))
    kernel = draw(pairs)
    fields: dict[str, Any] = {
        "type": kind,
        "kernel": kernel,
        "padding": draw(paddings(kernel, pool=True)),
        "ceil_mode": draw(st.booleans()),
        "activation": draw(activations),
    }
    if draw(st.booleans()):
        fields["stride"] = draw(pairs)
    if kind == "avg_pool":
        fields["count_padding"] = draw(st.booleans())
    return fields


def plain_layers() -> st.SearchStrategy[dict[str, Any]]:
    """Layers that keep the shape of what they read."""
    lrn = st.fixed_dictionaries(
        {
            "type": st.just("lrn"),
            "size": st.sampled_from([1, 3, 5, 7]),
            "k": st.sampled_from([1.0, 2]),
            "alpha": st.sampled_from([1e-4, 0.3]),
            "beta": st.sampled_from([0.5, 0.75, 0.8]),
            "over": st.sampled_from(["sum", "mean"]),
        }
    )
    norm = st.fixed_dictionaries(
        {
            "type": st.just("batch_norm"),
            "epsilon": st.sampled_from([1e-5, 1e-3, 1e-12]),
            "momentum": st.sampled_from([0.9, 0.99]),
            "activation": activations,
            "init": st.sampled_from(
                [
                    {},
                    {"scale": {"normal": 0.5}},
                    {"bias": 0.5},
                    {"scale": 2, "bias": {"uniform": 1}},
                ]
            ),
        }
    )
    functions = st.sampled_from(ACTIVATIONS).map(as_layer)
    others = [
        of_case(kind)
        for kind, op in OPS.items()
        if op.keeps_shape and kind not in ("lrn", "batch_norm", *ACTIVATION_CASES)
    ]
    return st.one_of(lrn, norm, *others, functions, functions)


def of_case(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Layers with the values of an operation's case."""
    case = CASES[kind]
    values = {
        name: st.sampled_from([*([case.fields[name]] if name in case.fields else []), *others])
        for name, others in case.others.items()
    }
    return st.fixed_dictionaries({"type": st.just(kind), **values})


def as_layer(activation: Any) -> dict[str, Any]:
    """An activation as a layer of its own."""
    if isinstance(activation, str):
        return {"type": activation}
    ((kind, fields),) = activation.items()
    return {"type": kind, **fields}


@st.composite
def branches(draw: st.DrawFn, name: str, fields: dict[str, Any], before: str) -> list[Any]:
    """A layer twice on the same input, perhaps a third that reads the first, and all in one."""
    first, second, third = f"{name}a", f"{name}b", f"{name}c"
    layers = [{first: fields}, {second: {**fields, "from": before}}]
    if draw(st.booleans()):
        layers.append({third: {**draw(plain_layers()), "from": first}})
    reads = draw(st.permutations([next(iter(layer)) for layer in layers]))
    join: dict[str, Any] = {"type": draw(st.sampled_from(["add", "concat"])), "from": reads}
    if join["type"] == "add":
        join["activation"] = draw(activations)
    return [*layers, {name: join}]


@st.composite
def tails(draw: st.DrawFn) -> list[dict[str, Any]]:
    """What may follow the maps: dense layers one after another, perhaps codes at the end."""
    layers: list[dict[str, Any]] = [{"flat": {"type": "flatten"}}]
    for number in range(draw(st.integers(0, 3))):
        fields = {
            "type": "dense", "units": draw(st.integers(1, 6)), "bias": draw(st.booleans()),
            "activation": draw(activations),
        }  # fmt: skip
        if draw(st.booleans()):
            biases = st.sampled_from(BIASES)
            fields["init"] = {"weight": draw(st.sampled_from(INITS)), "bias": draw(biases)}
        layers.append({f"fc{number}": fields})
        if draw(st.integers(0, 3)) == 0:
            shapeless = plain_layers().filter(lambda f: f["type"] != "lrn")
            layers.append({f"norm{number}": draw(shapeless)})
    if draw(st.booleans()):
        height, width, count = (draw(st.integers(1, 3)) for _ in range(3))
        layers.append({"code": {"type": "dense", "units": height * width, "activation": "tanh"}})
        layers.append({"rbf": {"type": "rbf", "codes": draw(bitmaps(height, width, count))}})
    return layers


@st.composite
def bitmaps(draw: st.DrawFn, height: int, width: int, count: int) -> str:
    """Codes, side by side."""
    row = st.text("X.", min_size=width, max_size=width)
    return "\n".join("  ".join(draw(row) for _ in range(count)) for _ in range(height))


@st.composite
def defaults(draw: st.DrawFn, layers: list[dict[str, Any]]) -> dict[str, Any]:
    """A field that all layers of a type have, taken out of those that have the first one's value."""
    all_fields = [fields for layer in layers for fields in layer.values()]
    kind = draw(st.sampled_from([fields["type"] for fields in all_fields]))
    alike = [fields for fields in all_fields if fields["type"] == kind]
    shared = set.intersection(*({*fields} - {"type", "from"} for fields in alike))
    if not shared:
        return {}
    field = draw(st.sampled_from(sorted(shared)))
    value = alike[0][field]
    same = [fields for fields in alike if fields[field] == value]
    if isinstance(value, dict) and same != alike:
        return {}  # mappings are merged: each of the others would have two values
    for fields in same:
        del fields[field]
    return {kind: {field: value}}


@st.composite
def specs(draw: st.DrawFn, with_defaults: bool = False) -> str:
    """A valid spec: a chain with an occasional branch, its sizes odd, even and unequal."""
    from archc.api import parse
    from archc.errors import ArchcError

    head: dict[str, Any] = {"input": draw(st.fixed_dictionaries({
        "channels": st.integers(1, 4), "height": st.integers(5, 13), "width": st.integers(5, 13),
    }))}  # fmt: skip
    layers: list[dict[str, Any]] = []
    shape = tuple(head["input"].values())
    for number in range(draw(st.integers(1, 6))):
        name = f"n{number}"
        fields = draw(
            st.one_of(convolutions(shape[0]), pools(), subsamples(), plain_layers(), plain_layers())
        )
        new = [{name: fields}]
        if layers and draw(st.integers(0, 3)) == 0:
            new = draw(branches(name, fields, next(iter(layers[-1]))))
        try:
            shape = parse(spec_text([*layers, *new], **head)).graph.output.shape
        except ArchcError:
            continue  # a kernel that no longer fits
        layers += new
    if not layers:
        layers = [{"only": {"type": "relu"}}]
    if draw(st.booleans()):
        layers += draw(tails())
    if with_defaults and draw(st.booleans()) and (shared := draw(defaults(layers))):
        head["defaults"] = shared
    return spec_text(layers, **head)
