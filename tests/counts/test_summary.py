"""What `archc summary` shows on request: columns, forms, units, windows, networks side by side."""

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.markup import Text
from typer.testing import CliRunner

import archc
from archc.cli import app
from archc.counts.columns import COLUMNS, NAMED, USUAL, WIDE, cell
from archc.counts.comparison import Comparison
from archc.counts.conventions import CONVENTIONS
from archc.counts.figures import PEAKS, SUMS
from archc.counts.summary import render_summaries
from archc.errors import ArchcError
from archc.language.shipped import shipped
from archc.tables.documents import Form


def printed(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["summary", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def records(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("name", shipped())
def test_every_column_added_up_again_is_its_total(name: str) -> None:
    summary = archc.load(name).summary([*COLUMNS])
    rows, totals = records(summary.text("csv")), summary.record()["totals"]
    assert list(rows[0]) == [*COLUMNS, "convention"]
    for figure in SUMS:
        assert sum(int(row[figure]) for row in rows) == totals[figure]
        share = sum(float(row[f"{figure}%"]) for row in rows)
        assert share == pytest.approx(100 if totals[figure] else 0)
    for figure in PEAKS:
        assert max(int(row[figure]) for row in rows) == totals[figure]


def test_printed_figures_add_up_to_the_printed_totals() -> None:
    text = str(archc.load("alexnet").summary(["neurons", "operations", "neurons%"], units="exact"))
    lines = [line.split() for line in text.splitlines()[4:]]
    layers = lines[: lines.index([])]
    assert len(layers) == 16
    (total,) = [line for line in lines if line[:1] == ["total"]]
    for column in (1, 2):
        figures = [int(line[column].replace(",", "")) for line in layers]
        assert f"{sum(figures):,}" == total[column]
    assert total[1:] == ["659,272", "1,455,404,104", "100.00"]


def test_columns_come_in_the_order_asked_for_behind_the_layer() -> None:
    text = printed("lenet5", "--columns", "macs, type,macs%,macs", "--format", "csv")
    assert text.splitlines()[:2] == [
        "layer,macs,type,macs%",
        "c1,117600,conv2d + tanh,28.233938346297897",
    ]
    assert printed("lenet5", "--wide", "--format", "csv").splitlines()[0] == ",".join(
        [*WIDE, "convention"]
    )
    assert printed("lenet5", "--columns", ",".join(USUAL)) == printed("lenet5")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--columns", "mcas"], "unknown column 'mcas'\n  help: did you mean 'macs'?"),
        (
            ["--columns", "kernel%"],
            "unknown column 'kernel%'\n  help: there is no share of it; did",
        ),
        (["--columns", "mac%"], "unknown column 'mac%'\n  help: did you mean 'macs%'?"),
        (["--columns", "mcas"], "did you mean 'macs'? archc summary --help lists all"),
        (["--columns", ""], "Invalid value for --columns: no column named"),
        (["--columns", " , "], "Invalid value for --columns: no column named"),
        (["--convention", ""], "E205 [unknown-name]: unknown convention ''"),
        (["--convention", "torchinf"], "unknown convention 'torchinf'\n  help: did you"),
        (["--totals", "--columns", "kernel"], "help: each layer has its own: leave --totals out"),
        (["--wide", "--columns", "macs"], "--wide and --columns are mutually exclusive"),
        (["--units", "bits"], "Invalid value for '--units': 'bits' is not one of"),
        (["--format", "odt"], "Invalid value for '--format': 'odt' is not one of"),
    ],
)
def test_what_there_is_not_ends_with_2_and_a_way_out(arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(app, ["summary", "lenet5", *arguments], env={"COLUMNS": "200"})
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr


@pytest.mark.parametrize("totals", [(), ("--totals",)])
@pytest.mark.parametrize(
    "name", ["macs%", "parameters%%", "mac%%", "kernel%", "mcas", "live_bytes%"]
)
def test_what_is_suggested_is_there(name: str, totals: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, ["summary", "lenet5", *totals, "--columns", name])
    if done.exit_code:
        suggested = re.search(r"did you mean '(.*)'\?|known: ([^,]*)", done.stderr)
        assert suggested, done.stderr
        assert printed("lenet5", *totals, "--columns", suggested[1] or suggested[2])


def test_columns_asked_for_twice_add_up() -> None:
    together = printed("lenet5", "--columns", "macs,type,jump")
    assert printed("lenet5", "--columns", "macs,type", "--columns", "jump") == together


def test_the_help_lists_every_column_and_convention() -> None:
    text = CliRunner().invoke(app, ["summary", "--help"], env={"COLUMNS": "100"}).stdout
    listed = set(re.findall(r"[\w-]+", text[text.index("Columns:") :]))
    assert {column.name for column in NAMED} | {*CONVENTIONS} <= listed


def test_the_same_in_python_is_an_error_with_all_findings() -> None:
    with pytest.raises(ArchcError) as caught:
        archc.load("lenet5").summary(["mcas", "typ"])
    assert [d.code for d in caught.value.diagnostics] == ["E205", "E205"]


def test_several_networks_are_named_in_every_form() -> None:
    rows = records(printed("lenet5", "alexnet", "--format", "csv"))
    assert [row["network"] for row in rows] == ["LeNet-5"] * 8 + ["AlexNet"] * 16
    assert "network" not in records(printed("lenet5", "--format", "csv"))[0]
    assert "### LeNet-5\n\n| layer" in printed("lenet5", "alexnet", "--format", "markdown")
    assert "<caption>AlexNet</caption>" in printed("lenet5", "alexnet", "--format", "html")


def test_a_latex_table_is_a_float_that_fits_its_page() -> None:
    text = printed("alexnet", "--format", "latex", "--columns", "type,receptive_field,macs,macs%")
    head, table = text.split("\n\n")
    assert all(f"\\usepackage{{{package}}}" in head for package in ("booktabs", "graphicx"))
    lines = [re.sub(" +", " ", line).strip() for line in table.splitlines()]
    assert lines[:4] == [
        "\\begin{table}",
        "\\centering",
        "\\caption{AlexNet}",
        "\\label{tab:alexnet}",
    ]
    top, rule, total = (
        lines.index(words)
        for words in ("\\toprule", "\\midrule", "total & & & 724,406,816 & 100.00 \\\\")
    )
    assert lines[top + 1 : rule] == ["layer & type & receptive field & MACs & MACs (\\%) \\\\"]
    assert lines[total - 1 : total + 2 : 2] == ["\\midrule", "\\bottomrule"]
    assert "\\resizebox{\\linewidth}" in table
    assert "receptive field: pixels of the input" in table


def test_labels_of_latex_differ() -> None:
    text = printed("lenet5", "alexnet", "lenet5", "--format", "latex")
    assert text.count("\\usepackage{booktabs}") == 1
    assert re.findall(r"\\label{(.*)}", text) == ["tab:lenet-5", "tab:alexnet", "tab:lenet-5-2"]


def test_csv_says_whose_flops_it_has() -> None:
    one = records(printed("lenet5", "--convention", "torchinfo", "--format", "csv"))
    assert {row["convention"] for row in one} == {"torchinfo"}
    usual = records(printed("lenet5", "alexnet", "--columns", "flops%", "--format", "csv"))
    assert {row["convention"] for row in usual} == {"torch"}
    side_by_side = ("lenet5", "alexnet", "--totals", "--convention", "fvcore", "--format", "csv")
    assert [row["convention"] for row in records(printed(*side_by_side))] == ["fvcore"] * 2
    assert "convention" not in printed("lenet5", "--format", "csv")


COMPARISON = """\
                              Networks

  network   layers   parameters   fixed   connections          macs
 ───────────────────────────────────────────────────────────────────
  LeNet-5        8       61,706       0       423,038       416,520
  AlexNet       16   60,965,224       0   725,066,088   724,406,816
"""


def test_networks_stand_side_by_side() -> None:
    assert printed("lenet5", "alexnet", "--totals") == COMPARISON
    chosen = printed("lenet5", "alexnet", "--totals", "--columns", "neurons", "--format", "csv")
    assert chosen == "network,layers,neurons\nLeNet-5,8,6518\nAlexNet,16,659272\n"
    found = json.loads(printed("lenet5", "--totals", "--format", "json"))
    assert [(n["name"], n["layers"], n["totals"]["macs"]) for n in found] == [
        ("LeNet-5", 8, 416520)
    ]
    wide = printed("lenet5", "alexnet", "--totals", "--wide", "--format", "csv")
    figures = [name for name in WIDE if name in {**SUMS, **PEAKS}]
    assert wide.splitlines()[0].split(",")[2:] == [*figures, "convention"]
    assert "torchinfo's mult-adds" in printed("lenet5", "--totals", "--convention", "torchinfo")
    summaries = [archc.load(name).summary() for name in ("lenet5", "alexnet")]
    assert f"{Comparison.of(summaries)}\n" == COMPARISON


@pytest.mark.parametrize("width", [20, 60, 80, 100, 120, 250])
def test_a_table_fits_its_window_and_cuts_nothing(width: int) -> None:
    summary = archc.load("alexnet").summary(WIDE, units="exact")
    text = summary.text("table", width)
    assert set(re.findall(r"[^\s─]+", str(summary))) == set(re.findall(r"[^\s─]+", text))
    widest = max(len(name) for name in WIDE) + len("layer") + 2 + 3 + 1
    assert max(map(len, text.splitlines())) <= max(width, widest)
    assert summary.text("table", 1000) == str(summary)


def test_notes_are_lines_of_one_block_that_fit_the_window() -> None:
    summary = archc.load("lenet5-1998").summary(["parameters", "live_bytes"], convention="torch")
    for table in (summary, Comparison.of([summary], ["live_bytes"])):
        _, notes = table.text("table", 60).rsplit("\n\n", 1)
        assert max(map(len, notes.splitlines())) <= 60
        plain = str(table).rsplit("\n\n", 1)[1].splitlines()
        assert re.sub(r"\n  ", " ", notes).splitlines() == plain
        assert [line.split(":")[0] for line in plain[-2:]] == ["flops", "live_bytes"]


def test_a_terminal_has_its_width_and_a_pipe_has_none() -> None:
    command = [sys.executable, "-m", "archc", "summary", "alexnet"]
    plain = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert max(map(len, plain.splitlines())) > 100
    parent, child = pty.openpty()
    environment = {**os.environ, "COLUMNS": "70"}
    with subprocess.Popen(command, stdout=child, env=environment) as process:
        os.close(child)
        seen = b""
        try:
            while chunk := os.read(parent, 65536):
                seen += chunk
        except OSError:  # the other end is closed
            pass
        assert process.wait(60) == 0
    os.close(parent)
    lines = seen.decode().splitlines()
    assert max(map(len, lines)) <= 70
    assert any("724,406,816" in line for line in lines)


@pytest.mark.parametrize(
    ("number", "unit", "units", "shown"),
    [
        (1_234_567, "count", "binary", "1,234,567"),
        (1_234_567, "count", "decimal", "1.23 M"),
        (999, "count", "decimal", "999"),
        (999_499, "count", "decimal", "999 k"),
        (999_500, "count", "decimal", "1.00 M"),
        (0, "bytes", "binary", "0 B"),
        (1023, "bytes", "binary", "1023 B"),
        (1024, "bytes", "binary", "1.00 KiB"),
        (2_323_200, "bytes", "binary", "2.22 MiB"),
        (2_323_200, "bytes", "decimal", "2.32 MB"),
        (2_323_200, "bytes", "exact", "2,323,200"),
        (10**40, "bytes", "decimal", "10,000,000,000 QB"),
        (99.999, "per cent", "exact", "100.00"),
        ("3×3", "text", "decimal", "3×3"),
    ],
)
def test_units_follow_the_size(number: object, unit: object, units: object, shown: str) -> None:
    assert cell(number, unit, units) == shown  # type: ignore[arg-type]


def test_the_page_shows_what_is_printed(root: Path) -> None:
    page = (root / "docs" / "counting.md").read_text()
    (block,) = re.findall(r"^```console\n\$ archc summary (.*?)\n(.*?)^```", page, re.M | re.S)
    assert printed(*block[0].split()) == block[1]
    assert f"shows {len(WIDE)} columns" in page
    for name in COLUMNS:
        assert f"`{name}`" in page or name == "layer" or name.endswith("%")


def test_units_never_reach_csv_and_json() -> None:
    one, other = (
        archc.load("alexnet").summary(["macs", "live_bytes"], units=units)  # type: ignore[arg-type]
        for units in ("exact", "decimal")
    )
    assert one.text("csv") == other.text("csv")
    assert one.text("json") == other.text("json")
    assert "2.32 MB" in other.text("markdown")


def test_a_notebook_shows_the_table() -> None:
    net = archc.load("lenet5")
    page = Text()
    page.feed(net._repr_html_())
    assert net._repr_html_() == f"{net.draw()}\n{net.summary().text('html')}"
    assert {"table", "caption", "thead", "tbody", "tfoot"} <= page.tags
    assert "423,038" in page.text


def test_a_notebook_shows_summaries_comparisons_and_differences() -> None:
    net, other = archc.load("lenet5"), archc.load("alexnet")
    summary, difference = net.summary(), net.diff(other)
    assert repr(summary) == "<Summary of LeNet-5: 8 layers, 10 columns>"
    assert summary._repr_html_() == summary.text("html")
    comparison = Comparison.of([summary, other.summary()])
    assert repr(comparison) == "<Comparison of LeNet-5, AlexNet>"
    assert comparison._repr_html_() == comparison.text("html")
    assert (
        repr(difference)
        == f"<Diff of LeNet-5 -> AlexNet: {len(difference.changed)} layers changed>"
    )
    page = Text()
    page.feed(difference._repr_html_())
    assert {"table", "caption", "tbody", "tfoot", "p"} <= page.tags
    figures = set(re.findall(r"[+-][\d,]+", str(difference)))
    assert figures <= set(re.findall(r"[+-][\d,]+", page.text))


@pytest.mark.parametrize("form", ["table", "markdown", "latex", "html"])
def test_what_is_stored_and_not_trained_is_said_once(form: Form) -> None:
    net = archc.load("lenet5-1998")
    words = "840 further stored numbers are not trained"
    assert net.summary().text(form).count(words) == 1
    for columns in (["parameters", "fixed"], ["macs"]):
        assert "further" not in net.summary(columns).text(form)


def test_several_tables_are_one_after_the_other() -> None:
    net = archc.load("lenet5-1998")
    assert render_summaries([net.summary()], "table") == str(net.summary())


def test_a_dense_layer_between_the_same_layers_is_counted() -> None:
    """C1 of LeNet-5 as a perceptron: (32·32 + 1) inputs for each of 28·28·6 outputs."""
    rows = {row["layer"]: row for row in archc.load("lenet5-1998").summary(["as_dense"]).rows()}
    assert rows["c1"] == {"layer": "c1", "as_dense": 4_821_600}
    assert rows["f6"]["as_dense"] == 10_164  # it is one
    assert rows["flat"]["as_dense"] == 0


def test_rows_are_plain_dictionaries_of_exact_figures() -> None:
    rows = archc.load("alexnet").summary(["output", "macs"]).rows()
    assert rows[0] == {"layer": "conv1", "output": "96×55×55", "macs": 105_415_200}
    assert (len(rows), rows[-1]["layer"]) == (16, "fc8")


class Frame:
    """As much of a pandas.DataFrame as is asked for."""

    def __init__(self, rows: object, columns: object) -> None:
        self.rows, self.columns, self.index = rows, columns, ""

    def set_index(self, name: str) -> "Frame":
        self.index = name
        return self


def test_a_dataframe_has_the_rows_by_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=Frame))
    table = archc.load("lenet5").summary("macs")
    frame = table.dataframe()
    assert (frame.rows, frame.columns, frame.index) == (table.rows(), ["layer", "macs"], "layer")


def test_a_dataframe_of_pandas_itself() -> None:
    frame = archc.load("lenet5").summary("macs").dataframe()
    assert frame.loc["f6", "macs"] == 10_080


def test_without_pandas_the_line_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(archc.EnvironmentProblem) as caught:
        archc.load("lenet5").summary().dataframe()
    assert str(caught.value).endswith("pandas is not installed\n  help: pip install pandas")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"columns": 5}, "summary takes names of columns, not int"),
        ({"columns": ["macs", 5]}, "summary takes names of columns, not list"),
        ({"convention": 3}, "summary takes convention by name, not int"),
        ({"units": None}, "summary takes units by name, not NoneType"),
    ],
)
def test_arguments_of_a_wrong_type_are_told_in_one_line(
    arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(TypeError) as caught:
        archc.load("lenet5").summary(**arguments)
    assert str(caught.value) == message


def test_unknown_units_are_refused() -> None:
    with pytest.raises(archc.ArchcError, match="unknown units 'metric'"):
        archc.load("lenet5").summary(units="metric")  # type: ignore[arg-type]
