"""`initial_weights`: the NumPy expressions that a graph's weights start from."""

from itertools import groupby

from archc.network.graph import Graph, Node
from archc.ops.tensor import Weight
from archc.targets.base import drawing_name
from archc.targets.formatting import identifiers
from archc.targets.lowering import lower
from archc.targets.statements import Statement

_RULES = {
    "glorot_uniform": "uniform(rng, (6 / ({fan_in} + {fan_out})) ** 0.5, {shape})",
    "glorot_normal": "normal(rng, (2 / ({fan_in} + {fan_out})) ** 0.5, {shape})",
    "he_uniform": "uniform(rng, (6 / {fan_in}) ** 0.5, {shape})",
    "he_normal": "normal(rng, (2 / {fan_in}) ** 0.5, {shape})",
    "lecun_uniform": "uniform(rng, (3 / {fan_in}) ** 0.5, {shape})",
    "lecun_normal": "normal(rng, (1 / {fan_in}) ** 0.5, {shape})",
}
_DISTRIBUTIONS = {
    "uniform": '''\
def uniform(
    rng: np.random.Generator, limit: float, shape: tuple[int, ...]
) -> np.ndarray:
    """Numbers between -limit and limit, in float32."""
    return limit * (2 * rng.random(shape, dtype=np.float32) - 1)
''',
    "normal": '''\
def normal(
    rng: np.random.Generator, deviation: float, shape: tuple[int, ...]
) -> np.ndarray:
    """Normal numbers about zero, in float32."""
    return deviation * rng.standard_normal(shape, dtype=np.float32)
''',
    "truncated_normal": '''\
def truncated_normal(
    rng: np.random.Generator, deviation: float, shape: tuple[int, ...]
) -> np.ndarray:
    """Normal numbers, drawn again where they lie beyond two standard deviations."""
    x = rng.standard_normal(shape, dtype=np.float32)
    while (far := np.abs(x) > 2).any():
        x[far] = rng.standard_normal(int(far.sum()), dtype=np.float32)
    return deviation * x
''',
}


def start(node: Node, weight: Weight) -> str:
    """The expression of a weight's first values."""
    if weight.codes:
        return f"numbers({drawing_name(node)})"
    lowered = lower(weight)
    if lowered.kind == "constant":
        shape = str(weight.shape if len(weight.shape) > 1 else weight.size)
        if lowered.scale in (0.0, 1.0):
            return f"np.{'ones' if lowered.scale else 'zeros'}({shape}, np.float32)"
        return f"np.full({shape}, {lowered.scale!r}, np.float32)"
    if lowered.rule:
        fan_in, fan_out = weight.fans
        return _RULES[lowered.rule].format(shape=weight.shape, fan_in=fan_in, fan_out=fan_out)
    text = f"{lowered.kind}(rng, {lowered.expression}, {weight.shape})"
    if lowered.fan_in_power:
        root = "np.sqrt({})" if lowered.fan_in_power == 0.5 else "{}"
        text += f" / {root.format(f'{node.identifier}_fan_in')}"
    return text


def fan_ins(graph: Graph) -> list[Statement]:
    """The statements that say how many inputs the filter of each stored kernel reads."""
    found = []
    for node in graph.nodes:
        for weight in node.weights:
            if lower(weight).fan_in_power:
                runs = [(fan, len([*same])) for fan, same in groupby(weight.fan_ins)]
                values, counts = zip(*runs, strict=True)
                fans = f"np.repeat({list(values)}, {list(counts)})[:, None, None]"
                text = f"{node.identifier}_fan_in = {fans}.astype(np.float32)"
                found.append(Statement(node, text, indent=4))
    return found


def distributions(body: str) -> list[str]:
    """The definitions of the functions that `body` calls."""
    used = identifiers(body)
    return [text for name, text in _DISTRIBUTIONS.items() if name in used]
