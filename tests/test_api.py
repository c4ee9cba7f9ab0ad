"""Network, the object that people hold in Python."""

from collections.abc import Callable
from pathlib import Path

import pytest

import archc


def test_a_network_is_loaded_by_name_and_by_path(root: Path) -> None:
    for spec in ("alexnet", str(root / "specs" / "alexnet.yaml"), root / "specs" / "alexnet.yaml"):
        net = archc.load(spec)
        assert (net.name, net.stem) == ("AlexNet", "alexnet")
        assert repr(net) == "<Network AlexNet: 16 layers, 60,965,224 parameters>"
        assert "60,965,224" in str(net)


def test_one_column_and_one_change_need_no_list() -> None:
    net = archc.load("lenet5", "out.units=7")
    assert net.graph.output.shape == (7,)
    assert net.summary("macs").columns == ("layer", "macs")


def test_a_proof_shows_itself_as_the_command_does() -> None:
    proof = archc.load("lenet5").verify("onnx")
    assert repr(proof) == "<Proof of LeNet-5 on onnx: proven>"
    assert "onnxruntime   float32 " in str(proof)
    assert str(proof).splitlines()[-1].startswith("LeNet-5: 1 target equal to the reference")
    assert proof._repr_html_().startswith("<pre>")


def test_what_is_loaded_does_not_change() -> None:
    net = archc.load("lenet5")
    for thing, name in ((net, "compiled"), (net.graph, "nodes"), (net.graph.nodes[0], "shape")):
        with pytest.raises(AttributeError):
            setattr(thing, name, None)
    with pytest.raises(ValueError, match="frozen"):
        net.graph.nodes[0].op.filters = 3  # type: ignore[attr-defined]


def test_an_error_shows_every_finding() -> None:
    with pytest.raises(archc.ArchcError) as caught:
        archc.parse("archc: 2\nname: Net\n", "mine.yaml")
    text = str(caught.value)
    assert "mine.yaml:1:8: error E203 [invalid-value]: archc must be 1, not 2" in text
    assert "requires the field 'input'" in text
    assert "requires the field 'layers'" in text


def test_importing_archc_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys, archc; assert not {'pydantic', 'yaml', 'numpy', 'jinja2'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_chains_are_linear_in_their_length() -> None:
    """No recursion limit, and every node is visited a bounded number of times."""
    layers = "".join(f"  - r{i}: {{type: relu}}\n" for i in range(20_000))
    net = archc.parse(
        f"archc: 1\nname: Long\ninput: {{channels: 1, height: 2, width: 2}}\nlayers:\n{layers}"
    )
    assert len(net.graph.nodes) == 20_000
    assert net.compile("onnx").count("= Relu (") == 20_000


def test_a_target_that_there_is_not_is_a_finding() -> None:
    net = archc.load("lenet5")
    for call in (lambda: net.compile("tf"), lambda: net.verify("tf")):
        with pytest.raises(archc.ArchcError, match=r"E205 \[unknown-name\]: unknown target 'tf'"):
            call()
    with pytest.raises(archc.ArchcError, match=r"E205 \[unknown-name\]: unknown backend 'tf'"):
        net.verify(backend="tf")


def test_many_misspelt_names_are_found_in_good_time() -> None:
    layers = "".join(f"  - r{i}: {{type: relu, from: q{i}}}\n" for i in range(1500))
    with pytest.raises(archc.ArchcError) as caught:
        archc.parse(
            f"archc: 1\nname: Long\ninput: {{channels: 1, height: 2, width: 2}}\nlayers:\n{layers}"
        )
    assert len(caught.value.diagnostics) == 1500


@pytest.mark.parametrize("size", [16, 56])
def test_large_averages_of_positive_numbers_are_proven(size: int) -> None:
    """Added pixel by pixel, they err more than a few units in float32, and rightly so."""
    net = archc.parse(
        f"archc: 1\nname: Pooled\ninput: {{channels: 4, height: {size}, width: {size}}}\nlayers:\n"
        "  - c: {type: conv2d, filters: 16, kernel: 3, padding: same, activation: relu}\n"
        f"  - gap: {{type: avg_pool, kernel: {size}}}\n"
    )
    proof = net.verify("torch")
    assert proof.passed
    assert proof.targets["torch"].local32 is not None
    assert proof.targets["torch"].local32.layers["gap"] < 8


def test_a_network_is_a_collection_of_its_layers() -> None:
    net = archc.load("alexnet")
    assert net["conv1"].shape == (96, 55, 55)
    assert net.layers is net.graph.nodes
    assert [node.name for node in net][:2] == ["conv1", "norm1"]
    assert len(net) == 16
    assert "conv1" in net
    assert "conv9" not in net


def test_a_layer_that_there_is_not_is_a_diagnostic_and_a_key_error() -> None:
    net = archc.load("alexnet")
    with pytest.raises(KeyError) as caught:
        net["conv9"]
    assert isinstance(caught.value, archc.ArchcError)
    assert str(caught.value) == (
        "error E301 [unknown-layer]: unknown layer 'conv9'\n  help: did you mean 'conv5'?"
    )


def test_completion_shows_what_is_public() -> None:
    public = {name for name in dir(archc) if not name.startswith("__")}
    assert public == {*archc.__all__, "list"}
    assert all(callable(getattr(archc, name)) for name in public)


def test_the_specs_that_ship_are_listed() -> None:
    specs = archc.list()
    assert specs[0] == "alexnet"
    assert {"alexnet", "lenet5"} <= {*specs}
    assert len(specs) == len(specs.rows())
    assert specs.rows()[0]["parameters"] == 60_965_224
    assert "60,965,224" in repr(specs)


def test_a_star_import_hides_no_builtin() -> None:
    names: dict[str, object] = {}
    exec("from archc import *", names)
    assert "list" not in names
    assert "load" in names


def test_a_notebook_shows_an_error_without_frames() -> None:
    with pytest.raises(archc.ArchcError) as caught:
        archc.parse("archc: 2\nname: Net\n", "mine.yaml")
    lines = caught.value._render_traceback_()
    assert lines[0] == "ArchcError:"
    assert lines[1].startswith("mine.yaml:1:1: error E202 [missing-field]")
    assert not any("Traceback" in line or "\n" in line for line in lines)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda net: archc.load(3), "load takes a path or the name of a spec, not int"),
        (lambda net: archc.load(None), "load takes a path or the name of a spec, not NoneType"),
        (lambda net: archc.parse(b"archc: 1"), "parse takes the text of a spec, not bytes"),
        (lambda net: archc.parse("archc: 1", 3), "parse takes a name as text, not int"),
        (lambda net: archc.load("lenet5", 3), "overrides takes values by path, or texts such as 'fc8.units=10', not int"),
        (lambda net: archc.load("lenet5", [3]), "overrides takes values by path, or texts such as 'fc8.units=10', not list"),
        (lambda net: archc.load("lenet5", {3: 1}), "overrides takes paths as text, not int"),
        (lambda net: archc.load("lenet5", {"out.units": {1, 2}}), "overrides takes a value that YAML has for out.units, not set"),
        (lambda net: net.diff("lenet5"), "diff takes a Network, not str"),
        (lambda net: net.compile(None), "compile takes the name of a target, not NoneType"),
        (lambda net: net.compile("onnx", opset="18"), "compile takes an opset as an integer, not str"),
        (lambda net: net[0], "net[…] takes the name of a layer, not int"),
        (lambda net: net.weights(seed="a"), "weights takes a seed as an integer, not str"),
        (lambda net: net.weights(seed=True), "weights takes a seed as an integer, not bool"),
        (lambda net: net.torch(weights=3), "weights= takes a file, or arrays by canonical name, not int"),
        (lambda net: net.onnx(weights=[1]), "weights= takes a file, or arrays by canonical name, not list"),
        (lambda net: net.verify(["torch"]), "verify takes names of targets, one by one, not list"),
        (lambda net: net.report(3), "report takes a proof, or a file of one, not int"),
        (lambda net: net.renamed(3), "renamed takes a name as text, not int"),
    ],
)  # fmt: skip
def test_an_argument_of_a_wrong_type_is_told_in_one_line(
    call: Callable[[archc.Network], object], message: str
) -> None:
    with pytest.raises(TypeError) as caught:
        call(archc.load("lenet5"))
    assert str(caught.value) == message
    assert caught.value._render_traceback_() == [f"ArgumentError: {message}"]  # type: ignore[attr-defined]


def test_one_of_a_kind_has_no_plural() -> None:
    net = archc.parse(
        "archc: 1\nname: One\ninput: {channels: 1, height: 1, width: 1}\nlayers:\n"
        "  - a: {type: conv2d, filters: 1, kernel: 1, bias: false}\n"
    )
    assert repr(net) == "<Network One: 1 layer, 1 parameter>"
    assert repr(net.summary([])) == "<Summary of One: 1 layer, 10 columns>"


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_beyond_its_bits_is_refused(seed: int) -> None:
    message = f"seed must be from 0 to 2\\*\\*64 - 1, not {seed}"
    with pytest.raises(archc.ArchcError, match=message):
        archc.load("lenet5").weights(seed=seed)


def test_a_layer_has_its_counts() -> None:
    layer = archc.load("lenet5")["c1"]
    assert (layer.cost.parameters, layer.cost.connections, layer.cost.macs) == (156, 122304, 117600)
