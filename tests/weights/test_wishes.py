"""What users say of a match: layers drawn anew, tensors left out, an order that is not that of use."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import safetensors.numpy
import torch
from onnx import TensorProto, helper, numpy_helper
from support.checkpoints import CONV, answer, differs, import_file, layers
from torch import nn
from typer.testing import CliRunner

import archc
from archc.cli import app
from archc.errors import ArchcError, EnvironmentProblem
from archc.proof.sampling import inputs
from archc.weights import canonical, importing
from archc.weights.initial import drawn

HEAD = layers(f"conv: {CONV}\nflat: {{type: flatten}}\nout: {{type: dense, units: 10}}")
SIX = layers("\n".join(f"c{i}: {CONV}" for i in range(6)))


def state(**shapes: tuple[int, ...]) -> dict[str, torch.Tensor]:
    """Tensors of these shapes, each of its own numbers; `__` in a name stands for a dot."""
    return {
        name.replace("__", "."): torch.full(shape, number + 1.0)
        for number, (name, shape) in enumerate(shapes.items())
    }


def saved(path: Path, tensors: dict[str, torch.Tensor]) -> Path:
    torch.save(tensors, path)
    return path


def said(path: Path, net: archc.Network, **how: object) -> list[tuple[str, str, str]]:
    """(code, message, help) of what an import ends with."""
    with pytest.raises(EnvironmentProblem) as caught:
        importing.find(net.graph, path, **how)  # type: ignore[arg-type]
    return [
        (d.code, d.message.replace(str(path), "FILE"), d.help) for d in caught.value.diagnostics
    ]


@pytest.mark.parametrize("head", ["out", "fc"])
def test_a_head_of_other_size_is_drawn_anew(head: str, tmp_path: Path) -> None:
    tensors = state(conv__weight=(4, 4, 3, 3), conv__bias=(4,))
    tensors |= {f"{head}.weight": torch.zeros(100, 256), f"{head}.bias": torch.zeros(100)}
    path = saved(tmp_path / "w.pt", tensors)
    for code, _, help in said(path, HEAD):
        assert code == ("E703" if head == "out" else "E704")
        assert "--fresh out" in help
    found = import_file(HEAD.graph, path, tmp_path / "mine.safetensors", fresh=["out"])
    assert found.ignored == (f"{head}.weight", f"{head}.bias")
    assert "drawn anew" in str(found)
    written = canonical.read(HEAD.graph, tmp_path / "mine.safetensors")
    assert (written["conv.bias"] == 2).all()
    for name in ("out.weight", "out.bias"):
        assert np.array_equal(written[name], drawn(*canonical.weights_of(HEAD.graph)[name], 0))


def test_an_unknown_layer_is_not_drawn_anew(tmp_path: Path) -> None:
    path = saved(tmp_path / "w.pt", state(a=(1,)))
    with pytest.raises(
        ArchcError, match=r"unknown layer with weights 'ouf'(.|\n)*did you mean 'out'"
    ):
        importing.find(HEAD.graph, path, fresh=["ouf"])


@pytest.mark.parametrize("how", ["option", "map"])
def test_patterns_leave_tensors_out(how: str, tmp_path: Path) -> None:
    tensors = state(
        c__weight=(4, 4, 3, 3), c__bias=(4,), teacher__a=(3,), teacher__b__c=(4,), x=(2,)
    )
    path, net = saved(tmp_path / "w.pt", tensors), layers(f"c: {CONV}")
    ((code, _, help),) = said(path, net)
    assert (code, "--ignore" in help) == ("E705", True)
    told = tmp_path / "map.yaml"
    told.write_text("ignore: ['teacher.*', x]\n")
    options = {"ignore": ["teacher.*", "x"]} if how == "option" else {"mapping_file": told}
    found = importing.find(net.graph, path, **options)  # type: ignore[arg-type]
    assert found.ignored == ("teacher.a", "teacher.b.c", "x")


def test_a_pattern_that_fits_nothing_is_a_mistake(tmp_path: Path) -> None:
    path = saved(tmp_path / "w.pt", state(c__weight=(4, 4, 3, 3), c__bias=(4,)))
    (tmp_path / "map.yaml").write_text("ignore: ['techer.*']\n")
    with pytest.raises(ArchcError, match=r"E205 \[unknown-name\]: unknown tensor 'techer\.\*'"):
        importing.find(layers(f"c: {CONV}").graph, path, mapping_file=tmp_path / "map.yaml")


class Crossed(nn.Module):
    """Six convolutions of one shape, registered in another order than they run."""

    def __init__(self) -> None:
        super().__init__()
        self.tail, self.head, self.body = (nn.Conv2d(4, 4, 3, padding=1) for _ in range(3))
        self.more = nn.ModuleList(nn.Conv2d(4, 4, 3, padding=1) for _ in range(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for module in (self.head, self.body, *reversed(self.more), self.tail):
            x = module(x)
        return x


def test_an_order_that_need_not_be_that_of_use_is_refused(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = Crossed()
    path, out = saved(tmp_path / "w.pt", model.state_dict()), tmp_path / "mine.safetensors"
    ((code, message, help),) = said(path, SIX)
    assert code == "E713"
    assert message == (
        "'c0', 'c1', 'c2', 'c3', 'c4', 'c5' fit 'tail', 'head', 'body', 'more.0', 'more.1', 'more.2' "
        "equally well, and FILE does not say in which order they are used"
    )
    assert "(c0 = tail, c1 = head, c2 = body, c3 = more.0, and so on), pass --by-order" in help
    found = import_file(SIX.graph, path, out, by_order=True)
    assert len(found.record()["unproven"]) == 12
    x = inputs(SIX.graph, 0)
    with torch.no_grad():
        expected = model(torch.from_numpy(x)).numpy()
    assert differs(answer(SIX, safetensors.numpy.load_file(out), x), expected) > 0.01
    order = ("head", "body", "more.2", "more.1", "more.0", "tail")
    (tmp_path / "map.yaml").write_text(
        "".join(f"c{i}.weight: {name}.weight\n" for i, name in enumerate(order))
    )
    import_file(SIX.graph, path, out, mapping_file=tmp_path / "map.yaml", force=True)
    assert differs(answer(SIX, safetensors.numpy.load_file(out), x), expected) < 1e-5


def test_the_order_of_an_onnx_graph_is_that_of_use(tmp_path: Path) -> None:
    nodes, weights, last = [], [], "x"
    for number in range(3):
        names = [f"onnx::Conv_{90 - number}", f"b{9 - number}"]
        nodes.append(helper.make_node("Conv", [last, *names], [f"h{number}"], pads=[1] * 4))
        weights += [numpy_helper.from_array(np.full((4, 4, 3, 3), number, "f"), names[0]),
                    numpy_helper.from_array(np.full(4, number, "f"), names[1])]  # fmt: skip
        last = f"h{number}"
    value = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "g", [value("x", TensorProto.FLOAT, ["N", 4, 8, 8])],
                              [value(last, TensorProto.FLOAT, None)], weights[::-1])  # fmt: skip
    onnx.save(helper.make_model(graph), tmp_path / "n.onnx")
    net = layers("\n".join(f"c{i}: {CONV}" for i in range(3)))
    found = import_file(net.graph, tmp_path / "n.onnx", tmp_path / "mine.safetensors")
    assert found.record()["unproven"] == []
    written = canonical.read(net.graph, tmp_path / "mine.safetensors")
    assert [float(written[f"c{i}.bias"][0]) for i in range(3)] == [0, 1, 2]


@pytest.mark.parametrize(
    "names", [("layer2.0.bn1", "layer2_0_bn1"), ("a/b", "a_b"), ("a_b.c", "a_b_c")]
)
def test_names_are_equal_whatever_stands_between_their_parts(
    names: tuple[str, str], tmp_path: Path
) -> None:
    theirs, ours = names
    tensors = {f"{m}.{leaf}": torch.full(s, float(i)) for i, m in enumerate((theirs, "zz"), start=1)
               for leaf, s in (("weight", (4, 4, 3, 3)), ("bias", (4,)))}  # fmt: skip
    found = importing.find(
        layers(f"zz: {CONV}\n{ours}: {CONV}").graph, saved(tmp_path / "w.pt", tensors)
    )
    assert {name: match.tensor.name for name, match in found.matches.items()} == {
        "zz.weight": "zz.weight", "zz.bias": "zz.bias",
        f"{ours}.weight": f"{theirs}.weight", f"{ours}.bias": f"{theirs}.bias",
    }  # fmt: skip


def test_axes_of_length_1_that_are_missing_are_said(tmp_path: Path) -> None:
    net = layers("c: {type: conv2d, filters: 4, kernel: 1, bias: false}")
    ((code, message, help),) = said(saved(tmp_path / "w.pt", state(c__weight=(4, 4))), net)
    assert (code, message) == (
        "E703",
        "'c.weight' in FILE is 4×4, but 'c.weight' of the network is 4×4×1×1",
    )
    assert help == "only axes of length 1 differ: reshape it to 4×4×1×1 and save it"


def test_a_normalisation_without_scale_and_shift_is_1_and_0(tmp_path: Path) -> None:
    net = layers(f"c: {CONV}\nn: {{type: batch_norm, epsilon: 1e-5, momentum: 0.9}}")
    model = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4, affine=False))
    path = saved(tmp_path / "w.pt", model.state_dict())
    found = import_file(net.graph, path, tmp_path / "mine.safetensors")
    assert found.absent == {"n.scale": 1.0, "n.bias": 0.0}
    assert [line["matched"] for line in found.record()["weights"]][2:4] == [
        "absent: 1",
        "absent: 0",
    ]
    written = canonical.read(net.graph, tmp_path / "mine.safetensors")
    assert (written["n.scale"] == 1).all() and (written["n.bias"] == 0).all()


def test_folded_normalisation_is_recognised(tmp_path: Path) -> None:
    net = layers("c: {type: conv2d, filters: 4, kernel: 3, bias: false}\n"
                 "n: {type: batch_norm, epsilon: 1e-5, momentum: 0.9}")  # fmt: skip
    model = nn.Sequential()
    model.c = nn.Conv2d(4, 4, 3)
    torch.onnx.export(model, (torch.zeros(1, 4, 8, 8),), tmp_path / "n.onnx", dynamo=False)
    ((code, _, help),) = said(tmp_path / "n.onnx", net)
    assert (code, help) == (
        "E704",
        "the file has no batch normalisation: it was folded into the layers before it, which have a "
        "bias; take 'n' and its like out of the spec",
    )


def test_the_smallest_map_is_told(tmp_path: Path) -> None:
    """Of two normalisations in a row and one beside them, that one alone has no order."""
    norm = "type: batch_norm, epsilon: 1e-5, momentum: 0.9"
    net = layers(
        f"a: {{{CONV[1:-1]}, filters: 4}}".replace(", filters: 4}", "}")
        + f"\nn1: {{{norm}}}\nb: {CONV}\nn2: {{{norm}}}\n"
        f"side: {{type: conv2d, filters: 4, kernel: 1, from: input}}\nn3: {{{norm}}}\n"
        "sum: {type: add, from: [n2, n3]}"
    )
    tensors: dict[str, torch.Tensor] = {}
    for conv, bn, kernel in (("conv1", "bn1", 3), ("conv2", "bn2", 3), ("down.0", "down.1", 1)):
        for part, module in ((conv, nn.Conv2d(4, 4, kernel)), (bn, nn.BatchNorm2d(4))):
            tensors |= {f"{part}.{name}": value for name, value in module.state_dict().items()}
    path = saved(tmp_path / "w.pt", tensors)
    convolutions, norms = said(path, net)
    assert convolutions[0] == "E713"
    assert norms[:2] == ("E706", "'n1', 'n2', 'n3' could be any of 'bn1', 'bn2', 'down.1'")
    assert norms[2] == (
        "match 'n3' in a --map file, with 1 line such as n3.scale: down.1.weight; "
        "the others then follow from their order, with --by-order"
    )
    (tmp_path / "map.yaml").write_text("n3.scale: down.1.weight\n")
    for mapped in (tmp_path / "map.yaml", None):  # its name says what it stands beside
        found = importing.find(net.graph, path, mapping_file=mapped, by_order=True)
        modules = [found.matches[f"n{i}.mean"].tensor.module for i in (1, 2, 3)]
        assert modules == ["bn1", "bn2", "down.1"]
    assert [found.matches[f"{c}.bias"].tensor.module for c in ("a", "b")] == ["conv1", "conv2"]


def test_what_is_no_canonical_file_is_told_to_be_imported(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(HEAD.compiled.text)
    saved(tmp_path / "net.pt", state(a=(1,)))
    arguments = ["weights", "export", str(tmp_path / "net.yaml"), str(tmp_path / "net.pt")]
    done = CliRunner().invoke(
        app, [*arguments, "-t", "torch", "-o", str(tmp_path / "x.safetensors")]
    )
    assert done.exit_code == 2
    assert (
        "net.pt is not a checkpoint archc can read: it is a PyTorch checkpoint, not a canonical"
        in done.stderr
    )
    assert "help: import it first: archc weights import SPEC" in done.stderr
