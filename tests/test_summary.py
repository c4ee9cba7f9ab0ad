"""What `archc summary` shows on request: columns, forms, units, windows, networks side by side."""

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

import archc
from archc.cli import app
from archc.columns import COLUMNS, USUAL, WIDE, cell
from archc.errors import ArchcError
from archc.figures import PEAKS, SUMS
from archc.formats import Sheet, separated, written
from archc.shipped import shipped
from archc.summary import Comparison, many


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
    assert list(rows[0]) == list(COLUMNS)
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
    assert printed("lenet5", "--wide", "--format", "csv").splitlines()[0] == ",".join(WIDE)
    assert printed("lenet5", "--columns", ",".join(USUAL)) == printed("lenet5")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--columns", "mcas"], "E205: column 'mcas' is not known\n  help: did you mean 'macs'?"),
        (["--columns", "kernel%"], "column 'kernel%' is not known\n  help: a share is of a sum"),
        (["--columns", "mac%"], "column 'mac%' is not known\n  help: did you mean 'macs'?"),
        (["--convention", "torchinf"], "E205: convention 'torchinf' is not known\n  help: did you"),
        (["--totals", "--columns", "kernel"], "E205: total 'kernel' is not known"),
        (["--wide", "--columns", "macs"], "leave --columns out"),
        (["--units", "bits"], "Invalid value"),
    ],
)
def test_what_there_is_not_ends_with_2_and_a_way_out(arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(app, ["summary", "lenet5", *arguments], env={"COLUMNS": "200"})
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr


def test_the_same_in_python_is_an_error_with_all_findings() -> None:
    with pytest.raises(ArchcError) as caught:
        archc.load("lenet5").summary(["mcas", "typ"])
    assert [d.code for d in caught.value.diagnostics] == ["E205", "E205"]


def test_several_networks_are_named_in_every_form() -> None:
    rows = records(printed("lenet5", "alexnet", "--format", "csv"))
    assert [row["network"] for row in rows] == ["LeNet-5"] * 8 + ["AlexNet"] * 16
    assert "network" not in records(printed("lenet5", "--format", "csv"))[0]
    assert "### LeNet-5\n\n| layer" in printed("lenet5", "alexnet", "--format", "markdown")
    latex = printed("lenet5", "alexnet", "--format", "latex")
    assert "\\begin{table}\n\\caption{AlexNet}\n\\begin{tabular}" in latex
    assert "<caption>AlexNet</caption>" in printed("lenet5", "alexnet", "--format", "html")


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
    assert wide.splitlines()[0].split(",")[2:] == [n for n in WIDE if n in {**SUMS, **PEAKS}]
    assert "torchinfo's mult-adds" in printed("lenet5", "--totals", "--convention", "torchinfo")
    summaries = [archc.load(name).summary() for name in ("lenet5", "alexnet")]
    assert f"{Comparison.of(summaries)}\n" == COMPARISON


@pytest.mark.parametrize("width", [20, 60, 80, 100, 120, 250])
def test_a_table_fits_its_window_and_cuts_nothing(width: int) -> None:
    summary = archc.load("alexnet").summary(WIDE, units="exact")
    text = summary.text("table", width)
    tables = text.split("\n\nflops:")[0]
    assert set(re.findall(r"[^\s─]+", str(summary))) == set(re.findall(r"[^\s─]+", text))
    widest = max(len(name) for name in WIDE) + len("layer") + 2 + 3 + 1
    assert max(map(len, tables.splitlines())) <= max(width, widest)
    assert summary.text("table", 1000) == str(summary)


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


class Text(HTMLParser):
    """The text of a page, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags = "", set[str]()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


HOSTILE = "<script>&\"'</td> _a_ *b* |c| `d` \\e {f} $g% #h ~i^ ![j](k)"


def test_no_text_becomes_markup() -> None:
    sheet = Sheet(HOSTILE, (HOSTILE,), ("left",), [(HOSTILE,)], (HOSTILE,), (HOSTILE,))
    page = Text()
    page.feed(written([sheet], "html", named=True))
    assert page.tags == {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "p"}
    assert page.text.count(HOSTILE) == 5
    markdown = written([sheet], "markdown", named=True)
    for mark in ("<script", "_a", "*b", "|c", "`d", "[j"):
        assert mark in HOSTILE
        assert not re.search(rf"(?<!\\){re.escape(mark)}", markdown)
    latex = written([sheet], "latex", named=True)
    for mark in ("_a", "{f", "$g", "%", "#h", "&"):
        lines = [line for line in latex.splitlines() if "script" in line]
        assert lines
        assert not any(re.search(rf"(?<!\\){re.escape(mark)}", line) for line in lines)
    assert records(separated((HOSTILE,), [(HOSTILE,)])) == [{HOSTILE: HOSTILE}]


def test_a_notebook_shows_the_table() -> None:
    net = archc.load("lenet5")
    page = Text()
    page.feed(net._repr_html_())
    assert net._repr_html_() == f"{net.draw()}\n{net.summary().text('html')}"
    assert {"table", "caption", "thead", "tbody", "tfoot"} <= page.tags
    assert "423,038" in page.text


def test_what_is_stored_and_not_trained_is_said_once() -> None:
    net = archc.load("lenet5-1998")
    assert str(net.summary()).endswith("\n840 more numbers are stored and not trained")
    assert "more numbers" not in str(net.summary(["fixed"]))
    assert many([net.summary()], "table") == str(net.summary())
