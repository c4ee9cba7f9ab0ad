"""The command line as a user meets it: outputs, exit codes, files."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from archc import __version__
from archc.cli import app
from archc.files.header import PYTHON as MARKER

WRONG = (
    "archc: 1\nname: Net\ninput: {channels: 3, height: 8, width: 8}\nlayers:\n  - a: {type: rleu}\n"
)
RIGHT = WRONG.replace("rleu", "relu")
LIST = """\
                   Specs that ship with archc

  name      title                            year   parameters
 ──────────────────────────────────────────────────────────────
  alexnet   The 2012 network on one device   2012   60,965,224
  lenet5    The modern reading of LeNet-5    1998       61,706
"""
DIFF = """\
                       Net -> Net

      layer   change                  parameters   macs
 ───────────────────────────────────────────────────────
  ~   a       type: relu -> conv2d            +8   +384
              filters: none -> 2
              kernel: none -> 1
              shape: 3×8×8 -> 2×8×8

      total                                   +8   +384

0 layers are the same
"""


def archc(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A run in a process of its own, so that exit codes are the real ones."""
    return subprocess.run(
        [sys.executable, "-m", "archc", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=120,
        check=False,
    )


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    path.write_text(RIGHT)
    return path


def test_version() -> None:
    done = archc("--version")
    assert (done.returncode, done.stdout) == (0, f"archc {__version__}\n")


def test_check_says_which_specs_are_right() -> None:
    done = archc("check", "alexnet", "lenet5")
    assert done.returncode == 0
    assert done.stdout == (
        "alexnet: ok, 16 layers, 32 published figures checked\n"
        "lenet5: ok, 8 layers, 17 published figures checked\n"
    )
    assert archc("check", "alexnet", "--quiet").stdout == ""


def test_check_prints_the_findings_of_all_specs(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(WRONG)
    done = archc("check", "one.yaml", "two.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "one.yaml:5:15: error E205 [unknown-name]: unknown type 'rleu'" in done.stderr
    assert "two.yaml:5:15: error E205 [unknown-name]: unknown type 'rleu'" in done.stderr


def test_check_as_json_is_the_contract(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(WRONG)
    done = archc("check", "one.yaml", "--format", "json", cwd=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout) == [
        {
            "code": "E205",
            "name": "unknown-name",
            "severity": "error",
            "message": "unknown type 'rleu'",
            "file": "one.yaml",
            "line": 5,
            "column": 15,
            "end_line": 5,
            "end_column": 19,
            "help": "did you mean 'relu'?",
            "notes": [],
        }
    ]
    assert archc("check", "alexnet", "--format", "json").stdout == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["summary", "alexnt"],
            "[unknown-spec]: no spec named 'alexnt' ships with archc\n  help: did you mean 'alexnet'?",
        ),
        (["summary", "nowhere/net.yaml"], "cannot read nowhere/net.yaml: no such file"),
        (["summary"], "Missing argument"),
        (["frobnicate"], "No such command"),
        (["import", "net.pt"], "Did you mean 'weights import'?"),
        (["compile", "alexnet", "--target", "caffe"], "Invalid value"),
        (
            ["compile", "alexnet", "--opset", "3", "--stdout"],
            "E509 [unknown-opset]: opset 3 is not supported",
        ),
        (
            ["compile", "alexnet", "--opset", "20", "-t", "torch"],
            "--opset only applies to --target onnx",
        ),
        (["compile", "lenet5", "--stdout", "--check"], "--stdout writes no files"),
        (["compile", "lenet5", "--stdout", "-o", "there"], "--stdout writes no files"),
        (["check", "n" * 5000], "E506"),
        (["summary", "archc"], "E530 [no-specs]: there are no specs in archc"),
        (["draw", "specs", "-o", "x.svg"], "that is a folder; name a file in it"),
        (["verify", "lenet5", "--memory", "inf"], "Invalid value"),
        (["verify", "lenet5", "--seed", str(2**64)], "Invalid value"),
        (
            ["check", "alexnet", "--set", "fc8"],
            "--set:1:1: error E601 [invalid-override]: expected PATH=VALUE, got 'fc8'",
        ),
        (["summary", "alexnet", "--set", "=1"], "expected PATH=VALUE, got '=1'"),
        (["diff", "alexnet"], "Missing argument 'B'"),
        (
            ["diff", "alexnt", "lenet5"],
            "E506 [unknown-spec]: no spec named 'alexnt' ships with archc",
        ),
    ],
)
def test_a_wrong_command_ends_with_2(arguments: list[str], words: str) -> None:
    done = archc(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_summary_of_several_specs_as_json_is_a_list() -> None:
    records = json.loads(archc("summary", "alexnet", "lenet5", "--format", "json").stdout)
    assert [record["name"] for record in records] == ["AlexNet", "LeNet-5"]


def test_compile_writes_the_files_it_names(spec: Path, tmp_path: Path) -> None:
    done = archc("compile", str(spec), cwd=tmp_path)
    names = ["net_torch.py", "net_keras.py", "net_onnx.py"]
    assert done.stdout.split() == [f"generated/{name}" for name in names]
    assert sorted(p.name for p in (tmp_path / "generated").iterdir()) == sorted(names)
    assert archc("compile", str(spec), "--check", cwd=tmp_path).returncode == 0


def test_compile_check_writes_nothing_and_lists_what_differs(spec: Path, tmp_path: Path) -> None:
    done = archc("compile", "net.yaml", "--check", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == (
        "generated/net_torch.py: missing\n"
        "generated/net_keras.py: missing\n"
        "generated/net_onnx.py: missing\n"
        "3 of 3 generated files differ; to mend: archc compile net.yaml\n"
    )
    assert not (tmp_path / "generated").exists()


def test_compile_replaces_only_what_archc_wrote(spec: Path, tmp_path: Path) -> None:
    mine = tmp_path / "net_keras.py"
    mine.write_text("print('mine')\n")
    done = archc("compile", str(spec), "-o", str(tmp_path))
    assert done.returncode == 2
    assert f"E502 [not-generated]: {mine} exists and was not generated by archc" in done.stderr
    assert mine.read_text() == "print('mine')\n"
    assert not (tmp_path / "net_torch.py").exists()
    assert archc("compile", str(spec), "-o", str(tmp_path), "--force").returncode == 0
    assert mine.read_text().startswith(MARKER)


def test_a_folder_in_the_way_leaves_the_others_as_they_were(spec: Path, tmp_path: Path) -> None:
    assert archc("compile", str(spec), "-o", str(tmp_path)).returncode == 0
    (tmp_path / "net_onnx.py").unlink()
    (tmp_path / "net_onnx.py").mkdir()
    before = (tmp_path / "net_torch.py").read_text()
    spec.write_text(RIGHT.replace("Net", "Other"))
    done = archc("compile", str(spec), "-o", str(tmp_path))
    assert done.returncode == 2
    assert f"cannot write {tmp_path / 'net_onnx.py'}: it is not a file" in done.stderr
    assert (tmp_path / "net_torch.py").read_text() == before


def test_what_does_not_fit_is_refused_before_it_is_drawn(spec: Path) -> None:
    spec.write_text(RIGHT.replace("height: 8, width: 8", "height: 900000, width: 900000"))
    done = archc("verify", str(spec))
    assert done.returncode == 1
    assert "E510 [proof-too-large]: proving Net needs at least 1" in done.stderr


def test_wrong_specs_as_json_are_findings_for_every_command(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(WRONG)
    for command in ("check", "summary", "verify"):
        done = archc(command, "one.yaml", "--format", "json", cwd=tmp_path)
        assert (done.returncode, json.loads(done.stdout)[0]["code"]) == (1, "E205")


def test_compile_says_why_it_cannot_write(spec: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = archc("compile", str(spec), "-o", str(tmp_path / "file"))
    assert done.returncode == 2
    assert "E507" in done.stderr
    assert "Traceback" not in done.stderr


def test_compile_follows_no_link_out_of_its_folder(spec: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.py"
    target.write_text(MARKER)
    out = tmp_path / "out"
    out.mkdir()
    (out / "net_torch.py").symlink_to(target)
    done = archc("compile", str(spec), "-o", str(out))
    assert done.returncode == 2
    assert "E507" in done.stderr
    assert target.read_text() == MARKER
    assert [p.name for p in out.iterdir()] == ["net_torch.py"]


def test_two_specs_of_one_stem_are_an_error(spec: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "net.yaml").write_text(RIGHT)
    done = archc("compile", str(spec), str(tmp_path / "other" / "net.yaml"), "--stdout")
    assert done.returncode == 2
    assert "E503 [output-clash]: two specs would both write net_torch.py" in done.stderr


def test_a_stem_cannot_become_code(tmp_path: Path) -> None:
    path = tmp_path / 'a")\nimport os.yaml'
    path.write_text(RIGHT)
    done = archc("compile", str(path), "--stdout")
    assert done.returncode == 1
    assert "E508" in done.stderr
    assert "import os\n" not in done.stdout


def test_a_target_refuses_what_it_cannot_express(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(RIGHT.replace("{type: relu}", "{type: leaky_relu, slope: 1e-40}"))
    done = archc("compile", str(path), "--target", "onnx", "--stdout")
    assert done.returncode == 1
    assert done.stdout == ""
    assert (
        "E501 [unsupported-by-target]: the onnx target does not support slope 1e-40 of 'a': "
        "ONNX stores it as float32, which cannot represent it" in done.stderr
    )
    assert archc("compile", str(path), "--target", "torch", "--stdout").returncode == 0


def test_stdout_prints_what_compile_writes(root: Path) -> None:
    done = archc("compile", "alexnet", "--target", "torch", "--stdout")
    assert done.stdout == (root / "generated" / "alexnet_torch.py").read_text()


def test_list_shows_the_specs_that_ship(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of them: the others may come and go."""
    paths = {name: root / "specs" / f"{name}.yaml" for name in ("alexnet", "lenet5")}
    monkeypatch.setattr("archc.language.shipped.shipped", lambda: paths)
    assert CliRunner().invoke(app, ["list"]).stdout == LIST
    first, second = json.loads(CliRunner().invoke(app, ["list", "--format", "json"]).stdout)
    assert first == {
        "name": "alexnet",
        "network": "AlexNet",
        "title": "The 2012 network on one device",
        "year": 2012,
        "input": [3, 227, 227],
        "parameters": 60965224,
        "fixed": 0,
        "macs": 724406816,
    }
    assert (second["name"], second["parameters"]) == ("lenet5", 61706)


def test_diff_ends_with_0_whether_networks_differ_or_not(spec: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(RIGHT.replace("{type: relu}", "{type: conv2d, filters: 2, kernel: 1}"))
    done = archc("diff", str(spec), str(other))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == DIFF
    record = json.loads(archc("diff", str(spec), str(other), "--format", "json").stdout)
    assert (record["equal"], record["totals"]["macs"]) == (False, 384)
    assert record["layers"][0]["fields"][:2] == [
        {"field": "type", "before": "relu", "after": "conv2d"},
        {"field": "filters", "after": 2},
    ]
    done = archc("diff", str(spec), str(spec))
    assert (done.returncode, done.stdout) == (0, "the networks are equal: 1 layer\n")


def test_set_changes_the_network_of_every_spec_and_command(tmp_path: Path) -> None:
    done = archc("check", "alexnet", "lenet5", "--set", "name=Small")
    assert done.returncode == 0
    assert done.stdout == (
        "alexnet: ok, 16 layers, expect and errata not checked because of --set\n"
        "lenet5: ok, 8 layers, expect and errata not checked because of --set\n"
    )
    changes = ("--set", "out.units=3", "--set", "c1.padding=same")
    done = archc("summary", "lenet5", *changes, "--format", "json")
    assert json.loads(done.stdout)["totals"]["parameters"] == 91351
    done = archc("compile", "lenet5", *changes, "-t", "torch", "--stdout")
    assert "self.out = nn.Linear(84, 3)" in done.stdout
    done = archc("verify", "lenet5", *changes, "-t", "torch", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)["passed"]) == (0, True)
    assert archc("check", "alexnet", *changes[:2], "--set", "a", "-q").returncode == 2
    changes = ("--set", "out.units=3")
    assert archc("check", "lenet5", *changes, "--format", "json").stdout == "[]\n"


def test_a_wrong_set_is_shown_once_with_its_place() -> None:
    done = archc("summary", "alexnet", "lenet5", "--set", "name=[1]", "--set", "year=x")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "--set:1:6: error E203 [invalid-value]: name must be text, not [1]\n"
        " 1 | name=[1]\n"
        "   |      ^^^\n"
        "--set:1:6: error E203 [invalid-value]: year must be an integer, not the string 'x'\n"
        " 1 | year=x\n"
        "   |      ^\n"
    )
    done = archc("check", "lenet5", "--set", "c1.kernl=3", "--format", "json")
    assert done.returncode == 1
    assert json.loads(done.stdout) == [
        {
            "code": "E201",
            "name": "unknown-field",
            "severity": "error",
            "message": "conv2d has no field 'kernl'",
            "file": "--set",
            "line": 1,
            "column": 4,
            "end_line": 1,
            "end_column": 9,
            "help": "did you mean 'kernel'?",
            "notes": [],
        }
    ]


def test_schema_is_the_committed_one(root: Path) -> None:
    done = archc("schema")
    assert done.returncode == 0
    assert done.stdout == (root / "archc" / "schema.json").read_text()


def test_markup_in_a_name_is_printed_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(RIGHT.replace("a:", '"[/]":').replace("Net", '"[bold]x"'))
    done = archc("check", str(path))
    assert done.returncode == 1
    assert "'[/]' cannot be a layer's name" in done.stderr
    assert "'[bold]x' cannot be a network's name" in done.stderr


@pytest.mark.parametrize(
    "tail", ["summary alexnet --format json | head -1", "check alexnet | true", "--version | true"]
)
def test_a_closed_pipe_is_no_error(tail: str) -> None:
    command = f"{sys.executable} -m archc {tail}"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "ascii"}, {"COLUMNS": "1"}])
def test_poor_terminals_still_get_an_answer(variables: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "archc", "summary", "alexnet"],
        env={**os.environ, **variables},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"60,965,224" in done.stdout


def test_ctrl_c_prints_one_line_and_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("archc.api.load", interrupt)
    done = CliRunner().invoke(app, ["summary", "alexnet"])
    assert (done.exit_code, done.stderr) == (130, "interrupted\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_offers_the_specs_that_ship(shell: str) -> None:
    if shell == "bash":
        environment = {"COMP_WORDS": "archc summary ale", "COMP_CWORD": "2"}
    else:
        environment = {"_TYPER_COMPLETE_ARGS": "archc summary ale"}
    if shell == "fish":
        environment["_TYPER_COMPLETE_FISH_ACTION"] = "get-args"
    done = CliRunner().invoke(
        app, [], prog_name="archc", env={"_ARCHC_COMPLETE": f"complete_{shell}", **environment}
    )
    assert "alexnet" in done.output
    assert "lenet5" not in done.output


def test_findings_as_sarif_name_rules_and_places(tmp_path: Path) -> None:
    (tmp_path / "one two.yaml").write_text(WRONG)
    done = archc("check", "one two.yaml", "--format", "sarif", cwd=tmp_path)
    assert done.returncode == 1
    log = json.loads(done.stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule == {
        "id": "E205",
        "name": "unknown-name",
        "shortDescription": {"text": "unknown … '…'"},
    }
    assert run["results"] == [
        {
            "ruleId": "E205",
            "ruleIndex": 0,
            "level": "error",
            "message": {"text": "unknown type 'rleu'. did you mean 'relu'?"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "one%20two.yaml"},
                        "region": {
                            "startLine": 5,
                            "startColumn": 15,
                            "endLine": 5,
                            "endColumn": 19,
                        },
                    }
                }
            ],
        }
    ]
    right = json.loads(archc("check", "alexnet", "--format", "sarif").stdout)
    assert right["runs"][0]["results"] == []


@pytest.mark.parametrize("command", ["check", "summary", "compile"])
def test_a_dash_is_standard_input(command: str, tmp_path: Path) -> None:
    def run(text: bytes) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "archc", command, "-"],
            input=text,
            capture_output=True,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )

    assert run(RIGHT.encode()).returncode == 0
    assert (tmp_path / "generated" / "stdin_torch.py").exists() is (command == "compile")
    wrong = run(WRONG.encode())
    assert wrong.returncode == 1
    assert b"stdin:5:15: error E205" in wrong.stderr
    assert b"stdin:1:2: error E102 [not-utf8]: the file is not valid UTF-8" in run(b"a\xff").stderr


@pytest.mark.parametrize("command", ["summary alexnet", "explain E203", "list --format json"])
def test_output_that_cannot_be_written_is_said_so(command: str) -> None:
    done = subprocess.run(
        f"{sys.executable} -m archc {command} > /dev/full",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(
        "error E507 [unwritable-file]: cannot write standard output: no space left"
    )
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_opened_is_said_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("archc.pages.operation.EXPLANATIONS", tmp_path)
    done = CliRunner().invoke(app, ["explain", "dense"])
    path = tmp_path / "dense.yaml"
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        f"error E505 [unreadable-file]: cannot read {path}: no such file or directory\n"
        "  help: check the path\n"
    )


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (errno.ENOSPC, "cannot write a temporary file: no space left on device"),
        (errno.ENOMEM, "E513 [out-of-memory]: archc needs more memory than it may take"),
        (errno.EXDEV, None),
    ],
)
def test_a_failure_of_the_system_is_called_what_it_is(
    problem: int, message: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(problem, os.strerror(problem))

    monkeypatch.setattr("archc.api.load", broken)
    done = CliRunner().invoke(app, ["summary", "alexnet"])
    if message is None:
        assert isinstance(done.exception, OSError)
    else:
        assert (done.exit_code, message in done.stderr) == (2, True)


def test_a_files_name_is_no_command_to_a_terminal_or_to_ci(tmp_path: Path) -> None:
    for name, shown in (("::error::x", "./::error::x"), ("a\x1b[31mb", "a\\x1b[31mb")):
        (tmp_path / f"{name}.yaml").write_text(RIGHT)
        assert archc("check", f"{name}.yaml", cwd=tmp_path).stdout.startswith(f"{shown}: ok")
        (tmp_path / f"{name}.yaml").write_text(WRONG)
        done = archc("check", f"{name}.yaml", cwd=tmp_path)
        assert done.stderr.startswith(f"{shown}.yaml:5:15: error E205")


def test_the_hooks_run_commands_that_there_are(root: Path) -> None:
    hooks = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text())
    assert [hook["id"] for hook in hooks] == ["archc-check", "archc-compile"]
    for hook in hooks:
        assert hook["language"] == "python"
        assert archc(*hook["entry"].split()[1:], "specs", cwd=root).returncode == 0


@pytest.mark.parametrize(
    ("command", "code"),
    [("check alexnet >&-", 0), ("check - <&-", 2), ("summary alexnet >&-", 0)],
)
def test_closed_streams_are_no_traceback(command: str, code: int) -> None:
    done = subprocess.run(
        f"{sys.executable} -m archc {command}",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)


def test_standard_input_is_read_but_once() -> None:
    done = archc("check", "-", "-")
    assert done.returncode == 2
    assert "standard input (-) can only be read once" in done.stderr


def test_a_wrong_spec_hides_no_figure_of_another(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(WRONG)
    figures = "expect:\n  - {source: a guess, totals: {parameters: 7}}\n"
    (tmp_path / "two.yaml").write_text(RIGHT + figures)
    done = archc("check", "one.yaml", "two.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "one.yaml:5:15: error E205" in done.stderr
    assert (
        "two.yaml:7:44: error E401 [figure-mismatch]: the network has parameters 0, not 7"
        in done.stderr
    )


def test_a_differing_file_reaches_the_terminal_as_text(spec: Path, tmp_path: Path) -> None:
    (tmp_path / "generated").mkdir()
    (tmp_path / "generated" / "net_torch.py").write_text("\x1b[31m\n")
    done = archc("compile", str(spec), "--check", "-t", "torch", cwd=tmp_path)
    assert done.returncode == 1
    assert "-\\x1b[31m\n" in done.stdout


def test_a_shipped_spec_with_an_ending_is_recognised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alexnot.yaml").write_text("")
    done = CliRunner().invoke(app, ["summary", "alexnet.yaml"])
    assert done.exit_code == 2
    assert (
        "E505 [unreadable-file]: cannot read alexnet.yaml: no such file or directory" in done.stderr
    )
    assert "help: 'alexnet' ships: leave the ending out" in done.stderr
    done = CliRunner().invoke(app, ["summary", "nosuch.yaml"])
    assert "help: check the path" in done.stderr
