"""What targets declare of fields is what their files hold, and all that they refuse."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from support.cases import CASES, network
from support.command import run
from support.modules import module
from support.shell import ROOT
from support.signs import SHOWN, Shown

import archc
from archc.errors import ArchcError
from archc.ops import OPS
from archc.ops.activations import ACTIVATIONS
from archc.pages.explain import explain
from archc.targets import TARGETS
from archc.targets.capabilities import MEANING, Capabilities, lines, rows
from archc.targets.declarations import ITSELF, Emulated, Inert, Note, Refused
from archc.targets.render import parts

# The fewest fields of each operation.
PLAIN: dict[str, dict[str, Any]] = {
    kind: {
        name: value
        for name, value in case.fields.items()
        if name == "from" or OPS[kind].model_fields[name].is_required()
    }
    for kind, case in CASES.items()
}
DECLARED = [
    pytest.param(
        target, row.operation, row.field, note, shown, id=f"{target}-{row.operation}-{row.field}"
    )
    for row in rows()
    for target in TARGETS
    for note, shown in zip_longest(
        row.notes[target], SHOWN.get((target, row.operation, row.field), ()), fillvalue=Shown()
    )
]
OTHERS = {"over": {"sum": "mean", "mean": "sum"}, "form": {"tanh": "exact"}}


def spared(kind: str, field: str, shown: Shown) -> dict[str, Any]:
    """The fields that show a declaration, without the one that it is about."""
    fields = PLAIN[kind] | dict(shown.fields)
    value = fields.pop(field, None)
    if field in PLAIN[kind]:
        fields[field] = OTHERS.get(field, {}).get(str(value), PLAIN[kind][field])
    if field == "init" and "connections" in fields:
        fields[field] = {"weight": {"normal": 0.5}}  # the default is none for a table
    return fields


def text(target: str, kind: str, fields: dict[str, Any], **options: Any) -> str:
    """The file of a network of one such layer, which reads four maps or what they flatten to."""
    net = archc.parse(network(kind, fields, channels=4))
    return net.compile(target, **options)


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_declared_is_a_field_of_an_operation(target: str) -> None:
    fields = {(kind, field) for kind, op in OPS.items() for field in op.model_fields}
    assert set(TARGETS[target].notes) <= fields
    assert set(TARGETS[target].float32) <= set(OPS)


@pytest.mark.parametrize(("target", "kind", "field", "note", "shown"), DECLARED)
def test_a_sign_stands_in_the_file_where_the_field_is_used_and_only_there(
    target: str, kind: str, field: str, note: Note, shown: Shown
) -> None:
    if isinstance(note, Refused | Inert):
        return
    if not shown.sign and field == ITSELF and isinstance(note, Emulated):
        shown = Shown("".join(part.capitalize() for part in kind.split("_")))
    assert shown.sign or not isinstance(note, Emulated)
    if not shown.sign:
        return
    assert shown.sign in text(target, kind, PLAIN[kind] | dict(shown.fields))
    if field == ITSELF:
        flattened = ("dense", "rbf") if kind == "flatten" else ()
        others = {o: text(target, o, PLAIN[o]) for o in OPS if o not in (kind, *flattened)}
        assert [other for other, file in others.items() if shown.sign in file] == []
    elif field != "codes" and shown.fields:
        assert field in shown.fields
        assert shown.sign not in text(target, kind, spared(kind, field, shown))


@pytest.mark.parametrize(("target", "kind", "field", "note", "shown"), DECLARED)
def test_a_refusal_is_the_one_finding_and_gives_the_declared_reason(
    target: str, kind: str, field: str, note: Note, shown: Shown
) -> None:
    if not isinstance(note, Refused):
        return
    with pytest.raises(ArchcError) as caught:
        text(target, kind, PLAIN[kind] | dict(shown.fields), **shown.options)
    (finding,) = caught.value.diagnostics
    assert finding.code == "E501"
    assert f"the {target} target does not support " in finding.message
    assert f" of 'a': {note.text}" in finding.message
    assert finding.help == note.help
    assert text(target, kind, spared(kind, field, shown))
    for other in {*TARGETS} - {target}:
        assert text(other, kind, PLAIN[kind] | dict(shown.fields))


@pytest.mark.parametrize(("target", "kind", "field", "note", "shown"), DECLARED)
def test_what_is_inert_changes_no_output(
    target: str, kind: str, field: str, note: Note, shown: Shown, tmp_path: Path
) -> None:
    if not isinstance(note, Inert):
        return
    assert target == "onnx"
    base, variants = CASES[kind].fields, CASES[kind].others
    nets = [
        archc.parse(network(kind, {**base, field: v}))
        for v in (base.get(field), *variants[field])
        if v
    ]
    made = [module(net, target, tmp_path) for net in nets]
    weights = made[0].initial_weights(seed=3)
    x = np.random.default_rng(3).normal(size=(2, 2, 6, 9)).astype(np.float32)
    outputs = []
    for each in made:
        model = each.spec(weights).SerializeToString()
        session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
        outputs += session.run(None, {"input": x})
    assert len(outputs) > 1
    for output in outputs[1:]:
        assert (output == outputs[0]).all()


def marks(target: str, kind: str, fields: dict[str, Any]) -> Counter[str]:
    """What a file has beyond one layer of the framework's own for the layer `a`."""
    net = archc.parse(network(kind, fields, channels=4))
    told = parts(net.graph, target)
    if target == "onnx":
        nodes = [each.text for each in told["nodes"] if each.node.name == "a"]
        return Counter(re.findall(r" = ([\w.]+) ", "\n".join(nodes)))
    steps = [each.text for each in told["steps"] if each.node.name == "a"]
    found = Counter([*told["definitions"]])
    return found + Counter(re.findall(r"F\.pad|ZeroPadding2D|Permute", "\n".join(steps)))


def activation_marks(target: str) -> set[str]:
    """What activations are made of, for which their own rows answer."""
    return {
        mark
        for kind in ACTIVATIONS
        for name, values in {"": [None], **CASES[kind].others}.items()
        for value in values
        for mark in marks(target, kind, PLAIN[kind] | ({name: value} if name else {}))
    }


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("kind", OPS)
def test_what_is_not_declared_is_the_frameworks_own(kind: str, target: str) -> None:
    declared = {row.field for row in rows(kind) if row.notes[target]}
    plain = marks(target, kind, PLAIN[kind])
    assert ITSELF in declared or plain.total() == (1 if target == "onnx" else 0)
    base, variants = CASES[kind].fields, CASES[kind].others
    usual = marks(target, kind, {**base})
    for field, values in variants.items():
        for value in values if field not in declared else ():
            more = marks(target, kind, {**base, field: value}) - usual
            if field == "activation":
                more = Counter(more.keys() - activation_marks(target))
            assert not more, f"{target}, {kind}: {field} {value} is made of {more}"


def test_every_field_of_every_operation_has_a_row_with_an_answer_for_each_target() -> None:
    assert [(row.operation, row.field) for row in rows()] == [
        (kind, field) for kind, op in OPS.items() for field in op.model_fields
    ]
    for row in rows():
        assert [*row.notes] == [*TARGETS]
        assert {row.status(target) for target in TARGETS} <= set(MEANING)


def test_the_table_fits_a_narrow_terminal_and_each_number_leads_to_a_note() -> None:
    status, out, said = run("explain", "--targets")
    assert (status, said) == (0, "")
    assert out == f"{Capabilities()}\n"
    assert max(map(len, out.splitlines())) <= 80
    table, notes = out.split("\nsupported:")
    _, first, *others = table.split("\n\n")  # the title, the heading with the first, and the rest
    assert first.split("\n")[2].split()[0] == next(iter(OPS))
    assert [block.split()[0] for block in others] == [*OPS][1:]
    assert len(re.findall(r"^  (?:· )?\w+ ", table, re.M)) == len(rows()) + 1
    used = {int(n) for n in re.findall(r"(?:supported|emulated|inert|refused) (\d+)", table)}
    assert used == {int(n) for n in re.findall(r"^ +(\d+)  ", notes, re.M)}
    assert used == {*range(1, len(used) + 1)}


def test_the_json_has_every_note() -> None:
    status, out, _ = run("explain", "--targets", "--format", "json")
    assert status == 0
    records = json.loads(out)
    assert len(records) == len(rows())
    found = {(r["operation"], r["field"]): r["targets"] for r in records}
    assert found["conv2d", "filters"]["torch"] == {"status": "supported", "notes": []}
    assert found["lrn", "type"]["keras"]["status"] == "emulated"
    (emulation,) = found["conv2d", "dilation"]["keras"]["notes"]
    assert emulation["when"] == "where stride and dilation are both above 1"
    refusal = found["leaky_relu", "slope"]["onnx"]["notes"][0]
    assert found["leaky_relu", "slope"]["onnx"]["status"] == "supported"
    assert refusal == {
        "status": "refused",
        "when": "where it is not 0 and not between 1e-37 and 1e38 in size",
        "text": "ONNX stores it as float32, which cannot represent it",
        "help": "use a number that float32 holds",
    }


def test_the_page_is_fresh() -> None:
    status, out, _ = run("explain", "--targets", "--format", "markdown")
    assert status == 0
    assert out == (ROOT / "docs" / "targets.md").read_text(), "stale: run `make goldens`"


@pytest.mark.parametrize("kind", OPS)
def test_the_page_of_an_operation_tells_the_same(kind: str) -> None:
    told = " ".join(explain(kind).split("## How targets differ\n\n")[1].split())
    for line in lines(kind):
        assert f"- {line}" in told
    assert lines(kind) or told.startswith("No differences: ")
    alone = [line for target in TARGETS for line in lines(kind, target)]
    assert alone == lines(kind)


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        (
            "explain",
            "pass an error code, its name, an operation, a section of a spec, or --targets",
        ),
        ("explain conv2d --targets", "--targets covers every operation and takes no CODE|NAME|OP"),
        ("explain conv2d --format json", "--format only applies to --targets"),
        (
            "explain --format json",
            "pass an error code, its name, an operation, a section of a spec, or --targets",
        ),
        ("explain --targets --format csv", "csv"),
    ],
)
def test_a_wrong_command_says_what_is_wrong(command: str, hint: str) -> None:
    status, out, said = run(*command.split())
    assert (status, out) == (2, "")
    assert hint in " ".join(said.replace("│", " ").split())


def test_the_table_reaches_a_terminal_of_plain_ascii_and_imports_no_framework() -> None:
    script = (
        "import sys, archc.cli\n"
        "try: archc.cli.app(['explain', '--targets'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'jinja2', 'numpy', 'torch', 'keras', 'onnx'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.endswith("\n[]\n")
    assert done.stdout.isascii() and "?" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
