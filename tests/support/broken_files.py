"""Files of every format that archc reads from others, and what may be broken in them.

A mutant is a valid file with bytes changed, or with its structure changed: what stands in a header,
a description, an archive or a group is replaced by what nobody expects there.
"""

import json
import pickle
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import h5py
import numpy as np
import onnx
import torch

from archc.errors import ArchcError
from archc.pages import proven
from archc.pages.report import page
from archc.proof import origin
from archc.weights import exporting, importing
from support.checkpoints import layers, stored

NET = layers("""
conv: {type: conv2d, filters: 3, kernel: 3, padding: 1, activation: {leaky_relu: {slope: 0.1}}}
norm: {type: batch_norm, epsilon: 1e-3, momentum: 0.9, activation: relu}
pool: {type: max_pool, kernel: 2}
flat: {type: flatten}
out: {type: dense, units: 2}
""")
HOSTILE: list[Any] = [
    None, True, -1, 0, 2**31, 2**63, 10**30, 1e300, float("nan"), float("inf"), "", "x" * 5000, "\0",
    "\x1b[2J", "\n::error::x", "\ud800", "../../etc/passwd", [], {}, [[]], {"a": 1}, [-1], [2**40, 2**40],
]  # fmt: skip
LONGEST = 2000
"""Characters of all that archc says of a broken file."""
Files = dict[str, Path]


def valid(folder: Path) -> Files:
    """One valid file of each format, by its ending."""
    canonical = folder / "w.safetensors"
    stored(NET, canonical)
    found = {}
    for target, ending in (("torch", ".pt"), ("torch", ".safetensors"), ("keras", ".weights.h5"),
                           ("keras", ".keras"), ("onnx", ".onnx")):  # fmt: skip
        found[ending] = folder / f"valid{ending}"
        exporting.export(NET.compiled, canonical, target, found[ending])
    files = {target: NET.compile(target) for target in ("torch", "keras")}
    made = origin.of(NET.compiled, files, seed=0, backend="tensorflow").record()
    part = {"passed": True, "versions": {"torch": "2"}, "problems": [], "layers": {},
            "worst": {"layer": "out", "scaled_error": 1e-15}}  # fmt: skip
    record = {"spec": "net", "passed": True, "origin": made, "vacuous": False, "lost_in_float32": [],
              "targets": {"torch": part, "keras": part}, "skipped": {"onnx": "not asked"},
              "gradients": {"passed": True, "comparisons": {"torch": {}}}}  # fmt: skip
    found[".json"] = folder / "valid.json"
    found[".json"].write_text(json.dumps(record))
    return found


def tried(path: Path, output: Path) -> str:
    """ "" if a file is taken, else what archc says of it. Raises whatever else comes of it."""
    try:
        if path.suffix == ".json":
            page(NET.compiled, proven.read(path, NET.compiled)).encode()
        else:
            found = importing.find(NET.graph, path, by_order=True, flatten="channels_first")
            assert str(found).isprintable() or "\n" in str(found)
            found.write(output, force=True)
            found.close()
    except ArchcError as error:
        _require_short(str(error), len(error.diagnostics))
        return error.diagnostics[0].message
    return ""


def _require_short(said: str, findings: int) -> None:
    assert len(said) < LONGEST * findings, said
    assert all(c.isprintable() or c == "\n" for c in said), ascii(said)
    assert not any(line.startswith("::") for line in said.split("\n")), said


def mutants(files: Files, folder: Path, random: Random) -> Iterator[Path]:
    """Broken files without end, of one format after the other."""
    number = 0
    while True:
        for ending, path in files.items():
            number += 1
            broken = folder / f"broken{ending}"
            broken.unlink(missing_ok=True)
            change = random.choice([_bytes, STRUCTURE[ending], STRUCTURE[ending]])
            try:
                change(path, broken, random)
            except Exception:
                _bytes(path, broken, random)  # what nobody can write is not met
            yield broken


def _bytes(path: Path, broken: Path, random: Random) -> None:
    raw = bytearray(path.read_bytes())
    for _ in range(random.choice([1, 1, 2, 8, 64])):
        at = random.randrange(len(raw))
        kind = random.randrange(5)
        if kind == 0:
            raw[at] ^= 1 << random.randrange(8)
        elif kind == 1:
            raw[at : at + 8] = random.randbytes(8)
        elif kind == 2:
            raw[at : at + 4] = random.choice([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"])
        elif kind == 3:
            del raw[at : at + random.randrange(1, 200)]
        else:
            raw[at:at] = random.randbytes(random.randrange(1, 50))
        raw = raw or bytearray(b"x")
    broken.write_bytes(raw[: random.randrange(1, len(raw) + 1)] if random.random() < 0.2 else raw)


def _altered(value: Any, random: Random) -> Any:
    """Plain values with one of them replaced, left out or under another name."""
    places = [place for place in _places(value) if place]
    place = random.choice(places)
    held = value
    for step in place[:-1]:
        held = held[step]
    kind = random.random()
    if kind < 0.2:
        del held[place[-1]]
    elif kind < 0.8 or isinstance(held, list):
        held[place[-1]] = random.choice(HOSTILE)
    else:
        held[random.choice(["x" * 5000, "\n::error::x", "a.b", "out.weight", ""])] = held.pop(
            place[-1]
        )
    return value


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, each in inner:
        yield from _places(each, (*place, key))


def _json(path: Path, broken: Path, random: Random) -> None:
    record = json.loads(path.read_text())
    for _ in range(random.randint(1, 3)):
        record = _altered(record, random)
    broken.write_text(random.choice([json.dumps(record), json.dumps(record), "[" * 100_000]))


def _safetensors(path: Path, broken: Path, random: Random) -> None:
    raw = path.read_bytes()
    length = int.from_bytes(raw[:8], "little")
    header = _altered(json.loads(raw[8 : 8 + length]), random)
    text = json.dumps(header).encode()
    broken.write_bytes(len(text).to_bytes(8, "little") + text + raw[8 + length :])


def _pt(path: Path, broken: Path, random: Random) -> None:
    state = dict(torch.load(path, weights_only=True))
    odd = [
        torch.zeros(3).to_sparse(), torch.zeros(3, device="meta"), torch.zeros(2**20, 2**20, device="meta"),
        torch.zeros(1).expand(2**20, 2**20), torch.zeros((), dtype=torch.complex64), torch.zeros(3).bool(),
        torch.zeros(3, 4, 3, 3, dtype=torch.float8_e5m2), torch.full((2,), float("nan")), torch.zeros(0, 3),
        torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)]), {"a": torch.zeros(2)}, [1], "text", None,
        torch.quantize_per_tensor(torch.zeros(3), 0.1, 0, torch.quint8), torch.zeros(2).requires_grad_(),
    ]  # fmt: skip
    for _ in range(random.randint(1, 2)):
        key = random.choice([*state, 3, ("a",), "x" * 5000, "a\nb", "out.weight_g", ""])
        state[key] = random.choice(odd)
    held: Any = random.choice(
        [state, {"net": state, "epoch": 7}, {"a": state, "b": state}, [state], 3]
    )
    if random.random() < 0.2:
        broken.write_bytes(pickle.dumps({"a": 1}, protocol=random.choice([0, 2, 4])))
        return
    torch.save(held, broken, _use_new_zipfile_serialization=random.random() < 0.7)
    if random.random() < 0.3 and zipfile.is_zipfile(broken):
        _repacked(broken, broken, random)


def _repacked(path: Path, broken: Path, random: Random) -> None:
    """An archive packed in another way, a member of which is damaged, missing or twice there."""
    with zipfile.ZipFile(path) as archive:
        members = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    packing = random.choice(
        [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    )
    number = random.randrange(len(members))
    with zipfile.ZipFile(broken, "w", packing) as archive:
        for at, (name, content) in enumerate(members):
            kind = random.randrange(4) if at == number else 4
            if kind == 0:
                continue
            content = random.randbytes(100) if kind == 1 else content
            archive.writestr(name, b"\0" * 50_000_000 if kind == 2 else content)
    if random.random() < 0.6:
        _bytes(broken, broken, random)


def _h5(path: Path, broken: Path, random: Random) -> None:
    broken.write_bytes(path.read_bytes())
    with h5py.File(broken, "r+") as file:
        places: list[str] = []
        file.visit(places.append)
        place = random.choice([name for name in places if name.split("/")[-1].isdigit()])
        group, key = file[place].parent, place.rpartition("/")[2]
        if random.random() < 0.5:
            del group[key]
        else:
            key = random.choice(["x" * 3000, "a\nb", "9", "\N{ROCKET}"])
        _odd(group, key, random)


def _odd(group: h5py.Group, key: str, random: Random) -> None:
    data: list[Callable[[], Any]] = [
        lambda: h5py.Empty("f"), lambda: np.zeros(3, [("a", "f4"), ("b", "f4")]),
        lambda: np.zeros(3, [("a", "i1"), ("b", "i1")]), lambda: np.zeros(3, "V2"), lambda: np.zeros(3, "V7"),
        lambda: np.ones((3, 3, 4, 3), ">f4"), lambda: np.ones((3, 3, 4, 3), np.longdouble), lambda: "text",
        lambda: np.zeros(3, "c8"), lambda: np.zeros(3, "?"), lambda: np.zeros((3,) * 10), lambda: np.zeros(0),
        lambda: np.zeros(3, "S5"), lambda: np.zeros(3, "f2"),
    ]  # fmt: skip
    kind = random.randrange(6)
    if kind == 0:
        group[key] = h5py.SoftLink(random.choice(["/", "/nowhere", "a\nb"]))
    elif kind == 1:
        group.create_dataset(key, (2**30, 2**30), "f", chunks=(2**14, 2**14))
    elif kind == 2:
        group.create_dataset(
            key, (3, 3, 4, 3), "f", chunks=(3, 3, 4, 3), compression="gzip", maxshape=None
        )
        group[key].id.write_direct_chunk((0, 0, 0, 0), random.randbytes(30))
    elif kind == 3:
        group[key] = group
    else:
        group[key] = random.choice(data)()


def _keras(path: Path, broken: Path, random: Random) -> None:
    if random.random() < 0.3:
        _repacked(path, broken, random)
        return
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    if random.random() < 0.6:
        config = json.loads(members["config.json"])
        for _ in range(random.randint(1, 4)):
            config = _altered(config, random)
        members["config.json"] = json.dumps(config).encode()
    else:
        inner = broken.with_name("inner.h5")
        inner.write_bytes(members["model.weights.h5"])
        _h5(inner, broken, random)
        members["model.weights.h5"] = broken.read_bytes()
        broken.unlink()
    with zipfile.ZipFile(broken, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _onnx(path: Path, broken: Path, random: Random) -> None:
    model = onnx.load(path)
    graph = model.graph
    for _ in range(random.randint(1, 3)):
        tensor, node = random.choice(graph.initializer), random.choice(graph.node)
        kind = random.randrange(11)
        if kind == 0:
            tensor.data_type = random.choice([0, 1, 2, 8, 10, 11, 14, 16, 17, 22, 99, -1])
        elif kind == 1:
            tensor.dims[:] = random.choice(
                [[], [-1], [2**40], [2**31, 2**31, 2**31], [0], [1] * 100]
            )
        elif kind == 2:
            tensor.raw_data = random.choice([b"", b"x", b"\xff" * 432])
        elif kind == 3:
            tensor.name = random.choice(["", "x" * 5000, "a\nb", "out.weight"])
        elif kind == 4:
            del node.output[:]
        elif kind == 5:
            del node.input[random.randrange(len(node.input)) :]
        elif kind == 6:
            node.op_type = random.choice(
                ["MatMul", "Gemm", "Add", "Conv", "Relu", "Pad", "LRN", "", "x" * 99]
            )
        elif kind == 7 and node.attribute:
            attribute = random.choice(node.attribute)
            attribute.ints[:] = random.choice([[], [2**62] * 4, [-1, -1], [0] * 9])
            attribute.type = random.randrange(0, 14)
        elif kind == 8:
            tensor.data_location = onnx.TensorProto.EXTERNAL
            for key in ("location", "offset", "length"):
                value = random.choice(
                    ["-1", "1e9", "w.safetensors", "../x", "\n::error::", "9" * 5000]
                )
                tensor.external_data.add(key=key, value=value)
        elif kind == 9:
            node.input[0] = random.choice([*node.output, "", "nowhere"])  # a circle
        else:
            graph.node.append(graph.node[0])
    broken.write_bytes(model.SerializeToString())


STRUCTURE: dict[str, Callable[[Path, Path, Random], None]] = {
    ".pt": _pt, ".safetensors": _safetensors, ".weights.h5": _h5, ".keras": _keras, ".onnx": _onnx,
    ".json": _json,
}  # fmt: skip
